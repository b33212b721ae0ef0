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

    /** Its settings, as they are now: with port 0, if it was asked for a free one. */
    ListenConfig config();

    /**
     * Changes settings while it listens: tokens, rules, {@code open}, the most connections and subscriptions, the times for the handshake
     * and to come back, and {@code maxLag} of subscriptions to come. The files of its {@link TlsConfig} are read again, so that this with
     * the settings as they are takes over a renewed certificate: new connections use it, old ones go on.
     *
     * {@snippet :
     * Listener listener = streamer.listen("127.0.0.1:7878");
     * listener.reconfigure(listener.config().withRules(TopicRule.allow("alice", TopicRule.Action.BOTH, "orders.>")));
     * }
     *
     * <p>Tokens and rules hold for who is connected, too: a client that would not be let in any more is cut off, a subscription to more
     * than the rules allow is ended, what is published to a topic that they deny is dropped, and the client is told. Lower limits take
     * nothing from those who are there.
     *
     * <p>Reads files, and waits for nobody else; acts with the next turn of a worker, on clients in the handshake too. Without effect after
     * {@link #close}.
     *
     * @throws IllegalArgumentException if another setting differs: the message names all that do, and nothing is changed
     * @throws KaelixException if a file cannot be used, or everybody could connect unasked: it says why and the remedy, and nothing is
     *     changed
     */
    void reconfigure(ListenConfig config);

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
