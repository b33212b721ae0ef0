// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import io.kaelix.Predicate.OfDouble;
import io.kaelix.Predicate.OfInteger;
import io.kaelix.Predicate.Relation;

/**
 * A number at a fixed place of the payload: what batches add up, and what predicates compare.
 *
 * <p><b>Units</b>: the offset is in bytes of the payload, of any alignment; numbers are little-endian, as {@link Claim} and {@link Message}
 * have them. A message whose payload ends before the field does has no such field: no predicate holds for it, and sums leave it out.
 *
 * <p>Immutable. Any thread may use it.
 *
 * {@snippet :
 * Predicate expensive = Field.float64(8).greaterThan(1_000.0).and(Field.int32(0).between(10, 20));
 * }
 */
public sealed interface Field {

    /** First byte of it in the payload. */
    int offset();

    /** Bytes that it takes. */
    int bytes();

    /**
     * A signed 64-bit integer.
     *
     * @throws IllegalArgumentException if the offset is below 0
     */
    static Int64 int64(final int offset) {
        return new Int64(offset);
    }

    /**
     * A signed 32-bit integer.
     *
     * @throws IllegalArgumentException if the offset is below 0
     */
    static Int32 int32(final int offset) {
        return new Int32(offset);
    }

    /**
     * A double.
     *
     * @throws IllegalArgumentException if the offset is below 0
     */
    static Float64 float64(final int offset) {
        return new Float64(offset);
    }

    private static void checkOffset(final int offset) {
        if (offset < 0) {
            throw new IllegalArgumentException("the offset of a field is at least 0, not " + offset);
        }
    }

    /**
     * A signed 64-bit integer.
     *
     * @param offset in the payload
     */
    record Int64(int offset) implements Field {

        /** Checks the offset. */
        public Int64 {
            checkOffset(offset);
        }

        @Override
        public int bytes() {
            return Long.BYTES;
        }

        /** Holds for values above the operand. */
        public Predicate greaterThan(final long operand) {
            return predicate(Relation.GREATER_THAN, operand, operand);
        }

        /** Holds for the operand and values above it. */
        public Predicate atLeast(final long operand) {
            return predicate(Relation.AT_LEAST, operand, operand);
        }

        /** Holds for values below the operand. */
        public Predicate lessThan(final long operand) {
            return predicate(Relation.LESS_THAN, operand, operand);
        }

        /** Holds for the operand and values below it. */
        public Predicate atMost(final long operand) {
            return predicate(Relation.AT_MOST, operand, operand);
        }

        /** Holds for the operand. */
        public Predicate equalTo(final long operand) {
            return predicate(Relation.EQUAL_TO, operand, operand);
        }

        /** Holds for all values but the operand. */
        public Predicate notEqualTo(final long operand) {
            return predicate(Relation.NOT_EQUAL_TO, operand, operand);
        }

        /** Holds for values from low to high, both included; for none if low is above high. */
        public Predicate between(final long low, final long high) {
            return predicate(Relation.BETWEEN, low, high);
        }

        private Predicate predicate(final Relation relation, final long low, final long high) {
            return Predicate.of(new OfInteger(this, relation, low, high));
        }
    }

    /**
     * A signed 32-bit integer.
     *
     * @param offset in the payload
     */
    record Int32(int offset) implements Field {

        /** Checks the offset. */
        public Int32 {
            checkOffset(offset);
        }

        @Override
        public int bytes() {
            return Integer.BYTES;
        }

        /** Holds for values above the operand. */
        public Predicate greaterThan(final int operand) {
            return predicate(Relation.GREATER_THAN, operand, operand);
        }

        /** Holds for the operand and values above it. */
        public Predicate atLeast(final int operand) {
            return predicate(Relation.AT_LEAST, operand, operand);
        }

        /** Holds for values below the operand. */
        public Predicate lessThan(final int operand) {
            return predicate(Relation.LESS_THAN, operand, operand);
        }

        /** Holds for the operand and values below it. */
        public Predicate atMost(final int operand) {
            return predicate(Relation.AT_MOST, operand, operand);
        }

        /** Holds for the operand. */
        public Predicate equalTo(final int operand) {
            return predicate(Relation.EQUAL_TO, operand, operand);
        }

        /** Holds for all values but the operand. */
        public Predicate notEqualTo(final int operand) {
            return predicate(Relation.NOT_EQUAL_TO, operand, operand);
        }

        /** Holds for values from low to high, both included; for none if low is above high. */
        public Predicate between(final int low, final int high) {
            return predicate(Relation.BETWEEN, low, high);
        }

        private Predicate predicate(final Relation relation, final int low, final int high) {
            return Predicate.of(new OfInteger(this, relation, low, high));
        }
    }

    /**
     * A double, compared as the operators of Java do: the two zeros are equal; a NaN, as value or as operand, differs from everything, and
     * is neither above nor below anything.
     *
     * @param offset in the payload
     */
    record Float64(int offset) implements Field {

        /** Checks the offset. */
        public Float64 {
            checkOffset(offset);
        }

        @Override
        public int bytes() {
            return Double.BYTES;
        }

        /** Holds for values above the operand. */
        public Predicate greaterThan(final double operand) {
            return predicate(Relation.GREATER_THAN, operand, operand);
        }

        /** Holds for the operand and values above it. */
        public Predicate atLeast(final double operand) {
            return predicate(Relation.AT_LEAST, operand, operand);
        }

        /** Holds for values below the operand. */
        public Predicate lessThan(final double operand) {
            return predicate(Relation.LESS_THAN, operand, operand);
        }

        /** Holds for the operand and values below it. */
        public Predicate atMost(final double operand) {
            return predicate(Relation.AT_MOST, operand, operand);
        }

        /** Holds for values that equal the operand. */
        public Predicate equalTo(final double operand) {
            return predicate(Relation.EQUAL_TO, operand, operand);
        }

        /** Holds for values that do not equal the operand, NaN among them. */
        public Predicate notEqualTo(final double operand) {
            return predicate(Relation.NOT_EQUAL_TO, operand, operand);
        }

        /** Holds for values from low to high, both included; for none if low is above high or one of them is NaN. */
        public Predicate between(final double low, final double high) {
            return predicate(Relation.BETWEEN, low, high);
        }

        private Predicate predicate(final Relation relation, final double low, final double high) {
            return Predicate.of(new OfDouble(this, relation, low, high));
        }
    }
}
