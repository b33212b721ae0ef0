// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.kernel;

import static io.kaelix.bench.kernel.Workload.BATCHES;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kaelix.platform.Comparison;
import io.kaelix.platform.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** What is measured: the same data for everybody, uniformly random from a fixed seed. */
final class Workloads {

    private static final long SEED = 20_240_229;
    private static final int IDS = 1024;
    /** Bytes from one record to the next: 64 of payload behind a header of 16. */
    private static final int RECORD = 80;
    private static final int PIECE = 64;

    private final Kernels kernels;
    private final int values;
    private final Arena arena = Arena.ofAuto();
    private final Random random = new Random(SEED);
    private final long[] longs;
    private final MemorySegment out;
    private final int[] indices;

    private Workloads(final Kernels kernels, final int values) {
        this.kernels = kernels;
        this.values = values;
        this.longs = random.longs((long) values * BATCHES, 0, 100).toArray();
        this.out = arena.allocate(Kernels.SELECTION_HEADER_BYTES + 8L * values, 64);
        this.indices = new int[values];
    }

    /** All of them, over batches of so many values. */
    static List<Workload> of(final Kernels kernels, final int values) {
        final Workloads workloads = new Workloads(kernels, values);
        return List.of(workloads.filter("filter int64 > x, 50%", 49), workloads.filter("filter int64 > x, 1%", 98), workloads.filterInts(),
                workloads.filterDoubles(), workloads.filterIds(), workloads.gather(), workloads.aggregate(), workloads.aggregateDoubles(),
                workloads.newlines(), workloads.crc32c(), workloads.utf8(), workloads.pack());
    }

    private Workload filter(final String name, final long operand) {
        final MemorySegment column = arena.allocateFrom(JAVA_LONG, longs);
        return new Workload(name, "values", values,
                batch -> kernels.filter(column, 8L * batch * values, values, Comparison.GT, operand, out),
                batch -> JavaLoops.filterBranching(longs, batch * values, values, operand, indices),
                batch -> JavaLoops.filterBranchFree(longs, batch * values, values, operand, indices));
    }

    private Workload filterInts() {
        final int[] ints = random.ints((long) values * BATCHES, 0, 100).toArray();
        final MemorySegment column = arena.allocateFrom(JAVA_INT, ints);
        return new Workload("filter int32 > x, 50%", "values", values,
                batch -> kernels.filterInts(column, 4L * batch * values, values, Comparison.GT, 49, out),
                batch -> JavaLoops.filterBranching(ints, batch * values, values, 49, indices),
                batch -> JavaLoops.filterBranchFree(ints, batch * values, values, 49, indices));
    }

    private Workload filterDoubles() {
        final double[] doubles = random.doubles((long) values * BATCHES).toArray();
        final MemorySegment column = arena.allocateFrom(JAVA_DOUBLE, doubles);
        return new Workload("filter double > x, 50%", "values", values,
                batch -> kernels.filterDoubles(column, 8L * batch * values, values, Comparison.GT, 0.5, out),
                batch -> JavaLoops.filterBranching(doubles, batch * values, values, 0.5, indices),
                batch -> JavaLoops.filterBranchFree(doubles, batch * values, values, 0.5, indices));
    }

    private Workload filterIds() {
        final int[] ids = random.ints((long) values * BATCHES, 0, IDS).toArray();
        final long[] set = random.longs(IDS / Long.SIZE).toArray();
        final MemorySegment column = arena.allocateFrom(JAVA_INT, ids);
        final MemorySegment bitmap = arena.allocateFrom(JAVA_LONG, set);
        return new Workload("filter ids by a set, 50%", "values", values,
                batch -> kernels.filterIds(column, 4L * batch * values, values, bitmap, IDS, out),
                batch -> JavaLoops.filterIds(ids, batch * values, values, set, indices));
    }

    private Workload gather() {
        final int count = Math.min(values, Kernels.MAX_GATHERED);
        final byte[] records = new byte[RECORD * count];
        random.nextBytes(records);
        final int[] offsets = new int[count];
        for (int i = 0; i < count; i++) {
            offsets[i] = i * RECORD;
        }
        final long[] column = new long[count];
        final MemorySegment base = arena.allocateFrom(JAVA_BYTE, records);
        final MemorySegment at = arena.allocateFrom(JAVA_INT, offsets);
        return new Workload("gather int64 of frames", "values", count, batch -> {
            kernels.gatherLongs(base, at, count, 16, out);
            return out.get(JAVA_LONG, 0);
        }, batch -> JavaLoops.gather(records, offsets, 16, column));
    }

    private Workload aggregate() {
        final MemorySegment column = arena.allocateFrom(JAVA_LONG, longs);
        return new Workload("sum, min, max of int64", "values", values, batch -> {
            kernels.aggregate(column, 8L * batch * values, values, null, out);
            return out.get(JAVA_LONG, 8);
        }, batch -> JavaLoops.aggregate(longs, batch * values, values));
    }

    private Workload aggregateDoubles() {
        final double[] doubles = random.doubles((long) values * BATCHES).toArray();
        final MemorySegment column = arena.allocateFrom(JAVA_DOUBLE, doubles);
        return new Workload("sum, min, max of double", "values", values, batch -> {
            kernels.aggregateDoubles(column, 8L * batch * values, values, null, out);
            return out.get(JAVA_LONG, 8);
        }, batch -> JavaLoops.aggregate(doubles, batch * values, values));
    }

    private Workload newlines() {
        final int bytes = 8 * values;
        final byte[] text = new byte[bytes * BATCHES];
        for (int i = 0; i < text.length; i++) {
            text[i] = random.nextInt(80) == 0 ? (byte) '\n' : (byte) random.nextInt(' ', 'z');
        }
        final MemorySegment data = arena.allocateFrom(JAVA_BYTE, text);
        final MemorySegment positions = arena.allocate(Kernels.NEWLINES_HEADER_BYTES + 4L * bytes, 64);
        final int[] found = new int[bytes];
        return new Workload("newlines of lines of 80", "bytes", bytes,
                batch -> kernels.newlines(data, (long) batch * bytes, bytes, positions, bytes),
                batch -> JavaLoops.newlines(text, batch * bytes, bytes, found));
    }

    private Workload crc32c() {
        final int count = Math.min(values, Math.min(Kernels.MAX_PIECES, Kernels.MAX_BYTES / PIECE));
        final byte[] bytes = new byte[count * PIECE];
        random.nextBytes(bytes);
        final MemorySegment base = arena.allocateFrom(JAVA_BYTE, bytes);
        final MemorySegment offsets = arena.allocateFrom(JAVA_INT, IntStream.range(0, count).map(i -> i * PIECE).toArray());
        final MemorySegment lengths = arena.allocateFrom(JAVA_INT, IntStream.range(0, count).map(i -> PIECE).toArray());
        final MemorySegment crcs = arena.allocate(JAVA_INT, count);
        return new Workload("CRC32C of 64 bytes each", "bytes", count * PIECE, batch -> {
            kernels.crc32c(base, offsets, lengths, count, crcs);
            return crcs.get(JAVA_INT, 0);
        }, batch -> JavaLoops.crc32c(bytes, PIECE));
    }

    private Workload utf8() {
        final String text = "Größe: 12 €, 東京, naïve. ".repeat(values / 16 + 1);
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        final int length = Math.min(bytes.length, Kernels.MAX_BYTES);
        final MemorySegment data = arena.allocateFrom(JAVA_BYTE, bytes);
        final CharBuffer chars = CharBuffer.allocate(length);
        return new Workload("UTF-8 validation", "bytes", length, batch -> kernels.validUtf8(data, 0, length, out),
                batch -> JavaLoops.decode(bytes, length, chars));
    }

    private Workload pack() {
        final int count = Math.min(values, Kernels.MAX_BYTES / RECORD);
        final byte[] records = new byte[count * RECORD];
        random.nextBytes(records);
        final int[] at = IntStream.range(0, count).map(i -> i * RECORD).toArray();
        final MemorySegment base = arena.allocateFrom(JAVA_BYTE, records);
        final MemorySegment offsets = arena.allocateFrom(JAVA_INT, at);
        final MemorySegment lengths = arena.allocateFrom(JAVA_INT, IntStream.range(0, count).map(i -> PIECE).toArray());
        final MemorySegment target = arena.allocate((long) count * PIECE, 64);
        final MemorySegment targetOffsets = arena.allocate(JAVA_INT, count);
        final byte[] packed = new byte[count * PIECE];
        return new Workload("pack pieces of 64 bytes", "bytes", count * PIECE,
                batch -> kernels.pack(base, offsets, lengths, count, null, target, targetOffsets, out),
                batch -> JavaLoops.pack(records, at, PIECE, packed));
    }
}
