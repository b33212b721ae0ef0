// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Message;
import io.kaelix.Topic;
import io.kaelix.memory.Block;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.RegionArena;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameMessage;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import io.kaelix.platform.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;

/** A lane of its own for a test, and frames whose every byte follows from their number. */
final class LaneFixture implements AutoCloseable {

    static final int PUBLISHER = 7;
    static final int STREAM = 3;

    /** One arena for all: mapping four megabytes for each lane of a property test would take most of its time. */
    private static final RegionArena ARENA = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 1L << 28);

    final Lane lane;
    final LaneWriter writer;
    final PartWriter parts;
    final int capacity;
    private final Block block;
    private final Map<PollableLane, FrameMessage> messages = new ConcurrentHashMap<>();
    private int written;

    LaneFixture(final int capacity) {
        this.capacity = capacity;
        block = ARENA.allocate(LaneDescriptor.laneBytes(capacity));
        lane = new Lane(block, capacity, PUBLISHER);
        lane.hold();
        writer = lane.createWriter();
        parts = new PartWriter(writer);
    }

    /** What a reader was handed: the number of the frame, and its length with the header. */
    record Frame(int number, int length) {
    }

    /** Writes one frame; its position, or why not. */
    long write(final int length) {
        return write(length, length);
    }

    /** Claims one length and commits another. */
    long write(final int claimed, final int length) {
        final long frame = writer.claim(claimed);
        if (frame < 0) {
            return frame;
        }
        for (long at = frame + FrameDescriptor.HEADER_LENGTH; at < frame + claimed; at++) {
            NativeMemory.putByte(at, (byte) 0xFF);
        }
        fill(frame, written++, length);
        return length == claimed
                ? writer.commit(length, FrameDescriptor.VERSION_BITS, STREAM, (int) writer.frames())
                : writer.commitShorter(length, FrameDescriptor.VERSION_BITS, STREAM, (int) writer.frames());
    }

    /** The payload of the message that is written next. */
    byte[] nextPayload(final int length) {
        final byte[] payload = new byte[length];
        for (int i = 0; i < length; i++) {
            payload[i] = payloadByte(written, i);
        }
        return payload;
    }

    /** Begins a message in parts. Until it {@linkplain #count counts}, nothing else is written. */
    void beginParts(final int length) {
        parts.begin(STREAM, (int) writer.frames(), nextPayload(length), 0, length, Message.NO_TIMESTAMP);
    }

    /** A message in parts is complete. */
    void count() {
        written++;
    }

    /** Writes a message in parts, all or nothing; its position, or why not. */
    long writeParts(final int length) {
        beginParts(length);
        final long position = parts.writeAll();
        parts.end();
        if (position > 0) {
            count();
        }
        return position;
    }

    /** Writes frames that must all fit. */
    void writeAll(final int... lengths) {
        for (final int length : lengths) {
            assertThat(write(length)).as("frame %d of %d bytes", written, length).isPositive();
        }
    }

    /** Writes frames of one length until there is no room; how many. */
    int fillWith(final int length) {
        int count = 0;
        while (write(length) >= 0) {
            count++;
        }
        return count;
    }

    /** Frames written so far, published or held back. */
    int written() {
        return written;
    }

    /** Writes the payload of a frame. */
    static void fill(final long frame, final int number, final int length) {
        for (int i = 0; i < length - FrameDescriptor.HEADER_LENGTH; i++) {
            NativeMemory.putByte(frame + FrameDescriptor.HEADER_LENGTH + i, payloadByte(number, i));
        }
    }

    private static byte payloadByte(final int number, final int index) {
        return (byte) (number * 31 + index * 7 + 1);
    }

    /** The frame that a message shows, every byte of it checked. */
    static Frame check(final Message message) {
        final int number = (int) message.sequence();
        for (int i = 0; i < message.length(); i++) {
            if (message.getByte(i) != payloadByte(number, i)) {
                throw new AssertionError("byte " + i + " of frame " + number + " of " + message.length() + " bytes is "
                        + message.getByte(i));
            }
        }
        return new Frame(number, message.length() + FrameDescriptor.HEADER_LENGTH);
    }

    /** A message for the frames of a reader. */
    FrameMessage messageOf(final PollableLane reader) {
        return new FrameMessage(switch (reader) {
            case LaneReader gating -> lane.ringSegment();
            case LossyLaneReader lossy -> lossy.copySegment();
        }, PUBLISHER, id -> Topic.of("t" + id));
    }

    /** Polls once. */
    List<Frame> poll(final PollableLane reader, final int limit) {
        return poll(reader, limit, number -> { });
    }

    /** Polls once, with something to do at each frame. */
    List<Frame> poll(final PollableLane reader, final int limit, final IntConsumer atFrame) {
        final List<Frame> frames = new ArrayList<>();
        // One for all polls: it holds what came of a message in parts, of which a poll takes so many at most.
        final FrameMessage message = messages.computeIfAbsent(reader, this::messageOf);
        message.open(Thread.currentThread());
        final int count;
        try {
            count = reader.poll(message, shown -> {
                final Frame frame = check(shown);
                frames.add(frame);
                atFrame.accept(frame.number());
            }, limit);
        } finally {
            message.clear();
        }
        assertThat(count).as("frames reported").isEqualTo(frames.size());
        return frames;
    }

    /** Polls until nothing comes, and gives the numbers of the frames. */
    List<Integer> drain(final PollableLane reader) {
        final List<Integer> numbers = new ArrayList<>();
        while (true) {
            final List<Frame> frames = poll(reader, 1000);
            if (frames.isEmpty()) {
                return numbers;
            }
            frames.forEach(frame -> numbers.add(frame.number()));
            assertThat(numbers.size()).as("frames read").isLessThanOrEqualTo(written);
        }
    }

    /** Brings the tail to an index of the ring by frames of 16 and 24 bytes, all read by the reader; 8 cannot be reached. */
    void moveTo(final int index, final LaneReader reader) {
        // By way of 0: from elsewhere the end of the ring may not be met exactly.
        stepTo(0, reader);
        stepTo(index, reader);
    }

    private void stepTo(final int index, final LaneReader reader) {
        while ((lane.tail() & capacity - 1) != index) {
            final int missing = index - (int) lane.tail() & capacity - 1;
            writeAll(missing % 16 == 0 || missing < 24 ? 16 : 24);
            drain(reader);
        }
    }

    /** Address of a position in the ring. */
    long address(final long position) {
        return lane.ring() + (position & capacity - 1L);
    }

    /** Commit word at a position. */
    int word(final long position) {
        return NativeMemory.getInt(address(position));
    }

    @Override
    public void close() {
        block.free();
    }
}
