// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

/**
 * Sizes of the pool's buffers: powers of two from 128 bytes, two cache lines, to 1 MiB, the size of a default lane. What is longer has no
 * class.
 */
final class BufferSize {

    /** In place of a class: longer than the longest. */
    static final int OUTSIZE = -1;

    private static final int MIN_SHIFT = 7;
    private static final int MAX_SHIFT = 20;

    /** How many classes there are. */
    static final int CLASSES = MAX_SHIFT - MIN_SHIFT + 1;

    /** Longest buffer: in whole pages an int. */
    static final int MAX_LENGTH = Integer.MAX_VALUE & -4096;

    /** What is cut at a time, unless one buffer alone is longer. */
    private static final int SLAB_BYTES = 64 << 10;

    private static final int PAGE = 4096;

    /** Most buffers that go from one thread to another at a time. */
    private static final int MAX_MAGAZINE = 32;

    private BufferSize() {
    }

    /** The smallest class that holds so many bytes. */
    static int of(final int length) {
        final int shift = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(length, 1) - 1);
        return shift > MAX_SHIFT ? OUTSIZE : Math.max(shift - MIN_SHIFT, 0);
    }

    /** Bytes in a buffer. */
    static int bytes(final int sizeClass) {
        return 1 << sizeClass + MIN_SHIFT;
    }

    /** Bytes in a slab of such buffers. */
    static int slabBytes(final int sizeClass) {
        return Math.max(bytes(sizeClass), SLAB_BYTES);
    }

    /** Bytes in a slab for one message that has no class: what the arena would round it to. */
    static int outsizeBytes(final int length) {
        return (length + PAGE - 1) & -PAGE;
    }

    /** Buffers in a magazine: what makes up a slab, at most. */
    static int magazine(final int sizeClass) {
        return Math.min(slabBytes(sizeClass) / bytes(sizeClass), MAX_MAGAZINE);
    }
}
