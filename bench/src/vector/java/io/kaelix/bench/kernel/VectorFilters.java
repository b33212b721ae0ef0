// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Filters over arrays by the Vector API, in its usual form: compare, compress the indices in a register, store it whole where there is room for
 * that, and go on behind the matches. Compiled and run with the incubator module, which nothing else needs.
 */
final class VectorFilters implements ArrayFilters {

    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;

    /** Indices of as many values as a vector of eight bytes each has. */
    private static final VectorSpecies<Integer> HALF = VectorSpecies.of(int.class,
            VectorShape.forBitSize(LONGS.vectorBitSize() / 2));

    @Override
    public long greater(final long[] values, final int from, final int length, final long operand, final int[] indices) {
        final int step = LONGS.length();
        final int bound = LONGS.loopBound(length);
        IntVector index = IntVector.zero(HALF).addIndex(1);
        int found = 0;
        int i = 0;
        for (; i < bound; i += step) {
            final VectorMask<Long> matches = LongVector.fromArray(LONGS, values, from + i).compare(VectorOperators.GT, operand);
            index.compress(matches.cast(HALF)).intoArray(indices, found);
            found += matches.trueCount();
            index = index.add(step);
        }
        for (; i < length; i++) {
            if (values[from + i] > operand) {
                indices[found++] = i;
            }
        }
        return found;
    }

    @Override
    public long greater(final int[] values, final int from, final int length, final int operand, final int[] indices) {
        final int step = INTS.length();
        final int bound = INTS.loopBound(length);
        IntVector index = IntVector.zero(INTS).addIndex(1);
        int found = 0;
        int i = 0;
        for (; i < bound; i += step) {
            final VectorMask<Integer> matches = IntVector.fromArray(INTS, values, from + i).compare(VectorOperators.GT, operand);
            index.compress(matches).intoArray(indices, found);
            found += matches.trueCount();
            index = index.add(step);
        }
        for (; i < length; i++) {
            if (values[from + i] > operand) {
                indices[found++] = i;
            }
        }
        return found;
    }

    @Override
    public long greater(final double[] values, final int from, final int length, final double operand, final int[] indices) {
        final int step = DOUBLES.length();
        final int bound = DOUBLES.loopBound(length);
        IntVector index = IntVector.zero(HALF).addIndex(1);
        int found = 0;
        int i = 0;
        for (; i < bound; i += step) {
            final VectorMask<Double> matches = DoubleVector.fromArray(DOUBLES, values, from + i).compare(VectorOperators.GT, operand);
            index.compress(matches.cast(HALF)).intoArray(indices, found);
            found += matches.trueCount();
            index = index.add(step);
        }
        for (; i < length; i++) {
            if (values[from + i] > operand) {
                indices[found++] = i;
            }
        }
        return found;
    }
}
