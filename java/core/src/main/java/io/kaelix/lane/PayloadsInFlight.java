// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.message.SharedBytes;
import java.util.Arrays;

/**
 * Payloads that frames of a lane refer to, each held from before its frame is published until no gating reader can come to that frame any
 * more.
 *
 * <pre>
 *   oldest ─►  end of the frame │ payload        one for each frame with a reference, in the order of the lane
 *              end of the frame │ payload
 *   newest ─►  end of the frame │ payload
 * </pre>
 *
 * <h2>When one may go</h2>
 * The writer has published all up to V, puts a full fence, and only then looks for the slowest reader's position, S. All that ends at
 * or below the lower of both may go:
 * <ul>
 * <li>A reader that it sees has passed all below S, or is not shown more of it.
 * <li>A reader that it does not see has not stored its slot, put its fence and loaded the tail before: of two that each store, fence, then
 *     load what the other stored, one sees the other. So that reader finds a tail of V at least. If it starts at the tail, it starts behind
 *     what goes; if it starts at a mark, further back, it knows that references before that tail may be gone, and counts them as lost.
 *     Behind that tail they are not: a reference that is gone there is corrupt.
 * <li>A reader that was evicted is not waited for. It holds the payload of the frame that its handler is at by itself; at the next one it
 *     finds itself evicted, or a reference that is gone, and then itself evicted.
 * <li>A lossy reader is not waited for either, and not asked: while the lane has one, the sender sends bytes. It may join between that
 *     question and the commit, and start in front of the reference, or at a mark from before. That is no error: it takes a reference by the
 *     key, or is told that there is none, and counts one frame lost. Nothing depends on the order in which sender and joiner see each other
 *     but how many frames that are.
 * </ul>
 *
 * <p><b>Threads</b>: the writer's; when that is done with the lane, whoever frees it, under the registry's lock.
 */
final class PayloadsInFlight {

    private static final int FEW = 16;
    /** So many are added before the writer looks whether others may go, at the most. */
    private static final int PATIENCE = 64;

    /** Bytes that are added before it looks, at the most. */
    private final long patienceBytes;

    private long[] ends = {};
    private SharedBytes[] payloads = {};
    /** Index of the oldest, and how many there are; the indexes go round. */
    private int oldest;
    private int count;
    private int added;
    private long addedBytes;

    /** @param patienceBytes a payload of so many bytes is looked for each time */
    PayloadsInFlight(final long patienceBytes) {
        this.patienceBytes = patienceBytes;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Room for one more, so that {@link #add} can't fail. */
    void makeRoom() {
        if (count == ends.length) {
            final int length = Math.max(FEW, 2 * count);
            final long[] longerEnds = Arrays.copyOf(ends, length);
            final SharedBytes[] longer = Arrays.copyOf(payloads, length);
            // What lies before the oldest comes behind the newest.
            System.arraycopy(ends, 0, longerEnds, count, oldest);
            System.arraycopy(payloads, 0, longer, count, oldest);
            Arrays.fill(longer, 0, oldest, null);
            ends = longerEnds;
            payloads = longer;
        }
    }

    private int index(final int which) {
        return oldest + which & ends.length - 1;
    }

    /**
     * Takes over a reference, for which there is room.
     *
     * @param end position behind the frame
     * @param bytes of the message
     * @return whether it is time to look which may go
     */
    boolean add(final long end, final SharedBytes payload, final long bytes) {
        final int at = index(count++);
        ends[at] = end;
        payloads[at] = payload;
        added++;
        addedBytes += bytes;
        return added >= PATIENCE || addedBytes >= patienceBytes;
    }

    /** Lets those go whose frames end at or below a position. */
    void releaseUpTo(final long position) {
        added = 0;
        addedBytes = 0;
        while (count > 0 && ends[oldest] <= position) {
            final SharedBytes payload = payloads[oldest];
            payloads[oldest] = null;
            oldest = index(1);
            count--;
            payload.releaseSoon();
        }
    }

    /** Lets those go whose frames end behind a position, because they were never published. */
    void dropBehind(final long position) {
        while (count > 0 && ends[index(count - 1)] > position) {
            final int newest = index(--count);
            final SharedBytes payload = payloads[newest];
            payloads[newest] = null;
            payload.releaseSoon();
        }
    }
}
