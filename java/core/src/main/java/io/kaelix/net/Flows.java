// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.Duty;
import io.kaelix.MemoryStreamer;
import io.kaelix.Topic;
import io.kaelix.Workers;

/**
 * The lanes of a streamer, or of a client, for sessions.
 *
 * <p><b>Threads</b>: any.
 */
public interface Flows {

    /** Most {@linkplain FlowLane#hops hops} that a lane may have behind it. */
    int MAX_HOPS = 255;

    /** Of {@link #endOf}: it is not known. */
    long UNKNOWN = -1;

    /**
     * Those of a streamer, however it was launched or attached.
     *
     * @throws IllegalArgumentException if it is none of this library's: a mock, or a wrapper around one
     */
    static Flows of(final MemoryStreamer streamer) {
        if (streamer instanceof final FlowsOwner owner) {
            return owner.flows();
        }
        throw new IllegalArgumentException((streamer == null ? "null" : streamer.getClass().getName()) + " is not a streamer that"
                + " MemoryStreamer.launch, attach or join has made: it has no lanes to link");
    }

    /** A number that this streamer alone has, in this run: positions in its lanes mean something as long as it is the same. */
    long epoch();

    /**
     * A number that this streamer has in common with those of its directory alone, and as long as the directory lives; without one,
     * its {@link #epoch}. Never 0. It is the {@linkplain FlowLane#origin origin} of what is published here.
     */
    long instance();

    /**
     * A flow from the lanes.
     *
     * @throws io.kaelix.KaelixException if a lane has no room for a reader
     * @throws IllegalStateException if it is closed
     */
    FlowSource source(FlowRequest request);

    /**
     * A lane for what a peer publishes, as if it was published here.
     *
     * @param name of the peer, for reports
     * @param mostStreams that the peer may name: its numbers are below it
     * @throws io.kaelix.KaelixException if there is no memory for it
     * @throws IllegalStateException if it is closed
     */
    FlowSink sink(String name, int mostStreams);

    /**
     * The same for messages that were published elsewhere: kept with the lane, so that all flows of this streamer, and of others in its
     * directory, know it.
     *
     * @param origin instance that they were published at
     * @param hops hosts that have passed them on until they came here, at least 1; 0 as {@link #sink(String, int)}
     * @throws IllegalArgumentException if there are more than {@link #MAX_HOPS}
     */
    FlowSink sink(String name, int mostStreams, long origin, int hops);

    /**
     * Where a lane ended that was a {@linkplain FlowSink#laneNumber sink's} of this directory, for messages of other hosts: the position
     * behind its last frame that anybody could read, exactly. Its sink was closed, or its process has died, in whatever moment; who asks
     * may be the first to find that. What it says stays the same.
     *
     * <p>It is not known of a lane whose sink is there still, that carried what was published here (0 hops), or that is corrupt; when 256
     * other lanes of other hosts have ended since; when the directory is another one ({@link #instance}); and without a directory.
     *
     * <p>May wait for others that change the directory, some seconds at most.
     *
     * @param laneNumber of the lane
     * @return the position, or {@link #UNKNOWN}
     * @throws io.kaelix.KaelixException if others keep the directory locked
     * @throws IllegalStateException if the streamer is closed
     */
    long endOf(long laneNumber);

    /**
     * Whether all subscribers that would hold up its writer have read a lane to its end that was a {@linkplain FlowSink#laneNumber sink's} of
     * this streamer or its directory. Its sink was closed, or its process has died. True of a lane that is gone.
     *
     * <p>May wait for others that change the directory, some seconds at most: ask some 100 times a second at the most.
     *
     * @throws io.kaelix.KaelixException if others keep the directory locked
     * @throws IllegalStateException if the streamer is closed
     */
    boolean isRead(long laneNumber);

    /** Declares a topic with partitions, as a peer asks; an exception says why not. */
    void declare(Topic topic, int partitions);

    /** Partitions of a topic, 1 if it was not declared; 0 if it is not known. */
    int partitions(Topic topic);

    /** How many subscribe to a topic at this moment: subscribers, those of other sessions included, and readers that handlers share. */
    int subscribers(Topic topic);

    /** Has workers do a duty, as {@link Workers#recur}. */
    Workers.Work recur(Duty duty);

    /** Who does its duties, if they were given; null if they are its own, and do nothing for others. */
    Workers givenWorkers();

    /** Whether it was closed. */
    boolean isClosed();

    /** Closes it: publishers are answered that they are closed, and what they published may still be taken. Again is without effect. */
    void close();
}
