// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Where a streamer is reached from other hosts: what {@link MemoryStreamer#listen(ListenConfig)} gives.
 *
 * {@snippet :
 * try (MemoryStreamer streamer = MemoryStreamer.launch(); Listener listener = streamer.listen("127.0.0.1:7878")) {
 *     listener.sessions().forEach(session -> System.out.println(session.peer() + " is " + session.lagBytes() + " bytes behind"));
 * }
 * }
 *
 * <p>Its sessions are served by the workers of the streamer, in turns, without a thread of their own. It ends with the streamer.
 *
 * <p><b>Threads</b>: any.
 */
public interface Listener extends AutoCloseable {

    /** Where it listens: with the port that it got, if it was asked for port 0. Also after {@link #close}. */
    InetSocketAddress address();

    /**
     * Who is connected, in the order in which they came, and those that were cut off and may still {@linkplain ListenConfig#resumeTimeout
     * come back}. Figures of the last turn; none after {@link #close}. Allocates.
     */
    List<SessionStatus> sessions();

    /**
     * Takes no more connections, and says goodbye to those there are: their clients try again until somebody listens there. What they
     * published and was not received yet stays with them. Waits for nobody; again is without effect.
     */
    @Override
    void close();
}
