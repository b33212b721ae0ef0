// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Measures where a call into C begins to gain: nanoseconds of a call by size, in C and in plain Java, through {@link Kernels} and over the same
 * native memory. The limits of {@link SizedKernels} come from here. No test: run by its {@code main}, as docs/decisions.md says.
 */
final class KernelThresholds {

    private static final int[] SIZES = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000};
    private static final int LARGEST = 1000;
    private static final int ROUNDS = 7;
    private static final int BATCHES = 16;
    private static final long NANOS = 4_000_000;
    private static final long WARMUP_NANOS = 60_000_000;

    private static volatile long sink;

    private final Kernels inC;
    private final Kernels inJava = new Kernels(Isa.JAVA, new JavaKernels());
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment out = arena.allocate(64 + 16L * LARGEST * BATCHES, 64);
    private final Random random = new Random(1);

    private KernelThresholds(final Kernels inC) {
        this.inC = inC;
    }

    /** One call of a kernel on the batch of this number. */
    private interface Call {
        long run(Kernels kernels, int size, int batch);
    }

    /** No arguments; {@code kaelix.native.path} names the library where no jar has it. */
    public static void main(final String[] arguments) {
        FfmPlatform.open(System.getLogger("kaelix"));
        new KernelThresholds(new Kernels(Isa.SCALAR, new FfmKernels())).measureAll();
    }

    private void measureAll() {
        final MemorySegment longs = arena.allocateFrom(JAVA_LONG, random.longs(LARGEST * BATCHES, 0, 100).toArray());
        final MemorySegment ints = arena.allocateFrom(JAVA_INT, random.ints(LARGEST * BATCHES, 0, 100).toArray());
        final MemorySegment doubles = arena.allocateFrom(JAVA_DOUBLE, random.doubles(LARGEST * BATCHES).toArray());
        final MemorySegment set = arena.allocateFrom(JAVA_LONG, random.longs(2).toArray());
        final byte[] ascii = new byte[LARGEST * BATCHES];
        for (int i = 0; i < ascii.length; i++) {
            ascii[i] = random.nextInt(80) == 0 ? (byte) '\n' : (byte) random.nextInt(' ', 'z');
        }
        final MemorySegment text = arena.allocateFrom(JAVA_BYTE, ascii);
        final MemorySegment words = arena.allocateFrom("Größe: 12 €, naïve. ".repeat(LARGEST));
        final MemorySegment records = arena.allocate(80L * LARGEST, 8);
        final MemorySegment offsets = arena.allocateFrom(JAVA_INT, IntStream.range(0, LARGEST).map(i -> 80 * i).toArray());
        final MemorySegment lengths = arena.allocateFrom(JAVA_INT, IntStream.range(0, LARGEST).map(i -> 64).toArray());
        final MemorySegment target = arena.allocate(64L * LARGEST, 8);
        final MemorySegment targetOffsets = arena.allocate(JAVA_INT, LARGEST);
        final MemorySegment selection = arena.allocate(8 + 4L * LARGEST, 8);
        for (int i = 0; i < LARGEST; i++) {
            selection.set(JAVA_INT, 8 + 4L * i, i);
        }

        measure("filter int64", (kernels, size, batch) -> kernels.filter(longs, 8L * batch * size, size, Comparison.GT, 49, out));
        measure("filter int32", (kernels, size, batch) -> kernels.filterInts(ints, 4L * batch * size, size, Comparison.GT, 49, out));
        measure("filter double", (kernels, size, batch) -> kernels.filterDoubles(doubles, 8L * batch * size, size, Comparison.GT, 0.5, out));
        measure("range int64", (kernels, size, batch) -> kernels.filterRange(longs, 8L * batch * size, size, 25, 75, out));
        measure("range int32", (kernels, size, batch) -> kernels.filterIntRange(ints, 4L * batch * size, size, 25, 75, out));
        measure("range double", (kernels, size, batch) -> kernels.filterDoubleRange(doubles, 8L * batch * size, size, 0.25, 0.75, out));
        measure("filter ids", (kernels, size, batch) -> kernels.filterIds(ints, 4L * batch * size, size, set, 128, out));
        measure("gather int64", (kernels, size, batch) -> {
            kernels.gatherLongs(records, offsets, size, 16, out);
            return out.get(JAVA_LONG, 0);
        });
        measure("gather int32", (kernels, size, batch) -> {
            kernels.gatherInts(records, offsets, size, 16, out);
            return out.get(JAVA_LONG, 0);
        });
        measure("aggregate int64", (kernels, size, batch) -> {
            kernels.aggregate(longs, 8L * batch * size, size, null, out);
            return out.get(JAVA_LONG, 8);
        });
        measure("aggregate double", (kernels, size, batch) -> {
            kernels.aggregateDoubles(doubles, 8L * batch * size, size, null, out);
            return out.get(JAVA_LONG, 8);
        });
        measure("aggregate int64 selected", (kernels, size, batch) -> {
            selection.set(JAVA_LONG, 0, size);
            kernels.aggregate(longs, 8L * batch * size, size, selection, out);
            return out.get(JAVA_LONG, 8);
        });
        measure("aggregate double selected", (kernels, size, batch) -> {
            selection.set(JAVA_LONG, 0, size);
            kernels.aggregateDoubles(doubles, 8L * batch * size, size, selection, out);
            return out.get(JAVA_LONG, 8);
        });
        measure("newlines, bytes", (kernels, size, batch) -> kernels.newlines(text, (long) batch * size, size, out, size));
        measure("ASCII, bytes", (kernels, size, batch) -> kernels.validAscii(text, (long) batch * size, size, out));
        measure("UTF-8, bytes", (kernels, size, batch) -> kernels.validUtf8(words, 0, size, out));
        measure("pack, pieces of 64", (kernels, size, batch) -> kernels.pack(records, offsets, lengths, size, null, target, targetOffsets, out));
        for (final int bytes : new int[] {16, 64, 128, 256, 512, 1024, 4096, 65_536}) {
            measureChecksums(bytes);
        }
    }

    private void measureChecksums(final int bytes) {
        final int most = Math.min(LARGEST, Kernels.MAX_BYTES / bytes);
        final MemorySegment data = arena.allocate((long) most * bytes, 8);
        final MemorySegment offsets = arena.allocateFrom(JAVA_INT, IntStream.range(0, most).map(i -> bytes * i).toArray());
        final MemorySegment lengths = arena.allocateFrom(JAVA_INT, IntStream.range(0, most).map(i -> bytes).toArray());
        measure("CRC32C, pieces of " + bytes, most, (kernels, size, batch) -> {
            kernels.crc32c(data, offsets, lengths, size, out);
            return out.get(JAVA_INT, 0);
        });
    }

    private void measure(final String name, final Call call) {
        measure(name, LARGEST, call);
    }

    /** The two take turns. */
    private void measure(final String name, final int most, final Call call) {
        System.out.println(name);
        for (final int size : SIZES) {
            if (size > most) {
                break;
            }
            time(call, inC, size, WARMUP_NANOS);
            time(call, inJava, size, WARMUP_NANOS);
            final double[] c = new double[ROUNDS];
            final double[] java = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                c[round] = time(call, inC, size, NANOS);
                java[round] = time(call, inJava, size, NANOS);
            }
            Arrays.sort(c);
            Arrays.sort(java);
            System.out.printf(Locale.ROOT, "  %6d  C %9.1f ns  Java %9.1f ns  %s%n", size, c[ROUNDS / 2], java[ROUNDS / 2],
                    c[ROUNDS / 2] <= java[ROUNDS / 2] ? "C" : "Java");
        }
    }

    private static double time(final Call call, final Kernels kernels, final int size, final long nanos) {
        final long start = System.nanoTime();
        long calls = 0;
        long now;
        do {
            long sum = 0;
            for (int turn = 0; turn < BATCHES; turn++) {
                for (int batch = 0; batch < BATCHES; batch++) {
                    sum += call.run(kernels, size, batch);
                }
            }
            sink += sum;
            calls += BATCHES * BATCHES;
            now = System.nanoTime();
        } while (now - start < nanos);
        return (double) (now - start) / calls;
    }
}
