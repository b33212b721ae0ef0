// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What every walk over frames has to do, against the frames that were written. */
abstract class WalkContract {

    private static final int CAPACITY = 8192;
    private static final double[] HOSTILE = {0.0, -0.0, 1.0, -1.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY,
            Double.MAX_VALUE, -Double.MIN_VALUE, 3.0};
    private static final long[] EXTREMES = {Long.MIN_VALUE, Long.MAX_VALUE, Integer.MIN_VALUE, Integer.MAX_VALUE, 0, -1};

    abstract Kernels kernels();

    private record Frame(int offset, int payload, int length, int stream, int sequence, long timestamp) {

        int step() {
            return payload - offset + length + 7 & -8;
        }
    }

    /** A field of a payload, and whether its value is wanted. */
    private interface Wanted {
        boolean holds(MemorySegment ring, int at);
    }

    private record Term(int field, int bytes, Wanted wanted) {

        boolean holds(final MemorySegment ring, final Frame frame) {
            return field + bytes <= frame.length && wanted.holds(ring, frame.payload + field);
        }
    }

    /** Frames from {@code start} on, some of them in runs of one length, and behind the last a word that stops the walk. */
    private static List<Frame> fill(final MemorySegment ring, final int start, final Random random) {
        final List<Frame> frames = new ArrayList<>();
        final int most = random.nextInt(4) == 0 ? random.nextInt(12) : 400;
        int at = start;
        int used = 0;
        int length = 24;
        while (frames.size() < most) {
            length = random.nextInt(6) == 0 ? 16 + random.nextInt(random.nextInt(10) == 0 ? 500 : 50) : length;
            final int step = length + 7 & -8;
            if (length > CAPACITY - at || used + step + 8 > CAPACITY) {
                break;
            }
            final boolean stamped = length >= 24 && random.nextInt(3) == 0;
            final int fixed = stamped ? 24 : 16;
            final int headers = random.nextInt(5) == 0 ? random.nextInt(length - fixed + 1) : 0;
            final Frame frame = new Frame(at, at + fixed + headers, length - fixed - headers, random.nextInt(), random.nextInt(),
                    stamped ? random.nextLong() : Long.MIN_VALUE);
            ring.set(JAVA_INT, at, length);
            ring.set(JAVA_INT, at + 4, 0x100 | (stamped ? 1 : 0) | (headers > 0 ? 2 : 0) | headers << 16);
            ring.set(JAVA_INT, at + 8, frame.stream);
            ring.set(JAVA_INT, at + 12, frame.sequence);
            if (stamped) {
                ring.set(JAVA_LONG, at + 16, frame.timestamp);
            }
            for (int i = 0; i + 8 <= frame.length; i += 8) {
                final long value = switch (random.nextInt(3)) {
                    case 0 -> EXTREMES[random.nextInt(EXTREMES.length)];
                    case 1 -> Double.doubleToRawLongBits(HOSTILE[random.nextInt(HOSTILE.length)]);
                    default -> random.nextInt(-3, 4);
                };
                ring.set(JAVA_LONG_UNALIGNED, frame.payload + i, value);
            }
            frames.add(frame);
            at = (at + step) % CAPACITY;
            used += step;
        }
        ring.set(JAVA_LONG, at, switch (random.nextInt(4)) {
            case 0 -> -16;
            case 1 -> 15;
            case 2 -> 16 | 4L << Integer.SIZE + random.nextInt(6);
            default -> 0;
        });
        return frames;
    }

    private static Term random(final FrameTerms terms, final Random random) {
        final int field = random.nextInt(4) == 0 ? random.nextInt(40) : 8 * random.nextInt(3);
        final Comparison comparison = Comparison.values()[random.nextInt(6)];
        final boolean range = random.nextInt(4) == 0;
        final long low = random.nextInt(4) == 0 ? EXTREMES[random.nextInt(EXTREMES.length)] : random.nextInt(-3, 4);
        final long high = random.nextInt(4) == 0 ? EXTREMES[random.nextInt(EXTREMES.length)] : random.nextInt(-3, 4);
        switch (random.nextInt(3)) {
            case 0 -> {
                if (range) {
                    terms.rangeOfInts(field, (int) low, (int) high);
                } else {
                    terms.compareInt(field, comparison, (int) low);
                }
                return new Term(field, Integer.BYTES, (ring, at) -> {
                    final int value = ring.get(JAVA_INT_UNALIGNED, at);
                    return range ? value >= (int) low && value <= (int) high : holds(Integer.compare(value, (int) low), comparison);
                });
            }
            case 1 -> {
                if (range) {
                    terms.rangeOfLongs(field, low, high);
                } else {
                    terms.compareLong(field, comparison, low);
                }
                return new Term(field, Long.BYTES, (ring, at) -> {
                    final long value = ring.get(JAVA_LONG_UNALIGNED, at);
                    return range ? value >= low && value <= high : holds(Long.compare(value, low), comparison);
                });
            }
            default -> {
                final double operand = HOSTILE[random.nextInt(HOSTILE.length)];
                final double end = HOSTILE[random.nextInt(HOSTILE.length)];
                if (range) {
                    terms.rangeOfDoubles(field, operand, end);
                } else {
                    terms.compareDouble(field, comparison, operand);
                }
                return new Term(field, Double.BYTES, (ring, at) -> {
                    final double value = ring.get(JAVA_DOUBLE_UNALIGNED, at);
                    return range ? value >= operand && value <= end : switch (comparison) {
                        case LT -> value < operand;
                        case LE -> value <= operand;
                        case GT -> value > operand;
                        case GE -> value >= operand;
                        case EQ -> value == operand;
                        case NE -> value != operand;
                    };
                });
            }
        }
    }

    private static boolean holds(final int order, final Comparison comparison) {
        return switch (comparison) {
            case LT -> order < 0;
            case LE -> order <= 0;
            case GT -> order > 0;
            case GE -> order >= 0;
            case EQ -> order == 0;
            case NE -> order != 0;
        };
    }

    @Property(tries = 2000)
    void shouldFindTheFramesThatTermsHoldFor(@ForAll final long seed) {
        final Random random = new Random(seed);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment ring = arena.allocate(CAPACITY, 64);
            final int start = random.nextInt(CAPACITY / 8) * 8;
            final List<Frame> frames = fill(ring, start, random);
            final FrameTerms terms = new FrameTerms();
            final List<Term> wanted = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                wanted.add(random(terms, random));
            }
            final int rows = random.nextInt(1, 520);
            final int row = random.nextInt(rows);
            final int most = random.nextBoolean() ? Kernels.MAX_WALKED : random.nextInt(40);
            final int bytes = random.nextBoolean() ? CAPACITY : random.nextInt(CAPACITY);
            final MemorySegment offsets = arena.allocate(4L * rows, 4);
            final MemorySegment columns = random.nextBoolean() ? arena.allocate((long) rows * Kernels.ROW_BYTES, 8) : null;
            final MemorySegment result = arena.allocate(Kernels.WALK_RESULT_BYTES, 8);
            final long position = (long) random.nextInt(1000) * CAPACITY + start;

            kernels().walk(ring, position, bytes, most, wanted.isEmpty() && random.nextBoolean() ? null : terms, offsets, columns, rows, row,
                    result);

            int walked = 0;
            int taken = 0;
            int next = row;
            for (final Frame frame : frames) {
                if (taken == most || next == rows || walked + frame.step() > bytes) {
                    break;
                }
                taken++;
                walked += frame.step();
                if (wanted.stream().allMatch(term -> term.holds(ring, frame))) {
                    checkRow(frame, next++, offsets, columns, rows);
                }
            }
            assertThat(result.toArray(JAVA_LONG)).containsExactly(position + walked, taken, next);
        }
    }

    private static void checkRow(final Frame frame, final int row, final MemorySegment offsets, final MemorySegment columns,
            final int rows) {
        assertThat(offsets.getAtIndex(JAVA_INT, row)).isEqualTo(frame.offset);
        if (columns != null) {
            assertThat(columns.getAtIndex(JAVA_LONG, row)).isEqualTo(frame.timestamp);
            final MemorySegment narrow = columns.asSlice(8L * rows);
            assertThat(narrow.getAtIndex(JAVA_INT, row)).isEqualTo(frame.payload);
            assertThat(narrow.getAtIndex(JAVA_INT, rows + row)).isEqualTo(frame.length);
            assertThat(narrow.getAtIndex(JAVA_INT, 2 * rows + row)).isEqualTo(frame.stream);
            assertThat(narrow.getAtIndex(JAVA_INT, 3 * rows + row)).isEqualTo(frame.sequence);
        }
    }

    @Test
    void shouldRefuseAWalkOutsideOfItsMemory() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment ring = arena.allocate(1024, 8);
            final MemorySegment offsets = arena.allocate(16, 4);
            final MemorySegment columns = arena.allocate(4 * Kernels.ROW_BYTES, 8);
            final MemorySegment result = arena.allocate(Kernels.WALK_RESULT_BYTES, 8);
            kernels().walk(ring, 0, 1024, 1, null, offsets, columns, 4, 4, result);
            assertThat(result.get(JAVA_LONG, 0)).isZero();
            assertThatThrownBy(() -> kernels().walk(ring.asSlice(0, 1000), 0, 8, 1, null, offsets, columns, 4, 0, result))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("power of two");
            assertThatThrownBy(() -> kernels().walk(ring, 4, 8, 1, null, offsets, columns, 4, 0, result))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> kernels().walk(ring, -8, 8, 1, null, offsets, columns, 4, 0, result))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> kernels().walk(ring, 0, 1025, 1, null, offsets, columns, 4, 0, result))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> kernels().walk(ring, 0, 8, Kernels.MAX_WALKED + 1, null, offsets, columns, 4, 0, result))
                    .isInstanceOf(IndexOutOfBoundsException.class).hasMessageContaining("pieces");
            assertThatThrownBy(() -> kernels().walk(ring, 0, 8, 1, null, offsets, columns, 6, 0, result))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> kernels().walk(ring, 0, 8, 1, null, offsets, columns.asSlice(8), 4, 0, result))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> kernels().walk(ring, 0, 8, 1, null, offsets, columns, 4, 5, result))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> kernels().walk(ring, 0, 8, 1, null, offsets.asReadOnly(), columns, 4, 0, result))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> kernels().walk(ring, 0, 8, 1, null, offsets, columns, 4, 0, result.asSlice(8)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void shouldRefuseMoreTermsThanThereIsRoomFor() {
        final FrameTerms terms = new FrameTerms();
        for (int i = 0; i < FrameTerms.MAX_TERMS; i++) {
            terms.compareLong(i, Comparison.EQ, i);
        }
        assertThatThrownBy(() -> terms.compareLong(0, Comparison.EQ, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new FrameTerms().compareInt(-1, Comparison.EQ, 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
