// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What has to hold for a message to be wanted: comparisons of {@link Field fields} of its payload, all of them. Made by a field, and joined
 * by {@link #and}. A message that is too short to have one of the fields is not wanted.
 *
 * <p>Immutable. Any thread may use it.
 *
 * @param comparisons all have to hold; 1 to {@value #MOST_COMPARISONS}
 */
public record Predicate(List<Comparison> comparisons) {

    /** Comparisons that a predicate has at the most. */
    public static final int MOST_COMPARISONS = 16;

    /**
     * Checks their number.
     *
     * @throws IllegalArgumentException if there is none, or more than {@value #MOST_COMPARISONS}
     */
    public Predicate {
        comparisons = List.copyOf(comparisons);
        if (comparisons.isEmpty() || comparisons.size() > MOST_COMPARISONS) {
            throw new IllegalArgumentException("a predicate has 1 to " + MOST_COMPARISONS + " comparisons, not " + comparisons.size());
        }
    }

    static Predicate of(final Comparison comparison) {
        return new Predicate(List.of(comparison));
    }

    /**
     * Holds where both do.
     *
     * @throws IllegalArgumentException if that makes more than {@value #MOST_COMPARISONS} comparisons
     */
    public Predicate and(final Predicate other) {
        return new Predicate(Stream.concat(comparisons.stream(), other.comparisons.stream()).toList());
    }

    /** How a value stands to the operand. */
    public enum Relation {
        /** Below it. */
        LESS_THAN,
        /** Below it, or it. */
        AT_MOST,
        /** Above it. */
        GREATER_THAN,
        /** Above it, or it. */
        AT_LEAST,
        /** It. */
        EQUAL_TO,
        /** Not it. */
        NOT_EQUAL_TO,
        /** From the first operand to the second, both included. */
        BETWEEN
    }

    /** One comparison of one field. */
    public sealed interface Comparison {

        /** What is compared. */
        Field field();

        /** How. */
        Relation relation();
    }

    /**
     * Of an integer.
     *
     * @param field {@link Field.Int64} or {@link Field.Int32}
     * @param relation of its value to the operand
     * @param low the operand; of {@link Relation#BETWEEN} the first one
     * @param high of {@link Relation#BETWEEN} the second operand, else the same as the first
     */
    public record OfInteger(Field field, Relation relation, long low, long high) implements Comparison {

        /**
         * Checks the field.
         *
         * @throws IllegalArgumentException if it is not one of integers, or an operand is beyond its type
         * @throws NullPointerException if field or relation is missing
         */
        public OfInteger {
            Objects.requireNonNull(field, "field");
            Objects.requireNonNull(relation, "relation");
            if (field instanceof Field.Float64) {
                throw new IllegalArgumentException("a double is compared with doubles");
            }
            if (field instanceof Field.Int32 && (low != (int) low || high != (int) high)) {
                throw new IllegalArgumentException("an int32 is compared with an int, not with " + low + " to " + high);
            }
        }
    }

    /**
     * Of a double.
     *
     * @param field what is compared
     * @param relation of its value to the operand
     * @param low the operand; of {@link Relation#BETWEEN} the first one
     * @param high of {@link Relation#BETWEEN} the second operand, else the same as the first
     */
    public record OfDouble(Field.Float64 field, Relation relation, double low, double high) implements Comparison {

        /**
         * Checks that all is there.
         *
         * @throws NullPointerException if field or relation is missing
         */
        public OfDouble {
            Objects.requireNonNull(field, "field");
            Objects.requireNonNull(relation, "relation");
        }
    }
}
