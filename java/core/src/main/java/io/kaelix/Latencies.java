// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/**
 * How long things took, in nanoseconds, all that were counted until now.
 *
 * <p>A live view: it goes on counting. <b>Threads</b>: any, at any time; nothing blocks. What is asked for one after the other may be of
 * different moments. {@code io.kaelix.telemetry.LatencyHistogram} is what the library has for it: who wants snapshots, or what came in
 * between two of them, asks that.
 *
 * {@snippet :
 * for (SubscriberStatus status : streamer.subscribers()) {
 *     System.out.println(status.owner() + ": p99 " + status.deliveryLatency().percentile(99) + " ns");
 * }
 * }
 */
public interface Latencies {

    /** How many were counted. */
    long count();

    /** The longest, exactly; 0 if there is none. */
    long max();

    /** The mean; 0 if there is none. */
    double mean();

    /**
     * The shortest that at least so many percent of all did not exceed, within 1.6%; 0 if there is none.
     *
     * @param percent from 0, which is the shortest of all, to 100, the longest
     * @throws IllegalArgumentException if it is no percentage
     */
    long percentile(double percent);
}
