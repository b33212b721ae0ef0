// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * Immutable set of CPU numbers, written as the kernel writes it: {@code 0-3,8,10-11} (the list format of
 * {@code man 7 cpuset}, as in {@code taskset -c}, {@code /proc/self/status} and {@code /sys}).
 *
 * {@snippet :
 * CpuSet isolated = CpuSet.parse("2-5,8");
 * CpuSet rest = isolated.minus(CpuSet.of(2));
 * }
 *
 * <p>Value semantics; safe to share between threads.
 */
public final class CpuSet {

    /** The largest CPU number that Linux can be built for. */
    public static final int MAX_CPU = 8191;

    private static final CpuSet EMPTY = new CpuSet(new BitSet());

    // Never changed after construction, and never handed out.
    private final BitSet cpus;

    private CpuSet(final BitSet cpus) {
        this.cpus = cpus;
    }

    /** The set of these CPUs; a number given twice counts once. */
    public static CpuSet of(final int... cpus) {
        final BitSet set = new BitSet();
        for (final int cpu : cpus) {
            if (cpu < 0 || cpu > MAX_CPU) {
                throw new IllegalArgumentException("a CPU number is 0 to " + MAX_CPU + ", not " + cpu);
            }
            set.set(cpu);
        }
        return new CpuSet(set);
    }

    /** The set of which CPU {@code i} is bit {@code i % 64} of word {@code i / 64}. */
    public static CpuSet ofWords(final long... words) {
        final BitSet set = BitSet.valueOf(words);
        if (set.length() > MAX_CPU + 1) {
            throw new IllegalArgumentException("a CPU number is 0 to " + MAX_CPU + ", not " + (set.length() - 1));
        }
        return new CpuSet(set);
    }

    /**
     * Reads the kernel's list format: numbers and ascending ranges, comma-separated, without blanks. Empty text is the
     * empty set.
     *
     * @throws IllegalArgumentException if the text is anything else; the message gives the column
     */
    public static CpuSet parse(final String list) {
        return list.isEmpty() ? EMPTY : new CpuSet(new Parser(list).parse());
    }

    /** Whether this CPU is in the set; false for a number that no CPU can have. */
    public boolean contains(final int cpu) {
        return cpu >= 0 && cpus.get(cpu);
    }

    /** How many CPUs. */
    public int size() {
        return cpus.cardinality();
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return cpus.isEmpty();
    }

    /** Those in both sets. */
    public CpuSet intersect(final CpuSet other) {
        final BitSet both = (BitSet) cpus.clone();
        both.and(other.cpus);
        return new CpuSet(both);
    }

    /** Those in either set. */
    public CpuSet union(final CpuSet other) {
        final BitSet either = (BitSet) cpus.clone();
        either.or(other.cpus);
        return new CpuSet(either);
    }

    /** Those in this set and not in the other. */
    public CpuSet minus(final CpuSet other) {
        final BitSet rest = (BitSet) cpus.clone();
        rest.andNot(other.cpus);
        return new CpuSet(rest);
    }

    /** Whether all of the other set are in this one. */
    public boolean containsAll(final CpuSet other) {
        return other.minus(this).isEmpty();
    }

    /** The numbers, ascending. */
    public IntStream stream() {
        return cpus.stream();
    }

    /**
     * The set as words, CPU {@code i} in bit {@code i % 64} of word {@code i / 64}.
     *
     * @param count of words; CPUs beyond them are left out
     */
    public long[] toWords(final int count) {
        return Arrays.copyOf(cpus.toLongArray(), count);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof CpuSet set && cpus.equals(set.cpus);
    }

    @Override
    public int hashCode() {
        return cpus.hashCode();
    }

    /** In the kernel's list format, each run of neighbours as a range; empty for the empty set. */
    @Override
    public String toString() {
        final StringBuilder list = new StringBuilder();
        for (int first = cpus.nextSetBit(0); first >= 0; ) {
            final int next = cpus.nextClearBit(first);
            list.append(list.isEmpty() ? "" : ",").append(first);
            if (next - first > 1) {
                list.append('-').append(next - 1);
            }
            first = cpus.nextSetBit(next);
        }
        return list.toString();
    }

    /** One pass over one text. */
    private static final class Parser {
        private final String list;
        private int at;

        Parser(final String list) {
            this.list = list;
        }

        BitSet parse() {
            final BitSet set = new BitSet();
            while (true) {
                final int column = at;
                final int first = number();
                final int last = skip('-') ? number() : first;
                if (last < first) {
                    throw bad(column, "the range " + first + '-' + last + " runs backwards");
                }
                set.set(first, last + 1);
                if (at == list.length()) {
                    return set;
                }
                if (!skip(',')) {
                    throw bad(at, "a comma is expected in place of '" + list.charAt(at) + '\'');
                }
            }
        }

        private int number() {
            final int column = at;
            int value = 0;
            for (; at < list.length() && list.charAt(at) >= '0' && list.charAt(at) <= '9'; at++) {
                value = value * 10 + list.charAt(at) - '0';
                if (value > MAX_CPU) {
                    throw bad(column, "a CPU number is at most " + MAX_CPU);
                }
            }
            if (at == column) {
                throw bad(column, "a CPU number is expected");
            }
            return value;
        }

        private boolean skip(final char expected) {
            final boolean here = at < list.length() && list.charAt(at) == expected;
            if (here) {
                at++;
            }
            return here;
        }

        private IllegalArgumentException bad(final int column, final String what) {
            return new IllegalArgumentException("CPU list \"" + list + "\", column " + (column + 1) + ": " + what
                    + "; write numbers and ascending ranges, comma-separated without blanks, such as 0-3,8");
        }
    }
}
