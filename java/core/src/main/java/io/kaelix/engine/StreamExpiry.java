// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Workers;
import io.kaelix.lane.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Ends streams that are idle, and lets their numbers be used again when that can mislead nobody.
 *
 * <pre>
 *   ACTIVE ── idle for four looks ──► EXPIRED ── held by nobody ──► FREE, and soon another stream's
 *                                        │
 *                  held by: open publishers that know the number; lanes that anybody may still read a frame of it in; batches that are
 *                           retained with messages of it
 * </pre>
 *
 * <p><b>Idle</b>: a look comes each quarter of the time. It adds up, by stream, the numbers that publishers of many keep as they count
 * messages; a sum that stayed the same for four looks means that nobody sent. Nothing is asked of publishers for that.
 *
 * <p><b>The race with an offer</b>. A publisher keeps a number for each stream that it has sent to, and sends without the lock while that
 * is not 0. Only its own thread sets it to 0, so no message is sent by a number that was cleared under its hands. An expiry, under the
 * lock, sets the lane's {@linkplain Lane#requestAttention attention}, a bit of the word that each offer loads between looking at the number
 * and claiming the frame:
 * <ul>
 * <li>An offer that loads the word before goes through: its frame lies before the position that the thread states when it looks up.
 * <li>An offer that loads it after takes the lock, clears the numbers of all that have expired, states the
 * writer's position as the one that no
 *     frame of theirs lies behind, and answers EXPIRED if its own stream is among them. So does one that finds no number, by asking for
 *     attention itself.
 * </ul>
 * The publisher goes on <i>knowing</i> the stream: its user has the number in hand until EXPIRED was answered for it, or it is forgotten. A
 * number is free when no open publisher knows it, and no lane has used it; a lane has when its writer may have written over the position
 * stated, when every reader is behind that, with what its batch holds, or, once the publisher is closed, when all readers have left. So a
 * number that a user was given is never another topic's in the user's hands, and a frame never another topic's in the lane.
 *
 * <p><b>Threads</b>: a worker, or a test's, one at a time, looks; the others call under the registry's lock. The lock is held for 4096
 * streams at a time.
 */
final class StreamExpiry implements Runnable {

    /** Looks in the time that a stream may be idle. */
    static final int LOOKS = 4;

    private static final System.Logger LOGGER = System.getLogger(StreamExpiry.class.getName());
    private static final int CHUNK_SHIFT = 12;
    private static final int CHUNK_LENGTH = 1 << CHUNK_SHIFT;
    private static final int CHUNK_MASK = CHUNK_LENGTH - 1;
    private static final int SLICE = 1024;

    private final Registry registry;
    private final long nanos;
    /** Publishers that are closed, whose lanes are being read. */
    private final List<Channel> ended = new ArrayList<>();
    /** By stream, in chunks: what was counted, in all, at the last look; and the look that saw it change. */
    private int[][] sums = {};
    private int[][] changed = {};
    private int look;
    private final int[] sum = new int[CHUNK_LENGTH];
    /** Streams that have expired, and are not free yet. */
    private int[] expired = new int[CHUNK_LENGTH];
    private int expiredCount;
    /** Those that were recycled included; under the registry's lock, and read by any. */
    private volatile long expiredInAll;
    /** Its looks, until it is stopped. */
    private final AtomicReference<Workers.Work> looks = new AtomicReference<>();
    private Crew crew;
    private boolean reported;

    StreamExpiry(final Registry registry, final long nanos) {
        this.registry = registry;
        this.nanos = nanos;
    }

    /** Looks from now on, by workers, until it is {@linkplain #stop stopped}. */
    void start(final Crew workers) {
        crew = workers;
        looks.set(workers.repeat(this, Duration.ofNanos(nanos / LOOKS)));
    }

    /** The registry is closed. Waits for no look that is under way. */
    void stop() {
        final Workers.Work ending = looks.getAndSet(null);
        if (ending != null) {
            ending.close();
            crew.left();
        }
    }

    @Override
    public void run() {
        try {
            look();
        } catch (final RuntimeException | Error e) {
            // No memory, most likely. Streams that stay are better than ones that never expire again.
            if (!reported) {
                reported = true;
                LOGGER.log(System.Logger.Level.ERROR, "idle streams stay for now, the next look comes: " + e, e);
            }
        }
    }

    /** One look at all streams. */
    synchronized void look() {
        synchronized (registry) {
            look++;
            for (final Channel channel : registry.channels()) {
                if (!channel.isMixed()) {
                    touch(channel.streamId());
                }
            }
        }
        for (int first = 0; first < registry.streamLimit(); first += CHUNK_LENGTH) {
            synchronized (registry) {
                if (registry.isClosed()) {
                    return;
                }
                expireIdle(first);
            }
        }
        recycle();
    }

    /** Somebody asks for a stream, or begins to send to it. */
    void touch(final int stream) {
        final int chunk = stream >>> CHUNK_SHIFT;
        // The one that is made last tells: if there is no memory for it, the next call tries again.
        if (chunk >= changed.length) {
            final int length = Math.max(chunk + 1, 2 * changed.length);
            sums = Arrays.copyOf(sums, length);
            changed = Arrays.copyOf(changed, length);
        }
        if (changed[chunk] == null) {
            sums[chunk] = new int[CHUNK_LENGTH];
            changed[chunk] = new int[CHUNK_LENGTH];
        }
        // As if the next look saw it: from the last one, part of the time to that has passed.
        changed[chunk][stream & CHUNK_MASK] = look + 1;
    }

    private void expireIdle(final int first) {
        final int chunk = first >>> CHUNK_SHIFT;
        if (chunk >= changed.length || changed[chunk] == null) {
            return;
        }
        Arrays.fill(sum, 0);
        for (final Channel channel : registry.channels()) {
            final int[][] counts = channel.counts();
            final int[] counted = chunk < counts.length ? counts[chunk] : null;
            for (int i = 0; counted != null && i < CHUNK_LENGTH; i++) {
                sum[i] += counted[i];
            }
        }
        final StreamDirectory streams = registry.streams;
        final int[] last = sums[chunk];
        final int[] when = changed[chunk];
        final int count = Math.min(CHUNK_LENGTH, registry.streamLimit() - first);
        for (int i = 0; i < count; i++) {
            if (sum[i] != last[i]) {
                last[i] = sum[i];
                when[i] = Math.max(when[i], look);
            } else if (look - when[i] >= LOOKS && streams.isActive(first + i) && !streams.isPartition(first + i)) {
                expire(first + i);
            }
        }
    }

    /** Streams that have expired, all in all. */
    long expired() {
        return expiredInAll;
    }

    private void expire(final int stream) {
        if (expiredCount == expired.length) {
            expired = Arrays.copyOf(expired, 2 * expiredCount);
        }
        registry.streams.table().expire(stream);
        expiredInAll++;
        expired[expiredCount++] = stream;
        for (final Channel channel : registry.channels()) {
            channel.tellExpired(stream);
        }
    }

    /** A publisher was closed: nobody sends by what it knows, but its lane is still read. */
    void ended(final Channel channel) {
        if (!channel.feeds().isEmpty()) {
            ended.add(channel);
        }
    }

    /** What fails leaves those that were not looked at for the next time. */
    private void recycle() {
        int at = 0;
        int kept = 0;
        try {
            while (at < expiredCount) {
                synchronized (registry) {
                    if (registry.isClosed()) {
                        return;
                    }
                    registry.channels().forEach(Channel::dropPassed);
                    ended.removeIf(channel -> channel.feeds().isEmpty());
                    boolean told = false;
                    for (final int end = Math.min(expiredCount, at + SLICE); at < end; at++) {
                        if (isHeld(expired[at])) {
                            expired[kept++] = expired[at];
                            continue;
                        }
                        if (!told) {
                            // Only now: handlers of all streams are looked up again for it.
                            registry.streamsChanged();
                            told = true;
                        }
                        registry.streams.recycle(expired[at]);
                    }
                }
            }
        } finally {
            System.arraycopy(expired, at, expired, kept, expiredCount - at);
            expiredCount -= at - kept;
        }
    }

    private boolean isHeld(final int stream) {
        if (registry.streams.isKept(stream)) {
            return true;
        }
        for (final Channel channel : registry.channels()) {
            if (channel.holds(stream)) {
                return true;
            }
        }
        for (final Channel channel : ended) {
            if (channel.used().contains(stream)) {
                return true;
            }
        }
        return false;
    }
}
