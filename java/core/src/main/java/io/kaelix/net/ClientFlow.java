// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.Start;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A subscription of a client, as its session knows it. One thread, but for what was agreed.
 */
final class ClientFlow {

    /** How far it is. */
    enum State {
        /** The server is to be asked, or was and has not answered. */
        ASKED,
        /** It has agreed. */
        RUNNING,
        /** It is to end there, and what still comes is dropped. */
        ENDING,
        /** It has ended. */
        OVER
    }

    final TopicPattern pattern;
    final SubscriberConfig config;
    final InFlow in;
    /** Called when the server has ended it, with its reason. */
    final Consumer<String> ended;
    final CompletableFuture<Void> agreed = new CompletableFuture<>();
    int number;
    State state = State.ASKED;
    /** Whether a server has agreed, and which. */
    private boolean agreedOnce;
    private long agreedBy;

    ClientFlow(final TopicPattern pattern, final SubscriberConfig config, final InFlow in, final Consumer<String> ended) {
        this.pattern = pattern;
        this.config = config;
        this.in = in;
        this.ended = ended;
    }

    /** A server has agreed. */
    void agree(final long server) {
        state = State.RUNNING;
        agreedOnce = true;
        agreedBy = server;
        agreed.complete(null);
    }

    /** Asks a server for it. Until the answer is here, one that goes on with the session may know nothing of it: it is asked again then. */
    void ask(final Connection connection, final long server) {
        state = State.ASKED;
        final WireSubscribe request = request(server);
        in.restart();
        connection.send(request);
        in.grant(connection, number, true);
    }

    /**
     * What a server is asked for. Of one that had agreed, and has forgotten it, lanes that it did not tell of are new: all there is of them
     * was sent since then.
     */
    private WireSubscribe request(final long server) {
        final Start start = agreedOnce && agreedBy == server ? Start.oldest() : config.start();
        return new WireSubscribe(number, pattern, config.policy(), config.maxLag() == Long.MAX_VALUE ? 0 : config.maxLag(),
                config.maxStall().toNanos(), start, config.partitions(), in.points());
    }
}
