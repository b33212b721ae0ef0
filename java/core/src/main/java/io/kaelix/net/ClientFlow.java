// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

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

    ClientFlow(final TopicPattern pattern, final SubscriberConfig config, final InFlow in, final Consumer<String> ended) {
        this.pattern = pattern;
        this.config = config;
        this.in = in;
        this.ended = ended;
    }

    /** What the server is asked for. */
    WireSubscribe request() {
        return new WireSubscribe(number, pattern, config.policy(), config.maxLag() == Long.MAX_VALUE ? 0 : config.maxLag(),
                config.maxStall().toNanos(), config.start(), config.partitions(), in.points());
    }
}
