// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.Message;
import io.kaelix.RetainedMessage;
import io.kaelix.Topic;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;

/** A pool over an arena of its own, and messages to retain in it. */
final class PoolFixture implements AutoCloseable {

    static final int PUBLISHER = 7;
    static final Topic TOPIC = Topic.of("t");
    static final Cleaner CLEANER = Cleaner.create();
    private static final long ARENA_BYTES = 64 << 20;

    final RegionArena arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, ARENA_BYTES);
    final MessagePool pool;
    /** What the pool logged. */
    final List<String> lines = new CopyOnWriteArrayList<>();

    PoolFixture() {
        this(ARENA_BYTES, LeakDetection.OFF);
    }

    PoolFixture(final long limit, final LeakDetection leakDetection) {
        pool = new MessagePool(arena, limit, CLEANER, leakDetection, new Recorder());
    }

    /** A message of so many bytes, each of which has the value; it is retained, then its original is overwritten. */
    RetainedMessage retain(final int length, final int value) {
        try (Arena original = Arena.ofConfined()) {
            final MemorySegment memory = original.allocate(FrameDescriptor.step(FrameDescriptor.length(length, false)), 8);
            final FrameMessage message = new FrameMessage(memory.asReadOnly(), PUBLISHER, id -> TOPIC, pool);
            final int frameLength = FrameDescriptor.length(length, false);
            NativeMemory.putLong(memory.address(), FrameDescriptor.firstWord(frameLength, FrameDescriptor.VERSION_BITS));
            NativeMemory.putLong(memory.address() + FrameDescriptor.STREAM_ID_OFFSET, FrameDescriptor.secondWord(3, value));
            memory.asSlice(FrameDescriptor.HEADER_LENGTH, length).fill((byte) value);
            message.open(Thread.currentThread());
            message.wrap(memory.address(), frameLength, FrameDescriptor.VERSION_BITS);
            final RetainedMessage retained = message.retain();
            memory.fill((byte) 0xEE);
            return retained;
        }
    }

    /** Whether all its bytes have a value. */
    static boolean holds(final Message message, final int length, final int value) {
        if (message.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (message.getByte(i) != (byte) value) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        pool.close();
        arena.close();
    }

    private final class Recorder implements System.Logger {

        @Override
        public String getName() {
            return "recorder";
        }

        @Override
        public boolean isLoggable(final Level level) {
            return true;
        }

        @Override
        public void log(final Level level, final ResourceBundle bundle, final String text, final Throwable thrown) {
            lines.add(level + " " + text + (thrown == null ? "" : " / " + thrown.getMessage()));
        }

        @Override
        public void log(final Level level, final ResourceBundle bundle, final String format, final Object... params) {
            throw new AssertionError("a line without the place of retain: " + format);
        }
    }
}
