// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.Duty;
import io.kaelix.Topic;
import io.kaelix.Workers;

/**
 * The lanes of a streamer, or of a client, for sessions.
 *
 * <p><b>Threads</b>: any.
 */
public interface Flows {

    /** A number that this streamer alone has, in this run: positions in its lanes mean something as long as it is the same. */
    long epoch();

    /**
     * A flow from the lanes.
     *
     * @throws io.kaelix.KaelixException if a lane has no room for a reader
     * @throws IllegalStateException if it is closed
     */
    FlowSource source(FlowRequest request);

    /**
     * A lane for what a peer publishes.
     *
     * @param name of the peer, for reports
     * @param mostStreams that the peer may name: its numbers are below it
     * @throws io.kaelix.KaelixException if there is no memory for it
     * @throws IllegalStateException if it is closed
     */
    FlowSink sink(String name, int mostStreams);

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
