// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.Message;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameDescriptor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Frames for tests in which threads run freely: number, length and every byte follow from one another. */
final class Traffic {

    /** Messages in a run: a full one takes minutes. */
    static final int MESSAGES = Boolean.getBoolean("kaelix.long") ? 50_000_000 : 5_000_000;

    private static final int NUMBER = FrameDescriptor.HEADER_LENGTH;

    private Traffic() {
    }

    /** Writes frame {@code number}, of a length that follows from it; false if there is no room. */
    static boolean write(final LaneWriter writer, final long number) {
        final int words = words(number);
        final int tail = tail(number);
        final int length = NUMBER + (words << 3) + tail;
        final long frame = writer.claim(length);
        if (frame < 0) {
            return false;
        }
        NativeMemory.putLong(frame + NUMBER, number);
        for (int i = 1; i < words; i++) {
            NativeMemory.putLong(frame + NUMBER + (i << 3), mix(number + i));
        }
        for (int i = 0; i < tail; i++) {
            NativeMemory.putByte(frame + NUMBER + (words << 3) + i, (byte) number);
        }
        writer.commit(length, FrameDescriptor.VERSION_BITS, 0, (int) writer.frames());
        return true;
    }

    /** Number of a frame, all of which was checked. */
    static long check(final Message message) {
        final long number = message.getLong(0);
        final int words = words(number);
        final int tail = tail(number);
        if (message.length() != (words << 3) + tail) {
            throw new AssertionError("frame " + number + " has " + message.length() + " bytes");
        }
        for (int i = 1; i < words; i++) {
            if (message.getLong(i << 3) != mix(number + i)) {
                throw new AssertionError("word " + i + " of frame " + number + " is torn");
            }
        }
        for (int i = 0; i < tail; i++) {
            if (message.getByte((words << 3) + i) != (byte) number) {
                throw new AssertionError("byte " + i + " behind the words of frame " + number + " is torn");
            }
        }
        return number;
    }

    private static int words(final long number) {
        return 1 + (int) (mix(number) >>> 60);
    }

    private static int tail(final long number) {
        return (int) (mix(number) & 7);
    }

    private static long mix(final long value) {
        final long mixed = (value + 1) * 0x9E3779B97F4A7C15L;
        return mixed ^ mixed >>> 29;
    }

    /** Lets the other thread run: the machine may have one core for the two. */
    static void idle(final int attempt) {
        if (attempt % 64 == 63) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }

    /** Runs beside the test's own thread, and brings its failure there. */
    static final class Companion implements AutoCloseable {

        private final AtomicBoolean stop = new AtomicBoolean();
        private final Thread thread;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();

        /** @param work runs until it is done, or told to stop because the test is over */
        Companion(final Consumer<AtomicBoolean> work) {
            thread = Thread.ofPlatform().daemon().name("companion").start(() -> {
                try {
                    work.accept(stop);
                } catch (final Throwable thrown) {
                    failure.set(thrown);
                }
            });
        }

        /** Fails if it failed: for loops that wait for what it does. */
        void check() {
            if (failure.get() != null) {
                throw new AssertionError("the other thread failed", failure.get());
            }
        }

        boolean isDone() {
            return !thread.isAlive();
        }

        @Override
        public void close() {
            stop.set(true);
            try {
                thread.join();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            check();
        }
    }
}
