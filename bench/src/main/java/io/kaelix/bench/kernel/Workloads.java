// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.kernel;

import static io.kaelix.bench.kernel.Workload.inCalls;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Comparison;
import io.kaelix.platform.Kernels;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** What is measured: the same data for everybody, uniformly random from a fixed seed. */
final class Workloads {

    private static final long SEED = 20_240_229;
    private static final int IDS = 1024;
    /** Bytes from one record to the next: 64 of payload behind a header of 16. */
    private static final int RECORD = 80;
    private static final int PIECE = 64;
    private static final long MEMORY = 256L << 20;
    private static final int LONG_PIECE = 16 * 1024;
    /** Room for every header of a result. */
    private static final int OUT_BYTES = 64;

    /** Sizes that the goals of the filters are stated for. */
    private static final int FEWEST_VALUES = 1000;
    private static final int MOST_VALUES = 100_000;

    private static final double OFTEN_GOAL = 5;
    private static final double RARE_GOAL = 2;
    private static final double CRC32C_GOAL = 1.5;
    private static final double UTF8_GOAL = 5;

    /** Of all others: never slower. */
    private static final double NO_GOAL = 1;

    private final Kernels kernels;
    private final Optional<ArrayFilters> vectors = ArrayFilters.ofVectorApi();
    private final int values;
    private final int batches;
    /** Memory as that of lanes is, in big pages where they can be had: what the kernels are for. */
    private final SegmentAllocator arena;
    private final Random random = new Random(SEED);
    private final long[] longs;
    private final MemorySegment out;
    private final int[] indices;

    private Workloads(final Kernels kernels, final int values) {
        this.kernels = kernels;
        this.values = values;
        this.arena = SegmentAllocator.slicingAllocator(
                new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.TRANSPARENT, MEMORY).allocate(MEMORY / 2).segment());
        this.batches = Workload.batches(values);
        this.longs = random.longs((long) values * batches, 0, 100).toArray();
        this.out = arena.allocate(OUT_BYTES + 8L * values, 64);
        // As many more as a vector has, which is stored whole.
        this.indices = new int[values + 16];
    }

    /** All of them, over batches of so many values. */
    static List<Workload> of(final Kernels kernels, final int values) {
        final Workloads workloads = new Workloads(kernels, values);
        return List.of(workloads.filter("filter int64 > x, 50%", 49, OFTEN_GOAL), workloads.filter("filter int64 > x, 1%", 98, RARE_GOAL),
                workloads.filterInts(), workloads.filterDoubles(), workloads.filterIds(), workloads.gather(), workloads.aggregate(),
                workloads.aggregateDoubles(), workloads.newlines(),
                workloads.crc32c("CRC32C of 64 bytes each", PIECE, CRC32C_GOAL),
                workloads.crc32c("CRC32C of 16 KiB each", LONG_PIECE, NO_GOAL), workloads.utf8(), workloads.pack());
    }

    private double goalOfFilter(final double goal) {
        return values >= FEWEST_VALUES && values <= MOST_VALUES ? goal : NO_GOAL;
    }

    private Workload filter(final String name, final long operand, final double goal) {
        final MemorySegment column = arena.allocateFrom(JAVA_LONG, longs);
        return new Workload(name, "values", values, goalOfFilter(goal),
                inCalls(values, Kernels.MAX_LONGS, (batch, at, length) ->
                        kernels.filter(column, 8L * (batch * values + at), length, Comparison.GT, operand, out)),
                vectors.<Workload.Batch>map(vector -> batch -> vector.greater(longs, batch * values, values, operand, indices)).orElse(null),
                batch -> JavaLoops.filterBranching(longs, batch * values, values, operand, indices),
                batch -> JavaLoops.filterBranchFree(longs, batch * values, values, operand, indices));
    }

    private Workload filterInts() {
        final int[] ints = random.ints((long) values * batches, 0, 100).toArray();
        final MemorySegment column = arena.allocateFrom(JAVA_INT, ints);
        return new Workload("filter int32 > x, 50%", "values", values, goalOfFilter(OFTEN_GOAL),
                inCalls(values, Kernels.MAX_INTS, (batch, at, length) ->
                        kernels.filterInts(column, 4L * (batch * values + at), length, Comparison.GT, 49, out)),
                vectors.<Workload.Batch>map(vector -> batch -> vector.greater(ints, batch * values, values, 49, indices)).orElse(null),
                batch -> JavaLoops.filterBranching(ints, batch * values, values, 49, indices),
                batch -> JavaLoops.filterBranchFree(ints, batch * values, values, 49, indices));
    }

    private Workload filterDoubles() {
        final double[] doubles = random.doubles((long) values * batches).toArray();
        final MemorySegment column = arena.allocateFrom(JAVA_DOUBLE, doubles);
        return new Workload("filter double > x, 50%", "values", values, goalOfFilter(OFTEN_GOAL),
                inCalls(values, Kernels.MAX_LONGS, (batch, at, length) ->
                        kernels.filterDoubles(column, 8L * (batch * values + at), length, Comparison.GT, 0.5, out)),
                vectors.<Workload.Batch>map(vector -> batch -> vector.greater(doubles, batch * values, values, 0.5, indices)).orElse(null),
                batch -> JavaLoops.filterBranching(doubles, batch * values, values, 0.5, indices),
                batch -> JavaLoops.filterBranchFree(doubles, batch * values, values, 0.5, indices));
    }

    private Workload filterIds() {
        final int[] ids = random.ints((long) values * batches, 0, IDS).toArray();
        final long[] set = random.longs(IDS / Long.SIZE).toArray();
        final MemorySegment column = arena.allocateFrom(JAVA_INT, ids);
        final MemorySegment bitmap = arena.allocateFrom(JAVA_LONG, set);
        return new Workload("filter ids by a set, 50%", "values", values, NO_GOAL,
                inCalls(values, Kernels.MAX_INTS, (batch, at, length) ->
                        kernels.filterIds(column, 4L * (batch * values + at), length, bitmap, IDS, out)),
                null, batch -> JavaLoops.filterIds(ids, batch * values, values, set, indices));
    }

    private Workload gather() {
        final byte[] records = new byte[RECORD * values];
        random.nextBytes(records);
        final int[] offsets = IntStream.range(0, values).map(i -> i * RECORD).toArray();
        final long[] column = new long[values];
        final MemorySegment base = arena.allocateFrom(JAVA_BYTE, records);
        final MemorySegment from = arena.allocateFrom(JAVA_INT, offsets);
        return new Workload("gather int64 of frames", "values", values, NO_GOAL,
                inCalls(values, Kernels.MAX_GATHERED, (batch, at, length) -> {
                    kernels.gatherLongs(base, from.asSlice(4L * at, 4L * length), length, 16, out.asSlice(8L * at, 8L * length));
                    return out.get(JAVA_LONG, 8L * at);
                }), null, batch -> JavaLoops.gather(records, offsets, 16, column));
    }

    private Workload aggregate() {
        final MemorySegment column = arena.allocateFrom(JAVA_LONG, longs);
        return new Workload("sum, min, max of int64", "values", values, NO_GOAL,
                inCalls(values, Kernels.MAX_LONGS, (batch, at, length) -> {
                    kernels.aggregate(column, 8L * (batch * values + at), length, null, out);
                    return out.get(JAVA_LONG, 8);
                }), null, batch -> JavaLoops.aggregate(longs, batch * values, values));
    }

    private Workload aggregateDoubles() {
        final double[] doubles = random.doubles((long) values * batches).toArray();
        final MemorySegment column = arena.allocateFrom(JAVA_DOUBLE, doubles);
        return new Workload("sum, min, max of double", "values", values, NO_GOAL,
                inCalls(values, Kernels.MAX_LONGS, (batch, at, length) -> {
                    kernels.aggregateDoubles(column, 8L * (batch * values + at), length, null, out);
                    return out.get(JAVA_LONG, 8);
                }), null, batch -> JavaLoops.aggregate(doubles, batch * values, values));
    }

    private Workload newlines() {
        final int bytes = 8 * values;
        final byte[] text = new byte[bytes * batches];
        for (int i = 0; i < text.length; i++) {
            text[i] = random.nextInt(80) == 0 ? (byte) '\n' : (byte) random.nextInt(' ', 'z');
        }
        final MemorySegment data = arena.allocateFrom(JAVA_BYTE, text);
        final MemorySegment positions = arena.allocate(Kernels.NEWLINES_HEADER_BYTES + 4L * bytes, 64);
        final int[] found = new int[bytes];
        return new Workload("newlines of lines of 80", "bytes", bytes, NO_GOAL,
                inCalls(bytes, Kernels.MAX_BYTES, (batch, at, length) ->
                        kernels.newlines(data, (long) batch * bytes + at, length, positions, length)),
                null, batch -> JavaLoops.newlines(text, batch * bytes, bytes, found));
    }

    private Workload crc32c(final String name, final int piece, final double goal) {
        final int count = Math.max(1, values * PIECE / piece);
        final byte[] bytes = new byte[count * piece];
        random.nextBytes(bytes);
        final MemorySegment base = arena.allocateFrom(JAVA_BYTE, bytes);
        final MemorySegment offsets = arena.allocateFrom(JAVA_INT, IntStream.range(0, count).map(i -> i * piece).toArray());
        final MemorySegment lengths = arena.allocateFrom(JAVA_INT, IntStream.range(0, count).map(i -> piece).toArray());
        final MemorySegment crcs = arena.allocate(JAVA_INT, count);
        final Workload.Batch inCalls = inCalls(count, Kernels.MAX_BYTES / piece, (batch, at, length) -> {
            kernels.crc32c(base, offsets.asSlice(4L * at, 4L * length), lengths.asSlice(4L * at, 4L * length), length,
                    crcs.asSlice(4L * at, 4L * length));
            return crcs.get(JAVA_INT, 4L * at);
        });
        return new Workload(name, "bytes", count * piece, goal, inCalls, null, batch -> JavaLoops.crc32c(bytes, piece));
    }

    private Workload utf8() {
        final byte[] bytes = "Größe: 12 €, 東京, naïve. ".repeat(values / 16 + 1).getBytes(StandardCharsets.UTF_8);
        final int length = bytes.length;
        final MemorySegment data = arena.allocateFrom(JAVA_BYTE, bytes);
        final CharBuffer chars = CharBuffer.allocate(length);
        return new Workload("UTF-8 validation", "bytes", length, UTF8_GOAL, batch -> {
            int at = 0;
            while (at < length) {
                at += kernels.validUtf8(data, at, Math.min(Kernels.MAX_BYTES, length - at), out);
            }
            return at;
        }, null, batch -> JavaLoops.decode(bytes, length, chars));
    }

    private Workload pack() {
        final byte[] records = new byte[values * RECORD];
        random.nextBytes(records);
        final int[] from = IntStream.range(0, values).map(i -> i * RECORD).toArray();
        final int[] sizes = IntStream.range(0, values).map(i -> PIECE).toArray();
        final MemorySegment base = arena.allocateFrom(JAVA_BYTE, records);
        final MemorySegment offsets = arena.allocateFrom(JAVA_INT, from);
        final MemorySegment lengths = arena.allocateFrom(JAVA_INT, sizes);
        final MemorySegment target = arena.allocate((long) values * PIECE, 64);
        final MemorySegment targetOffsets = arena.allocate(JAVA_INT, values);
        final byte[] packed = new byte[values * PIECE];
        final int[] places = new int[values];
        return new Workload("pack pieces of 64 bytes", "bytes", values * PIECE, NO_GOAL,
                inCalls(values, Kernels.MAX_BYTES / PIECE, (batch, at, length) ->
                        kernels.pack(base, offsets.asSlice(4L * at, 4L * length), lengths.asSlice(4L * at, 4L * length), length, null,
                                target.asSlice((long) PIECE * at, (long) PIECE * length), targetOffsets.asSlice(4L * at, 4L * length), out)),
                null, batch -> JavaLoops.pack(records, from, sizes, packed, places));
    }
}
