// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.function.IntSupplier;

/** A connection in memory: two ends that do not block, hold so many bytes, and hand over so many at a time. */
final class Wire {

    private final Way there;
    private final Way back;

    /** @param step most bytes of the next read or write */
    Wire(final int capacity, final IntSupplier step) {
        there = new Way(capacity, step);
        back = new Way(capacity, step);
    }

    ByteChannel client() {
        return new End(back, there);
    }

    ByteChannel server() {
        return new End(there, back);
    }

    /** From the client to the server. */
    Way there() {
        return there;
    }

    Way back() {
        return back;
    }

    /** One direction. */
    static final class Way {

        private final IntSupplier step;
        private final byte[] bytes;
        private int start;
        private int end;
        private long passed;
        private long cutAt = Long.MAX_VALUE;
        private boolean isClosed;
        private int reads;

        Way(final int capacity, final IntSupplier step) {
            this.bytes = new byte[capacity];
            this.step = step;
        }

        /** The reader sees the end behind so many bytes, and what the writer sends then is lost. */
        void cutAt(final long passedBytes) {
            cutAt = passedBytes;
        }

        /** Bytes that were read so far. */
        long passed() {
            return passed;
        }

        /** Bytes that were written and not read. */
        int waiting() {
            return end - start;
        }

        /** How often it was read. */
        int reads() {
            return reads;
        }

        private int read(final ByteBuffer into) {
            reads++;
            final int count = (int) Math.min(Math.min(Math.min(end - start, into.remaining()), step.getAsInt()), cutAt - passed);
            if (count <= 0) {
                return passed >= cutAt || isClosed && start == end ? -1 : 0;
            }
            into.put(bytes, start, count);
            start += count;
            passed += count;
            return count;
        }

        private int write(final ByteBuffer from) {
            if (start > 0 && end == bytes.length) {
                System.arraycopy(bytes, start, bytes, 0, end - start);
                end -= start;
                start = 0;
            }
            final int count = Math.min(Math.min(bytes.length - end, from.remaining()), step.getAsInt());
            from.get(bytes, end, count);
            end += count;
            return count;
        }

        @Override
        public String toString() {
            return Arrays.toString(Arrays.copyOfRange(bytes, start, end));
        }
    }

    private static final class End implements ByteChannel {

        private final Way from;
        private final Way to;
        private boolean isOpen = true;

        End(final Way from, final Way to) {
            this.from = from;
            this.to = to;
        }

        @Override
        public int read(final ByteBuffer into) throws ClosedChannelException {
            checkOpen();
            return from.read(into);
        }

        @Override
        public int write(final ByteBuffer bytes) throws ClosedChannelException {
            checkOpen();
            return to.write(bytes);
        }

        private void checkOpen() throws ClosedChannelException {
            if (!isOpen) {
                throw new ClosedChannelException();
            }
        }

        @Override
        public boolean isOpen() {
            return isOpen;
        }

        @Override
        public void close() {
            isOpen = false;
            to.isClosed = true;
        }
    }
}
