// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

/**
 * What went through a {@link CrossNumaChannel}: a snapshot, whose figures may be a few messages apart while it is in use.
 *
 * @param messages that were offered and taken, flushed or held back
 * @param received messages that the reader was handed, by polls that have returned or thrown
 * @param byCount batches flushed because they were full
 * @param byTime batches flushed because they were old enough
 * @param byCall batches flushed by {@link CrossNumaChannel#flush}
 * @param bySpace batches flushed before, because the ring was full or the batch had grown to half of it
 * @param byClose batches flushed when the channel was closed: 0 or 1
 */
public record CrossNumaChannelStatistics(long messages, long received, long byCount, long byTime, long byCall, long bySpace,
        long byClose) {

    /** All that were flushed. */
    public long batches() {
        return byCount + byTime + byCall + bySpace + byClose;
    }
}
