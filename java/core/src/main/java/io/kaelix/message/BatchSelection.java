// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.kaelix.Field;
import io.kaelix.MessageBatch.StreamCount;
import io.kaelix.MessageHandler;
import io.kaelix.Predicate;
import io.kaelix.Predicate.OfDouble;
import io.kaelix.Predicate.OfInteger;
import io.kaelix.Predicate.Relation;
import io.kaelix.memory.Padded;
import io.kaelix.platform.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.zip.CRC32C;

/**
 * Which rows of a batch are selected, and what is computed of them.
 *
 * <p>All is done in pieces: rows of one run, no more than a kernel takes at a time. {@link #nextPiece} finds where their payloads begin,
 * leaving out those that are too short; a field is gathered from there into a column, which is filtered or added up.
 *
 * <p><b>Threads</b>: one at a time. <b>Safety</b>: the caller sees to it that the bases of the runs are mapped meanwhile.
 */
public final class BatchSelection extends Padded {

    private static final int ALL = -1;
    private static final int NOT_CONSECUTIVE = -1;
    private static final int HEADER = Kernels.SELECTION_HEADER_BYTES;
    private static final int CHECKSUM_BYTES = Integer.BYTES;

    private final BatchColumns batch;
    private final Kernels kernels;
    private final StreamTally tally = new StreamTally();
    private final int most;

    /** Rows that are selected, ascending; meaningless while all are. */
    private final MemorySegment selection;
    private int selected = ALL;

    /** Of the piece at hand. */
    private final MemorySegment picked;
    private final MemorySegment pickedRows;
    private final MemorySegment column;
    private final MemorySegment found;
    private final MemorySegment aggregate = Arena.ofAuto().allocate(Kernels.AGGREGATE_BYTES, Long.BYTES);
    private MemorySegment offsets;
    private BatchColumns.Run run;
    private int first;
    private int count;

    /** Of the pieces to come: their run, and the next row or its index in the selection. */
    private int runIndex;
    private int at;

    /** Of the rows of a batch. */
    public BatchSelection(final BatchColumns batch) {
        this.batch = batch;
        this.kernels = batch.kernels();
        this.most = Math.min(batch.capacity(), Kernels.MAX_GATHERED);
        selection = numbers(batch.capacity());
        picked = numbers(most);
        pickedRows = numbers(most);
        column = Arena.ofAuto().allocate((long) most * Long.BYTES, Long.BYTES);
        found = Arena.ofAuto().allocate(HEADER + (long) most * Integer.BYTES, Long.BYTES);
    }

    private static MemorySegment numbers(final int count) {
        return Arena.ofAuto().allocate((long) count * Integer.BYTES, Integer.BYTES);
    }

    private static int get(final MemorySegment numbers, final int index) {
        return numbers.get(JAVA_INT, (long) index * Integer.BYTES);
    }

    private static void put(final MemorySegment numbers, final int index, final int value) {
        numbers.set(JAVA_INT, (long) index * Integer.BYTES, value);
    }

    /** Selects all rows. */
    public void clear() {
        selected = ALL;
    }

    /** Rows that are selected. */
    public int size() {
        return selected == ALL ? batch.size() : selected;
    }

    /** The row at an index of the selection. */
    public int row(final int index) {
        return selected == ALL ? index : get(selection, index);
    }

    private void firstPiece() {
        runIndex = 0;
        at = 0;
    }

    /** Goes on to rows whose payloads have at least so many bytes; false if there are none left. */
    private boolean nextPiece(final int bytes) {
        while (runIndex < batch.runs().size()) {
            final int end = batch.end(runIndex);
            run = batch.runs().get(runIndex);
            if (selected == ALL ? pickRows(end, bytes) : pickSelected(end, bytes)) {
                if (count > 0) {
                    return true;
                }
            } else {
                runIndex++;
            }
        }
        return false;
    }

    /** False if the run has ended. */
    private boolean pickRows(final int end, final int bytes) {
        final int from = at;
        final int rows = Math.min(end - from, most);
        final MemorySegment lengths = batch.lengths();
        int shortest = Integer.MAX_VALUE;
        for (int i = 0; i < rows; i++) {
            shortest = Math.min(shortest, get(lengths, from + i));
        }
        at = from + rows;
        if (shortest >= bytes) {
            first = from;
            count = rows;
            offsets = batch.payloads().asSlice((long) from * Integer.BYTES, (long) rows * Integer.BYTES);
            return rows > 0;
        }
        final MemorySegment payloads = batch.payloads();
        int kept = 0;
        for (int i = 0; i < rows; i++) {
            put(picked, kept, get(payloads, from + i));
            put(pickedRows, kept, from + i);
            kept += get(lengths, from + i) >= bytes ? 1 : 0;
        }
        offsets = picked;
        first = NOT_CONSECUTIVE;
        count = kept;
        return true;
    }

    /** False if the run has ended. */
    private boolean pickSelected(final int end, final int bytes) {
        final MemorySegment payloads = batch.payloads();
        final MemorySegment lengths = batch.lengths();
        final int from = at;
        final int to = Math.min(selected, from + most);
        int index = from;
        int kept = 0;
        for (; index < to; index++) {
            final int row = get(selection, index);
            if (row >= end) {
                break;
            }
            put(picked, kept, get(payloads, row));
            put(pickedRows, kept, row);
            kept += get(lengths, row) >= bytes ? 1 : 0;
        }
        at = index;
        offsets = picked;
        first = NOT_CONSECUTIVE;
        count = kept;
        return index > from;
    }

    private int rowInPiece(final int index) {
        return first == NOT_CONSECUTIVE ? get(pickedRows, index) : first + index;
    }

    /** What a filter found in the piece is selected, behind what was kept before; that lies before what is still to be read. */
    private int keepFound(final int kept, final int matches) {
        for (int i = 0; i < matches; i++) {
            put(selection, kept + i, rowInPiece(found.get(JAVA_INT, HEADER + (long) i * Integer.BYTES)));
        }
        return kept + matches;
    }

    private void gather(final int bytes, final int field) {
        if (bytes == Integer.BYTES) {
            kernels.gatherInts(run.base(), offsets, count, field, column);
        } else {
            kernels.gatherLongs(run.base(), offsets, count, field, column);
        }
    }

    /** An offset that no payload reaches: then there is nothing to be gathered. */
    private static int end(final Field field) {
        return field.offset() > Integer.MAX_VALUE - field.bytes() ? Integer.MAX_VALUE : field.offset() + field.bytes();
    }

    /** Keeps what a predicate holds for. */
    public void keep(final Predicate predicate) {
        for (final Predicate.Comparison comparison : predicate.comparisons()) {
            keep(comparison);
        }
    }

    private void keep(final Predicate.Comparison comparison) {
        final Field field = comparison.field();
        int kept = 0;
        firstPiece();
        while (nextPiece(end(field))) {
            gather(field.bytes(), field.offset());
            kept = keepFound(kept, filter(comparison));
        }
        selected = kept;
    }

    private int filter(final Predicate.Comparison comparison) {
        final boolean range = comparison.relation() == Relation.BETWEEN;
        return switch (comparison) {
            case OfInteger wanted when wanted.field() instanceof Field.Int32 -> range
                    ? kernels.filterIntRange(column, 0, count, (int) wanted.low(), (int) wanted.high(), found)
                    : kernels.filterInts(column, 0, count, FrameFilter.comparison(wanted.relation()), (int) wanted.low(), found);
            case OfInteger wanted -> range
                    ? kernels.filterRange(column, 0, count, wanted.low(), wanted.high(), found)
                    : kernels.filter(column, 0, count, FrameFilter.comparison(wanted.relation()), wanted.low(), found);
            case OfDouble wanted -> range
                    ? kernels.filterDoubleRange(column, 0, count, wanted.low(), wanted.high(), found)
                    : kernels.filterDoubles(column, 0, count, FrameFilter.comparison(wanted.relation()), wanted.low(), found);
        };
    }

    /**
     * Keeps the rows of some streams.
     *
     * @param bitmap bit {@code i % 64} of the int64 {@code i / 64} tells of stream i
     * @param bits of it
     */
    public void keepStreams(final MemorySegment bitmap, final int bits) {
        int kept = 0;
        firstPiece();
        while (nextPiece(0)) {
            for (int i = 0; i < count; i++) {
                put(column, i, get(batch.streams(), rowInPiece(i)));
            }
            kept = keepFound(kept, kernels.filterIds(column, 0, count, bitmap, bits, found));
        }
        selected = kept;
    }

    /** Keeps the rows whose stream is wanted. */
    public void keepStreams(final IntPredicate wanted) {
        int kept = 0;
        for (int i = 0; i < size(); i++) {
            final int row = row(i);
            if (wanted.test(get(batch.streams(), row))) {
                put(selection, kept++, row);
            }
        }
        selected = kept;
    }

    /** Keeps the rows whose payload ends with the CRC32C of what stands before. */
    public void keepIntact() {
        int kept = 0;
        firstPiece();
        while (nextPiece(CHECKSUM_BYTES)) {
            for (int from = 0; from < count;) {
                final int to = endOfChecked(from);
                if (to == from) {
                    kept = keepIntactAlone(kept, from);
                    from++;
                } else {
                    kept = keepIntact(kept, from, to);
                    from = to;
                }
            }
        }
        selected = kept;
    }

    /** As many as the kernel takes at a time; their lengths are written for it. */
    private int endOfChecked(final int from) {
        int bytes = 0;
        int index = from;
        for (; index < count; index++) {
            final int length = get(batch.lengths(), rowInPiece(index)) - CHECKSUM_BYTES;
            bytes += length;
            if (length > Kernels.MAX_BYTES || bytes > Kernels.MAX_BYTES) {
                break;
            }
            found.set(JAVA_INT, HEADER + (long) (index - from) * Integer.BYTES, length);
        }
        return index;
    }

    private int keepIntact(final int keptBefore, final int from, final int to) {
        kernels.crc32c(run.base(), offsets.asSlice((long) from * Integer.BYTES), found.asSlice(HEADER), to - from, column);
        int kept = keptBefore;
        for (int index = from; index < to; index++) {
            final long end = Integer.toUnsignedLong(get(offsets, index)) + get(found, HEADER / Integer.BYTES + index - from);
            if (run.base().get(JAVA_INT_UNALIGNED, end) == get(column, index - from)) {
                put(selection, kept++, rowInPiece(index));
            }
        }
        return kept;
    }

    /** One that is too long for the kernel. */
    private int keepIntactAlone(final int kept, final int index) {
        final int row = rowInPiece(index);
        final long start = Integer.toUnsignedLong(get(offsets, index));
        final int length = get(batch.lengths(), row) - CHECKSUM_BYTES;
        final CRC32C crc = new CRC32C();
        crc.update(run.base().asSlice(start, length).asByteBuffer());
        if ((int) crc.getValue() != run.base().get(JAVA_INT_UNALIGNED, start + length)) {
            return kept;
        }
        put(selection, kept, row);
        return kept + 1;
    }

    /** Counts the selected rows of each stream. */
    public void countByStream(final StreamCount each) {
        tally.clear();
        int equal = 0;
        int last = 0;
        for (int i = 0; i < size(); i++) {
            final int stream = get(batch.streams(), row(i));
            if (stream != last && equal > 0) {
                tally.add(last, equal);
                equal = 0;
            }
            last = stream;
            equal++;
        }
        if (equal > 0) {
            tally.add(last, equal);
        }
        tally.forEach(each);
    }

    /** Selected rows that have a field. */
    public int count(final Field field) {
        int having = 0;
        firstPiece();
        while (nextPiece(end(field))) {
            having += count;
        }
        return having;
    }

    /** Count, sum, least and greatest of a field over the selection. */
    public void aggregate(final Field.Int64 field, final Integers into) {
        into.clear(Long.MAX_VALUE, Long.MIN_VALUE);
        firstPiece();
        while (nextPiece(end(field))) {
            gather(Long.BYTES, field.offset());
            kernels.aggregate(column, 0, count, null, aggregate);
            into.sum += aggregate.get(JAVA_LONG, 8);
            into.min = Math.min(into.min, aggregate.get(JAVA_LONG, 16));
            into.max = Math.max(into.max, aggregate.get(JAVA_LONG, 24));
        }
    }

    /** The same of int32. */
    public void aggregate(final Field.Int32 field, final Integers into) {
        into.clear(Integer.MAX_VALUE, Integer.MIN_VALUE);
        firstPiece();
        while (nextPiece(end(field))) {
            gather(Integer.BYTES, field.offset());
            long sum = 0;
            int min = Integer.MAX_VALUE;
            int max = Integer.MIN_VALUE;
            for (int i = 0; i < count; i++) {
                final int value = get(column, i);
                sum += value;
                min = Math.min(min, value);
                max = Math.max(max, value);
            }
            into.sum += sum;
            into.min = Math.min(into.min, min);
            into.max = Math.max(into.max, max);
        }
    }

    /** The same of doubles: pieces are added in their order, the first to 0.0. */
    public void aggregate(final Field.Float64 field, final Doubles into) {
        into.clear();
        firstPiece();
        while (nextPiece(end(field))) {
            gather(Double.BYTES, field.offset());
            kernels.aggregateDoubles(column, 0, count, null, aggregate);
            into.sum += Double.longBitsToDouble(aggregate.get(JAVA_LONG, 8));
            into.min = Math.min(into.min, Double.longBitsToDouble(aggregate.get(JAVA_LONG, 16)));
            into.max = Math.max(into.max, Double.longBitsToDouble(aggregate.get(JAVA_LONG, 24)));
        }
    }

    /** What a field of integers comes to. */
    public static final class Integers {

        private long sum;
        private long min;
        private long max;

        /** Of none, until it is filled. */
        public Integers() {
        }

        private void clear(final long least, final long greatest) {
            sum = 0;
            min = least;
            max = greatest;
        }

        /** It wraps around. */
        public long sum() {
            return sum;
        }

        /** The least value. */
        public long min() {
            return min;
        }

        /** The greatest value. */
        public long max() {
            return max;
        }
    }

    /** What a field of doubles comes to. */
    public static final class Doubles {

        private double sum;
        private double min;
        private double max;

        /** Of none, until it is filled. */
        public Doubles() {
        }

        private void clear() {
            sum = 0;
            min = Double.POSITIVE_INFINITY;
            max = Double.NEGATIVE_INFINITY;
        }

        /** NaN if one value is. */
        public double sum() {
            return sum;
        }

        /** The least that is a number. */
        public double min() {
            return min;
        }

        /** The greatest that is a number. */
        public double max() {
            return max;
        }
    }

    /**
     * Hands the selected messages over.
     *
     * @param owner who may read them
     * @param ended whether to stop before the next one
     */
    public int forEach(final Thread owner, final MessageHandler handler, final BooleanSupplier ended) {
        int handed = 0;
        int index = 0;
        for (int i = 0; i < batch.runs().size(); i++) {
            final BatchColumns.Run current = batch.runs().get(i);
            final int end = batch.end(i);
            final FrameMessage message = current.message();
            message.open(owner);
            try {
                for (; index < size(); index++) {
                    final int row = row(index);
                    if (row >= end) {
                        break;
                    }
                    if (ended.getAsBoolean()) {
                        return handed;
                    }
                    if (batch.show(current, row)) {
                        handed++;
                        handler.onMessage(message);
                    }
                }
            } finally {
                message.clear();
            }
        }
        return handed;
    }
}
