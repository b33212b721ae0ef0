// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * Bytes that are sent without being copied: many messages, to many subscribers, show the same memory.
 *
 * {@snippet :
 * try (Payload picture = streamer.payload(1 << 20)) {
 *     picture.writable().fill((byte) 7);
 *     publisher.offer(picture);               // every subscriber sees these bytes
 *     try (Payload head = picture.slice(0, 1024)) {
 *         publisher.offer(head);              // so here, a part of them
 *     }
 * }
 * }
 *
 * <p><b>References</b>: each payload object is one reference to the bytes. {@link #share} and {@link #slice} give another object, {@link
 * #release} or {@link #close} ends this one; after that every call on it throws {@link IllegalStateException}, a second release too. So
 * nobody can take away what another one holds. Sending takes a reference of its own, which the lane holds until every subscriber that
 * gates it has passed the message: release yours whenever you like. With the last reference the memory goes back.
 *
 * <p><b>Writing</b>: what {@link MemoryStreamer#payload(int)} gives can be written, through {@link #writable}, by the thread that made it.
 * Until then no other thread may use it. It ends when it is first shared, sliced, sent, or {@link #seal sealed}: from then on the bytes
 * never change, and a segment that was kept for writing throws. Once that thread has ended, any thread may do so: with what was written.
 *
 * <p><b>Threads</b>: any, at the same time, once it is not written any more. Nothing blocks, but for giving memory back: a file is
 * unmapped, more than 1 MiB is cleared.
 *
 * <p><b>Bounds</b>: memory comes from the pool of retained messages, a quarter of {@link StreamerConfig#memoryLimit()}; files are mapped
 * without a limit. It lives on when the streamer is closed, until the last release.
 *
 * <p><b>Leaks</b>: one that became garbage without a release is a leak, its memory lost. As with a {@link RetainedMessage}, one in 128 is
 * watched and told, see there.
 *
 * <p><b>What is sent</b>: see {@link Publisher#offer(Payload)}.
 */
public interface Payload extends AutoCloseable {

    /**
     * Maps a file, to be sent without reading it into memory first. Blocks while the file is opened.
     *
     * @throws KaelixException if it cannot be opened or mapped; it says which file, and why
     */
    static MappedPayload map(final Path file) {
        return InstalledMapper.MAPPER.map(file);
    }

    /**
     * Maps a part of a file, which may lie anywhere in it.
     *
     * @param from offset of the first byte
     * @param to offset behind the last byte
     * @throws IndexOutOfBoundsException if the range is not inside the file
     * @throws KaelixException if the file cannot be opened or mapped
     */
    static MappedPayload map(final Path file, final long from, final long to) {
        return InstalledMapper.MAPPER.map(file, from, to);
    }

    /** How many bytes. */
    long length();

    /**
     * The bytes, read-only. It knows nothing of references: after the release of this object it may show anything, and once the memory
     * is unmapped it throws. Allocates the segment object.
     */
    MemorySegment segment();

    /**
     * The bytes, to be written by the thread that made this, until it is first shared, sliced, sent or sealed. All zero at first.
     *
     * @throws IllegalStateException if it can't be written any more, or not by this thread
     */
    MemorySegment writable();

    /**
     * Ends the writing, so that other threads may use it. Again is without effect.
     *
     * @return this
     * @throws IllegalStateException on another thread than the one that writes it, while that is alive
     */
    Payload seal();

    /** One more reference to the same bytes. Allocates the object. */
    Payload share();

    /**
     * One more reference, to a part of the bytes. Copies nothing. Allocates the object.
     *
     * @param from offset of the first byte
     * @param to offset behind the last byte
     * @throws IndexOutOfBoundsException if the range is not inside
     */
    Payload slice(long from, long to);

    /**
     * Gives this reference up.
     *
     * @return whether it was the last one to the bytes
     * @throws IllegalStateException if it was released before, or is written by another thread, which is alive
     */
    boolean release();

    /** The same as {@link #release}. */
    @Override
    default void close() {
        release();
    }
}
