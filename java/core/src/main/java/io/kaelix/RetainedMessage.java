// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.lang.foreign.MemorySegment;

/**
 * A message that outlives its handler: a copy in pooled native memory, or one more reference to its
 * {@link Payload}, held until whoever holds it lets go.
 *
 * <p><b>References</b>: {@link Message#retain()} gives one, {@link #retain()} one more, {@link #release()} or {@link #close()} takes one
 * away; with the last the memory goes back to the pool. After that every call throws {@link IllegalStateException}, for good: a
 * handle is never used for another message, so no bytes of one are ever seen through it. Releasing once too often throws, too, and
 * changes nothing.
 *
 * <p><b>Threads</b>: any, at the same time, while a reference is held. Give each thread that keeps it a reference of its own. A read that
 * overlaps with the last release answers right or throws. Nothing blocks, but {@link Message#retain()} may, while memory is mapped.
 *
 * <p><b>Bounds</b>: the pool holds a quarter of {@link StreamerConfig#memoryLimit()}. What is retained lives on when the streamer is
 * closed, and its memory is given back with the last release.
 *
 * <p><b>Leaks</b>: one that became garbage with references held is a leak, its memory lost until the streamer is closed. One in 128 is
 * watched: if it leaks, a warning says so, with the place that retained it, and its memory is taken back. The system property
 * {@code kaelix.leakDetection} says which are watched: {@code off}, {@code sampled} (the default), or {@code all}, which
 * costs some microseconds each.
 *
 * {@snippet :
 * List<RetainedMessage> later = new ArrayList<>();
 * subscriber.poll(message -> later.add(message.retain()), 100);
 * for (RetainedMessage message : later) {
 *     try (message) {
 *         System.out.println(message.asString());
 *     }
 * }
 * }
 */
public interface RetainedMessage extends Message, AutoCloseable {

    /** References held; 0 once it was released. */
    int references();

    /**
     * One reference more.
     *
     * @return this
     * @throws IllegalStateException if it was released
     */
    @Override
    RetainedMessage retain();

    /**
     * One reference less; the last gives the memory back.
     *
     * @return whether that was the last
     * @throws IllegalStateException if there is none any more
     */
    boolean release();

    /**
     * The payload as a read-only segment. It knows nothing of references: after the last release it shows whatever the memory holds then,
     * and once that is unmapped it throws. Allocates the segment object.
     */
    @Override
    MemorySegment payload();

    /** The same as {@link #release}. */
    @Override
    default void close() {
        release();
    }
}
