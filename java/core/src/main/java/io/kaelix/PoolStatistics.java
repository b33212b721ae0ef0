// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/**
 * What the memory of retained messages and payloads was used for until now, read counter by counter while it went on. See
 * {@link RetainedMessage} and {@link Payload}; a payload counts as one, however many references it has. A message that is longer than a
 * quarter of a lane is put together in this memory, and counts as retained while it is.
 *
 * @param hits messages retained in memory that was there already
 * @param misses messages retained for which more memory was taken
 * @param outstanding messages retained and not released
 * @param highWaterMark most of them at a time; looked at whenever a thread goes to the shared buffers, so that it may be a magazine, at
 *     most 32 messages, for each thread behind the truth
 * @param allocations times that more memory was taken from the streamer's
 * @param reservedBytes bytes taken and not given back
 * @param limit most bytes that are taken
 * @param leaks messages that were watched and became garbage without being released
 */
public record PoolStatistics(long hits, long misses, long outstanding, long highWaterMark, long allocations, long reservedBytes,
        long limit, long leaks) {

    /** Hits out of all, from 0 to 1; 1 where nothing was retained. */
    public double hitRate() {
        return hits + misses == 0 ? 1 : (double) hits / (hits + misses);
    }
}
