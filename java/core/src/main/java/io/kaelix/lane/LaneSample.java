// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.memory.NativeMemory;

/**
 * When the message behind it was sent: padding that the writer puts before one message now and then, for readers to tell how long ago that
 * was. Who passes over padding, which takes place once a turn of the ring else, looks whether it is this; nobody looks for each message.
 *
 * <pre>
 *   0  int32   -16, the length of the padding       4  int32  MARK, where other padding has 0
 *   8  int64   {@link System#nanoTime} of the commit
 * </pre>
 *
 * <p>It lies in the ring, not in the control block, so that as many are under way as there are: a reader that is a whole ring behind finds
 * those, too, that are as old. The clock is that of the machine, for all its processes; on the wire it means nothing.
 */
final class LaneSample {

    /** Bytes of the padding. */
    static final int LENGTH = 16;

    private static final int TIME_OFFSET = 8;
    private static final int MARK = 0x454D4954;

    private LaneSample() {
    }

    /** Writes the time; the first word is stored behind it. */
    static void putTime(final long padding, final long nanos) {
        NativeMemory.putLong(padding + TIME_OFFSET, nanos);
    }

    /** The word that makes it one. */
    static long firstWord() {
        return (long) MARK << Integer.SIZE | -LENGTH & 0xFFFFFFFFL;
    }

    /** Whether padding is one, by its first word. */
    static boolean isAt(final long padding) {
        return NativeMemory.getLong(padding) == firstWord();
    }

    /** The time that one tells. */
    static long time(final long padding) {
        return NativeMemory.getLong(padding + TIME_OFFSET);
    }
}
