// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What every set of kernels has to do, by loops over Java arrays. */
abstract class KernelsContract {

    private static final byte GUARD = 0x5A;
    private static final int GUARD_BYTES = 128;
    private static final double[] HOSTILE = {0.0, -0.0, 1.0, -1.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY,
            Double.MAX_VALUE, Double.MIN_VALUE, -Double.MIN_VALUE, 0.1, 1e16, 3.0};

    abstract Kernels kernels();

    /** Runs one filter into guarded room, and compares what it selects. */
    private interface Filter {
        int run(MemorySegment column, long offset, int length, MemorySegment out);
    }

    private void checkFilter(final MemorySegment column, final int valueBytes, final int skipped, final int length, final Filter filter,
            final IntPredicate expected) {
        final int[] indices = IntStream.range(0, length).filter(i -> expected.test(skipped + i)).toArray();
        final long outBytes = Kernels.SELECTION_HEADER_BYTES + 4L * length;
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment guarded = arena.allocate(outBytes + GUARD_BYTES, 8).fill(GUARD);
            final MemorySegment out = guarded.asSlice(0, outBytes);
            assertThat(filter.run(column, (long) skipped * valueBytes, length, out)).isEqualTo(indices.length);
            assertThat(out.get(JAVA_LONG, 0)).isEqualTo(indices.length);
            assertThat(out.asSlice(Kernels.SELECTION_HEADER_BYTES, 4L * indices.length).toArray(JAVA_INT)).isEqualTo(indices);
            assertThat(guarded.asSlice(outBytes).toArray(JAVA_BYTE)).containsOnly(GUARD);
        }
    }

    @Property(tries = 300)
    void shouldFilterIntsAsTheOperatorsDo(@ForAll final long seed, @ForAll @IntRange(max = 140) final int length,
            @ForAll @IntRange(max = 5) final int skipped) {
        final Random random = new Random(seed);
        final int[] values = IntStream.range(0, skipped + length).map(i -> random.nextInt(4) == 0
                ? new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE, 0, -1}[random.nextInt(4)] : random.nextInt(-3, 4)).toArray();
        final int operand = random.nextInt(5) == 0 ? values.length == 0 ? 0 : values[0] : random.nextInt(-3, 4);
        final int high = random.nextInt(-3, 5);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment column = arena.allocateFrom(JAVA_INT, values);
            for (final Comparison comparison : Comparison.values()) {
                checkFilter(column, 4, skipped, length, (c, o, n, out) -> kernels().filterInts(c, o, n, comparison, operand, out),
                        i -> holds(Integer.compare(values[i], operand), comparison));
            }
            checkFilter(column, 4, skipped, length, (c, o, n, out) -> kernels().filterIntRange(c, o, n, operand, high, out),
                    i -> values[i] >= operand && values[i] <= high);
        }
    }

    @Property(tries = 300)
    void shouldFilterLongRanges(@ForAll final long seed, @ForAll @IntRange(max = 140) final int length,
            @ForAll @IntRange(max = 5) final int skipped) {
        final Random random = new Random(seed);
        final long[] values = random.longs(skipped + length, -9, 10).toArray();
        final long low = random.nextInt(8) == 0 ? Long.MIN_VALUE : random.nextLong(-9, 10);
        final long high = random.nextInt(8) == 0 ? Long.MAX_VALUE : random.nextLong(-9, 10);
        try (Arena arena = Arena.ofConfined()) {
            checkFilter(arena.allocateFrom(JAVA_LONG, values), 8, skipped, length,
                    (c, o, n, out) -> kernels().filterRange(c, o, n, low, high, out),
                    i -> values[i] >= low && values[i] <= high);
        }
    }

    @Property(tries = 300)
    void shouldFilterDoublesAsTheOperatorsDo(@ForAll final long seed, @ForAll @IntRange(max = 140) final int length,
            @ForAll @IntRange(max = 5) final int skipped) {
        final Random random = new Random(seed);
        final double[] values = random.ints(skipped + length, 0, HOSTILE.length).mapToDouble(i -> HOSTILE[i]).toArray();
        final double operand = HOSTILE[random.nextInt(HOSTILE.length)];
        final double high = HOSTILE[random.nextInt(HOSTILE.length)];
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment column = arena.allocateFrom(JAVA_DOUBLE, values);
            for (final Comparison comparison : Comparison.values()) {
                checkFilter(column, 8, skipped, length, (c, o, n, out) -> kernels().filterDoubles(c, o, n, comparison, operand, out),
                        i -> switch (comparison) {
                    case LT -> values[i] < operand;
                    case LE -> values[i] <= operand;
                    case GT -> values[i] > operand;
                    case GE -> values[i] >= operand;
                    case EQ -> values[i] == operand;
                    case NE -> values[i] != operand;
                });
            }
            checkFilter(column, 8, skipped, length, (c, o, n, out) -> kernels().filterDoubleRange(c, o, n, operand, high, out),
                    i -> values[i] >= operand && values[i] <= high);
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

    @Property(tries = 300)
    void shouldFilterIdsOfASet(@ForAll final long seed, @ForAll @IntRange(max = 140) final int length,
            @ForAll @IntRange(max = 200) final int bits) {
        final Random random = new Random(seed);
        final int[] ids = IntStream.range(0, length)
                .map(i -> random.nextInt(6) == 0 ? random.nextInt() : random.nextInt(-2, bits + 3)).toArray();
        final long[] set = random.longs(Math.ceilDiv(bits, 64)).toArray();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment bitmap = arena.allocateFrom(JAVA_LONG, set);
            checkFilter(arena.allocateFrom(JAVA_INT, ids), 4, 0, length, (c, o, n, out) -> kernels().filterIds(c, o, n, bitmap, bits, out),
                    i -> ids[i] >= 0 && ids[i] < bits && (set[ids[i] >> 6] >>> ids[i] & 1) == 1);
        }
    }

    @Property(tries = 300)
    void shouldGatherFields(@ForAll final long seed, @ForAll @IntRange(max = 140) final int count,
            @ForAll @IntRange(min = -16, max = 16) final int field) {
        final Random random = new Random(seed);
        final byte[] records = new byte[16 + random.nextInt(1, 300) + 24];
        random.nextBytes(records);
        final int[] offsets = random.ints(count, Math.max(0, -field), records.length - 8 - Math.max(0, field) + 1).toArray();
        final ByteBuffer expected = ByteBuffer.wrap(records).order(ByteOrder.LITTLE_ENDIAN);
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment base = arena.allocateFrom(JAVA_BYTE, records);
            final MemorySegment at = arena.allocateFrom(JAVA_INT, offsets);
            final MemorySegment longs = arena.allocate(JAVA_LONG, count);
            kernels().gatherLongs(base, at, count, field, longs);
            assertThat(longs.toArray(JAVA_LONG)).isEqualTo(IntStream.of(offsets).mapToLong(i -> expected.getLong(i + field)).toArray());
            final MemorySegment ints = arena.allocate(JAVA_INT, count);
            kernels().gatherInts(base, at, count, field, ints);
            assertThat(ints.toArray(JAVA_INT)).isEqualTo(IntStream.of(offsets).map(i -> expected.getInt(i + field)).toArray());
        }
    }

    @Test
    void shouldRefuseAFieldOutsideTheRecords() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment base = arena.allocate(64);
            final MemorySegment column = arena.allocate(8 * 20, 8);
            for (int wrong = 0; wrong < 20; wrong++) {
                for (final int outside : new int[] {57, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                    final MemorySegment offsets = arena.allocate(JAVA_INT, 20);
                    offsets.setAtIndex(JAVA_INT, wrong, outside);
                    assertThatExceptionOfType(IndexOutOfBoundsException.class)
                            .isThrownBy(() -> kernels().gatherLongs(base, offsets, 20, 0, column)).withMessageContaining("64 bytes");
                }
                final MemorySegment offsets = arena.allocate(JAVA_INT, 20);
                for (final long field : new long[] {-1, 57, Long.MIN_VALUE, Long.MAX_VALUE}) {
                    assertThatExceptionOfType(IndexOutOfBoundsException.class)
                            .isThrownBy(() -> kernels().gatherLongs(base, offsets, 20, field, column));
                }
            }
        }
    }

    @Property(tries = 300)
    void shouldAggregateLongs(@ForAll final long seed, @ForAll @IntRange(max = 140) final int length) {
        final Random random = new Random(seed);
        final long[] values = random.longs(length).toArray();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment column = arena.allocateFrom(JAVA_LONG, values);
            final MemorySegment selection = arena.allocate(Kernels.SELECTION_HEADER_BYTES + 4L * length, 8);
            kernels().filter(column, 0, length, Comparison.GT, 0, selection);
            for (final boolean all : new boolean[] {true, false}) {
                final long[] chosen = IntStream.range(0, length).mapToLong(i -> values[i]).filter(v -> all || v > 0).toArray();
                final MemorySegment out = arena.allocate(Kernels.AGGREGATE_BYTES, 8);
                kernels().aggregate(column, 0, length, all ? null : selection, out);
                long sum = 0;
                long min = Long.MAX_VALUE;
                long max = Long.MIN_VALUE;
                for (final long value : chosen) {
                    sum += value;
                    min = Math.min(min, value);
                    max = Math.max(max, value);
                }
                assertThat(out.toArray(JAVA_LONG)).containsExactly(chosen.length, sum, min, max);
            }
        }
    }

    @Property(tries = 300)
    void shouldAggregateDoublesInTheStatedOrder(@ForAll final long seed, @ForAll @IntRange(max = 140) final int length,
            @ForAll final boolean tame, @ForAll final boolean selects) {
        final Random random = new Random(seed);
        final double[] values = IntStream.range(0, length).mapToDouble(i -> tame ? random.nextGaussian() * Math.pow(10, random.nextInt(20))
                : HOSTILE[random.nextInt(HOSTILE.length)]).toArray();
        final double[] sums = new double[8];
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < length; i++) {
            sums[i % 8] += values[i];
            min = Double.isNaN(values[i]) ? min : Math.min(min, values[i]);
            max = Double.isNaN(values[i]) ? max : Math.max(max, values[i]);
        }
        final double sum = ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment out = arena.allocate(Kernels.AGGREGATE_BYTES, 8);
            final MemorySegment column = arena.allocateFrom(JAVA_DOUBLE, values);
            final MemorySegment selection = arena.allocate(Kernels.SELECTION_HEADER_BYTES + 4L * length, 8);
            kernels().filterIds(arena.allocateFrom(JAVA_INT, new int[length]), 0, length, arena.allocateFrom(JAVA_LONG, 1L), 1, selection);
            kernels().aggregateDoubles(column, 0, length, selects ? selection : null, out);
            assertThat(out.toArray(JAVA_LONG)).containsExactly(Double.doubleToLongBits(length), Double.doubleToLongBits(sum),
                    Double.doubleToRawLongBits(min), Double.doubleToRawLongBits(max));
        }
    }

    @Test
    void shouldRefuseASelectionOfAnotherColumn() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment column = arena.allocate(80, 8);
            final MemorySegment out = arena.allocate(Kernels.AGGREGATE_BYTES, 8);
            final MemorySegment selection = arena.allocate(Kernels.SELECTION_HEADER_BYTES + 4L * 10, 8);
            kernels().filter(column, 0, 10, Comparison.EQ, 0, selection);
            for (int length = 0; length < 10; length++) {
                final int shorter = length;
                assertThatExceptionOfType(IndexOutOfBoundsException.class)
                        .isThrownBy(() -> kernels().aggregate(column, 0, shorter, selection, out)).withMessageContaining("another column");
                assertThatExceptionOfType(IndexOutOfBoundsException.class)
                        .isThrownBy(() -> kernels().aggregateDoubles(column, 0, shorter, selection, out));
            }
            selection.set(JAVA_LONG, 0, 11);
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> kernels().aggregate(column, 0, 10, selection, out)).withMessageContaining("no more than fit");
        }
    }

    @Test
    void shouldRefuseWhatIsTooLargeOrNotAligned() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment memory = arena.allocate(1024, 8);
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> kernels().filterInts(memory, 0, Kernels.MAX_INTS + 1, Comparison.EQ, 0, memory))
                    .withMessageContaining("pieces");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> kernels().filterInts(memory, 2, 1, Comparison.EQ, 0, memory.asSlice(512)))
                    .withMessageContaining("aligned");
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> kernels().filterIds(memory, 0, 1, memory.asSlice(0, 8), 65, memory.asSlice(512)))
                    .withMessageContaining("65 bits");
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> kernels().gatherLongs(memory, memory, Kernels.MAX_GATHERED + 1, 0, memory))
                    .withMessageContaining("pieces");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> kernels().gatherLongs(memory, memory, 1, 0, memory.asSlice(4, 16))).withMessageContaining("aligned");
        }
    }

    @Property(tries = 200)
    void shouldChecksumAsTheJdkDoes(@ForAll final long seed, @ForAll @IntRange(max = 40) final int count) {
        final Random random = new Random(seed);
        final byte[] bytes = new byte[1 + random.nextInt(600)];
        random.nextBytes(bytes);
        final int[] offsets = random.ints(count, 0, bytes.length).toArray();
        final int[] lengths = IntStream.of(offsets).map(at -> random.nextInt(bytes.length - at + 1)).toArray();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment crcs = arena.allocate(JAVA_INT, count);
            kernels().crc32c(arena.allocateFrom(JAVA_BYTE, bytes), arena.allocateFrom(JAVA_INT, offsets), arena.allocateFrom(JAVA_INT, lengths),
                    count, crcs);
            assertThat(crcs.toArray(JAVA_INT)).isEqualTo(IntStream.range(0, count).map(i -> {
                final CRC32C crc = new CRC32C();
                crc.update(bytes, offsets[i], lengths[i]);
                return (int) crc.getValue();
            }).toArray());
        }
    }

    @Property(tries = 100)
    void shouldChecksumLongPieces(@ForAll final long seed, @ForAll @IntRange(min = 1, max = 6) final int count) {
        final Random random = new Random(seed);
        final byte[] bytes = new byte[5000];
        random.nextBytes(bytes);
        final int[] offsets = random.ints(count, 0, 100).toArray();
        final int[] lengths = random.ints(count, 0, bytes.length - 100).toArray();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment crcs = arena.allocate(JAVA_INT, count);
            kernels().crc32c(arena.allocateFrom(JAVA_BYTE, bytes), arena.allocateFrom(JAVA_INT, offsets), arena.allocateFrom(JAVA_INT, lengths),
                    count, crcs);
            for (int i = 0; i < count; i++) {
                final CRC32C crc = new CRC32C();
                crc.update(bytes, offsets[i], lengths[i]);
                assertThat(crcs.getAtIndex(JAVA_INT, i)).isEqualTo((int) crc.getValue());
            }
        }
    }

    @Test
    void shouldRefusePiecesOutside() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment base = arena.allocate(100);
            final MemorySegment crcs = arena.allocate(JAVA_INT, 1);
            final MemorySegment target = arena.allocate(200, 8);
            final MemorySegment out = arena.allocate(16, 8);
            for (final int[] piece : new int[][] {{0, 101}, {100, 1}, {-1, 1}, {1, -1}, {-1, -1}}) {
                final MemorySegment offsets = arena.allocateFrom(JAVA_INT, piece[0]);
                final MemorySegment lengths = arena.allocateFrom(JAVA_INT, piece[1]);
                assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> kernels().crc32c(base, offsets, lengths, 1, crcs))
                        .withMessageContaining("100 bytes");
                assertThatExceptionOfType(IndexOutOfBoundsException.class)
                        .isThrownBy(() -> kernels().pack(base, offsets, lengths, 1, null, target, crcs, out)).withMessageContaining("100 bytes");
            }
            assertThat(target.toArray(JAVA_BYTE)).containsOnly((byte) 0);
        }
    }

    @Test
    void shouldRefuseOutputThatOverlapsInput() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment base = arena.allocate(64, 8);
            final MemorySegment offsets = arena.allocate(JAVA_INT, 4);
            final MemorySegment lengths = arena.allocate(JAVA_INT, 4);
            final MemorySegment target = arena.allocate(64, 8);
            final MemorySegment places = arena.allocate(JAVA_INT, 4);
            final MemorySegment out = arena.allocate(16, 8);
            final MemorySegment[] inputs = {base, offsets, lengths};
            for (final MemorySegment input : inputs) {
                final MemorySegment inside = input.asSlice(0, 16);
                assertThatIllegalArgumentException().isThrownBy(() -> kernels().crc32c(base, offsets, lengths, 4, inside))
                        .withMessageStartingWith("crcs must not overlap");
                assertThatIllegalArgumentException().isThrownBy(() -> kernels().pack(base, offsets, lengths, 4, null, inside, places, out))
                        .withMessageStartingWith("target must not overlap");
                assertThatIllegalArgumentException().isThrownBy(() -> kernels().pack(base, offsets, lengths, 4, null, target, inside, out))
                        .withMessageStartingWith("targetOffsets must not overlap");
            }
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> kernels().pack(base, offsets, lengths, 4, null, target, target.asSlice(0, 16), out));
            kernels().crc32c(base.asSlice(0, 32), offsets, lengths, 4, base.asSlice(32, 16)); // beside it is not within it
        }
    }

    @Property(tries = 300)
    void shouldValidateUtf8AsADecoderDoes(@ForAll final long seed, @ForAll @IntRange(max = 200) final int length, @ForAll final boolean broken) {
        final Random random = new Random(seed);
        final String text = random.ints(length, 0, 5)
                .map(kind -> new int[] {'a', 0xE9, 0x20AC, 0x1F600, random.nextInt(0x80)}[kind])
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (broken && bytes.length > 0) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment data = arena.allocateFrom(JAVA_BYTE, bytes);
            final MemorySegment out = arena.allocate(8, 8);
            final CharBuffer decoded = CharBuffer.allocate(bytes.length + 1);
            final ByteBuffer source = ByteBuffer.wrap(bytes);
            StandardCharsets.UTF_8.newDecoder().decode(source, decoded, true);
            assertThat(kernels().validUtf8(data, 0, bytes.length, out)).isEqualTo(source.position());
            final int ascii = (int) IntStream.range(0, bytes.length).takeWhile(i -> bytes[i] >= 0).count();
            assertThat(kernels().validAscii(data, 0, bytes.length, out)).isEqualTo(ascii);
        }
    }

    @Property(tries = 200)
    void shouldPackWhatAFilterSelected(@ForAll final long seed, @ForAll @IntRange(max = 40) final int count, @ForAll final boolean all) {
        final Random random = new Random(seed);
        final byte[] bytes = new byte[400];
        random.nextBytes(bytes);
        final int[] offsets = random.ints(count, 0, 300).toArray();
        final int[] lengths = random.ints(count, 0, 100).toArray();
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment selection = arena.allocate(Kernels.SELECTION_HEADER_BYTES + 4L * count, 8);
            kernels().filterInts(arena.allocateFrom(JAVA_INT, lengths), 0, count, Comparison.GT, 50, selection);
            final int[] chosen = IntStream.range(0, count).filter(i -> all || lengths[i] > 50).toArray();
            final MemorySegment target = arena.allocate(random.nextInt(1000), 8).fill(GUARD);
            final MemorySegment targetOffsets = arena.allocate(JAVA_INT, count);
            final MemorySegment out = arena.allocate(16, 8);
            final int packed = kernels().pack(arena.allocateFrom(JAVA_BYTE, bytes), arena.allocateFrom(JAVA_INT, offsets),
                    arena.allocateFrom(JAVA_INT, lengths), count, all ? null : selection, target, targetOffsets, out);
            int used = 0;
            int expected = 0;
            for (final int piece : chosen) {
                final int rounded = (lengths[piece] + 7) / 8 * 8;
                if (used + rounded > target.byteSize()) {
                    break;
                }
                assertThat(targetOffsets.getAtIndex(JAVA_INT, expected++)).isEqualTo(used);
                final byte[] copy = Arrays.copyOf(Arrays.copyOfRange(bytes, offsets[piece], offsets[piece] + lengths[piece]), rounded);
                assertThat(target.asSlice(used, rounded).toArray(JAVA_BYTE)).isEqualTo(copy);
                used += rounded;
            }
            assertThat(packed).isEqualTo(expected);
            assertThat(out.toArray(JAVA_LONG)).containsExactly(expected, used);
        }
    }
}
