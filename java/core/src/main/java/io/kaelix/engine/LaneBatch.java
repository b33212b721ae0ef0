// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Field;
import io.kaelix.MessageBatch;
import io.kaelix.MessageHandler;
import io.kaelix.Predicate;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.lane.StreamSet;
import io.kaelix.memory.Padded;
import io.kaelix.message.BatchColumns;
import io.kaelix.message.BatchSelection;
import io.kaelix.message.FrameFilter;
import io.kaelix.message.FrameMatches;
import io.kaelix.platform.Kernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * A batch of one subscriber. Whatever touches messages does so between {@link BatchGate#enter} and {@link BatchGate#exit}, so that nothing
 * on another thread takes a lane, or memory, from under it.
 */
final class LaneBatch extends Padded implements MessageBatch {

    private static final BooleanSupplier NEVER = () -> false;
    private static final int MOST_BITS = Kernels.MAX_BYTES * Byte.SIZE;

    private final LaneSubscriber subscriber;
    private final BatchColumns columns;
    private final BatchSelection selection;
    private final BatchSelection.Integers integers = new BatchSelection.Integers();
    private final BatchSelection.Doubles doubles = new BatchSelection.Doubles();
    private final BooleanSupplier ended;
    /** Those that messages were taken of. */
    private final List<LaneFeed> held = new ArrayList<>();
    /** For a set of streams; grows. */
    private MemorySegment bitmap = MemorySegment.NULL;
    private final BatchGate gate;

    LaneBatch(final LaneSubscriber subscriber, final int maxMessages) {
        if (maxMessages < 1 || maxMessages > MAX_MESSAGES) {
            throw new IllegalArgumentException("a batch is made for 1 to " + MAX_MESSAGES + " messages, not for " + maxMessages);
        }
        this.subscriber = subscriber;
        this.columns = new BatchColumns(maxMessages);
        this.selection = new BatchSelection(columns);
        this.ended = subscriber::isClosed;
        this.gate = new BatchGate(subscriber, this);
    }

    boolean isOf(final LaneSubscriber other) {
        return subscriber == other;
    }

    /** Before it is filled: that it is neither closed nor retained. */
    void checkFillable() {
        gate.checkFillable();
    }

    /** Takes what a lane has; how many messages. Of a lane that has none, nothing is kept, so that it may be left. */
    int take(final LaneFeed feed, final FrameFilter filter, final int limit) {
        final FrameMatches matches = filter == null ? null : feed.matches(filter);
        feed.message.open(Thread.currentThread());
        feed.hold();
        int got = 0;
        try {
            got = feed.reader.take(columns, feed.message, limit, feed.streams, matches);
        } catch (final InternalError fault) {
            throw feed.message.explain(fault);
        } finally {
            feed.message.clear();
            if (got > 0) {
                held.add(feed);
            } else {
                columns.dropEmptyRun();
                feed.reader.release();
                feed.letGo();
            }
        }
        return got;
    }

    /** Whether there was something that it had no room for. */
    boolean isOutOfRoom() {
        return columns.isOutOfRoom();
    }

    /**
     * Gives back what was taken.
     *
     * @param lanesLeft whether nothing is there any more that it could be given back to
     */
    void letGo(final boolean lanesLeft) {
        leaveLanes(lanesLeft);
        columns.clear();
        selection.clear();
    }

    /** The same, but that it keeps its rows: they lie elsewhere. */
    void leaveLanes(final boolean lanesLeft) {
        for (int i = 0; i < held.size() && !lanesLeft; i++) {
            held.get(i).reader.release();
            held.get(i).letGo();
            subscriber.noteCutOff(held.get(i));
        }
        held.clear();
    }

    @Override
    public MessageBatch retain() {
        if (gate.kept() != null) {
            return this;
        }
        // Whatever has become of it since: another thread that finds it retained by now is not to retain it again, nor to leave the subscriber below.
        gate.enterFilled();
        try {
            final KeptTopics topics = subscriber.keepTopics(columns.streams(), columns.size());
            try {
                columns.retain(topics, topics);
            } catch (final RuntimeException | Error e) {
                topics.run();
                throw e;
            }
            subscriber.leaveFilled();
            gate.keep(topics);
        } finally {
            subscriber.exit();
        }
        return this;
    }

    private void releaseKept(final boolean forGood) {
        gate.enterKept();
        try {
            columns.clear();
            selection.clear();
        } finally {
            gate.endKept(forGood);
        }
    }

    @Override
    public int capacity() {
        return columns.capacity();
    }

    @Override
    public int size() {
        gate.checkThread();
        return columns.size();
    }

    @Override
    public int selected() {
        gate.checkThread();
        return selection.size();
    }

    @Override
    public boolean isCopy() {
        gate.checkThread();
        return columns.isCopy();
    }

    @Override
    public MessageBatch where(final Predicate predicate) {
        Objects.requireNonNull(predicate, "predicate");
        gate.enter();
        try {
            selection.keep(predicate);
        } finally {
            gate.exit();
        }
        return this;
    }

    @Override
    public MessageBatch where(final TopicPattern pattern) {
        Objects.requireNonNull(pattern, "pattern");
        gate.enter();
        try {
            final KeptTopics kept = gate.kept();
            final int known = subscriber.streamLimit();
            final StreamSet seen = new StreamSet();
            final StreamSet wanted = new StreamSet();
            selection.keepStreams(id -> {
                // What a publisher overwrote may be any number.
                if (id < 0 || id >= known) {
                    return false;
                }
                if (seen.add(id)) {
                    final Topic topic = kept != null ? kept.find(id) : subscriber.topic(id);
                    if (topic != null && pattern.matches(topic)) {
                        wanted.add(id);
                    }
                }
                return wanted.contains(id);
            });
        } finally {
            gate.exit();
        }
        return this;
    }

    @Override
    public MessageBatch whereStream(final int... streamIds) {
        Objects.requireNonNull(streamIds, "streamIds");
        gate.enter();
        try {
            final int bits = IntStream.of(streamIds).max().orElse(-1) + 1;
            if (bits > 0 && bits <= MOST_BITS) {
                selection.keepStreams(bitmapOf(streamIds, bits), bits);
            } else {
                final StreamSet wanted = new StreamSet();
                IntStream.of(streamIds).filter(id -> id >= 0).forEach(wanted::add);
                selection.keepStreams(id -> id >= 0 && wanted.contains(id));
            }
        } finally {
            gate.exit();
        }
        return this;
    }

    private MemorySegment bitmapOf(final int[] streamIds, final int bits) {
        final long bytes = Math.ceilDiv(bits, Long.SIZE) * (long) Long.BYTES;
        if (bitmap.byteSize() < bytes) {
            bitmap = Arena.ofAuto().allocate(bytes, Long.BYTES);
        }
        bitmap.asSlice(0, bytes).fill((byte) 0);
        for (final int id : streamIds) {
            if (id >= 0) {
                final long word = (long) (id / Long.SIZE) * Long.BYTES;
                bitmap.set(ValueLayout.JAVA_LONG, word, bitmap.get(ValueLayout.JAVA_LONG, word) | 1L << id);
            }
        }
        return bitmap;
    }

    @Override
    public MessageBatch whereChecksumHolds() {
        gate.enter();
        try {
            selection.keepIntact();
        } finally {
            gate.exit();
        }
        return this;
    }

    @Override
    public MessageBatch clearSelection() {
        gate.enter();
        try {
            selection.clear();
        } finally {
            gate.exit();
        }
        return this;
    }

    @Override
    public int count(final Field field) {
        Objects.requireNonNull(field, "field");
        gate.enter();
        try {
            return selection.count(field);
        } finally {
            gate.exit();
        }
    }

    private BatchSelection.Integers aggregate(final Field.Int64 field) {
        Objects.requireNonNull(field, "field");
        gate.enter();
        try {
            selection.aggregate(field, integers);
        } finally {
            gate.exit();
        }
        return integers;
    }

    private BatchSelection.Integers aggregate(final Field.Int32 field) {
        Objects.requireNonNull(field, "field");
        gate.enter();
        try {
            selection.aggregate(field, integers);
        } finally {
            gate.exit();
        }
        return integers;
    }

    private BatchSelection.Doubles aggregate(final Field.Float64 field) {
        Objects.requireNonNull(field, "field");
        gate.enter();
        try {
            selection.aggregate(field, doubles);
        } finally {
            gate.exit();
        }
        return doubles;
    }

    @Override
    public long sum(final Field.Int64 field) {
        return aggregate(field).sum();
    }

    @Override
    public long min(final Field.Int64 field) {
        return aggregate(field).min();
    }

    @Override
    public long max(final Field.Int64 field) {
        return aggregate(field).max();
    }

    @Override
    public long sum(final Field.Int32 field) {
        return aggregate(field).sum();
    }

    @Override
    public int min(final Field.Int32 field) {
        return (int) aggregate(field).min();
    }

    @Override
    public int max(final Field.Int32 field) {
        return (int) aggregate(field).max();
    }

    @Override
    public double sum(final Field.Float64 field) {
        return aggregate(field).sum();
    }

    @Override
    public double min(final Field.Float64 field) {
        return aggregate(field).min();
    }

    @Override
    public double max(final Field.Float64 field) {
        return aggregate(field).max();
    }

    @Override
    public void countByStream(final StreamCount each) {
        Objects.requireNonNull(each, "each");
        gate.enter();
        try {
            selection.countByStream(each);
        } finally {
            gate.exit();
        }
    }

    @Override
    public int forEachSelected(final MessageHandler handler) {
        Objects.requireNonNull(handler, "handler");
        gate.enter();
        try {
            return selection.forEach(Thread.currentThread(), handler, gate.kept() != null ? NEVER : ended);
        } finally {
            gate.exit();
        }
    }

    @Override
    public int index(final int selectedIndex) {
        gate.checkThread();
        return selection.row(Objects.checkIndex(selectedIndex, selection.size()));
    }

    private MemorySegment view(final MemorySegment column, final int bytes) {
        gate.checkThread();
        return column.asSlice(0, (long) columns.size() * bytes).asReadOnly();
    }

    @Override
    public MemorySegment lengths() {
        return view(columns.lengths(), Integer.BYTES);
    }

    @Override
    public MemorySegment streamIds() {
        return view(columns.streams(), Integer.BYTES);
    }

    @Override
    public MemorySegment sequences() {
        return view(columns.sequences(), Integer.BYTES);
    }

    @Override
    public MemorySegment timestamps() {
        return view(columns.timestamps(), Long.BYTES);
    }

    @Override
    public void release() {
        if (gate.kept() != null) {
            releaseKept(false);
        } else if (subscriber.holds(this)) {
            subscriber.release();
        }
    }

    @Override
    public void close() {
        if (gate.kept() != null) {
            releaseKept(true);
        } else {
            release();
            gate.close();
        }
    }
}
