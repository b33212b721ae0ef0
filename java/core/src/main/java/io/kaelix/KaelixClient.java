// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/**
 * A connection to a streamer of another process or host, with the publishers and subscribers that a {@link MemoryStreamer} has.
 *
 * {@snippet :
 * try (KaelixClient client = KaelixClient.connect("127.0.0.1:7878");
 *         Subscriber subscriber = client.subscriber("orders.*");
 *         Publisher publisher = client.publisher("orders.eu")) {
 *     publisher.offer("hello".getBytes());
 *     subscriber.poll(message -> System.out.println(message.asString()), 10);
 * }
 * }
 *
 * <p>A publisher writes into a lane of this process, from which the connection sends; so an offer never waits for the network, and answers
 * {@link Publisher#BACK_PRESSURED} when the lane is full of what the server has not received. A subscriber polls a lane of this process,
 * into which the connection receives.
 *
 * <p><b>Order and losses</b>: as within a process, per publisher and stream. While the connection is cut, both sides keep what the other
 * has
 * not received; when the client is back in time, it goes on where it was, and nothing is lost or comes twice. If the server has forgotten
 * it, or was restarted, what is gone is counted in {@link ClientStatus#lostMessages} and told to subscribers by
 * {@link Subscriber#lost()}.
 *
 * <p><b>Policies</b>: a subscriber that names none is disconnected by the server when it is {@link ListenConfig#maxLag} behind, so that a
 * slow
 * network holds up no publisher there. One that asks for {@link SlowSubscriberPolicy#BLOCK} holds up publishers of the server.
 *
 * <p><b>Threads</b>: this object may be used from any; see {@link Publisher} and {@link Subscriber} for theirs.
 */
public interface KaelixClient extends AutoCloseable {

    /** Connects to a host and port: {@code 127.0.0.1:7878}, {@code [::1]:7878}. Else as {@link #connect(ClientConfig)}. */
    static KaelixClient connect(final String hostPort) {
        return connect(ClientConfig.to(hostPort));
    }

    /**
     * Connects, and returns when the server has agreed.
     *
     * @throws KaelixException if nobody listens there, the server refuses, or does not answer within {@link ClientConfig#connectTimeout}:
     *     it
     *     says which, and the remedy
     */
    static KaelixClient connect(final ClientConfig config) {
        return MemoryStreamer.Engine.installed().connect(config);
    }

    /**
     * Connects a client whose work is done by workers of the user's, rather than threads of its own. It never shuts them down; close the
     * client first. Must not be called by one of them. Of many clients with the same workers, each worker serves its share.
     *
     * @throws KaelixException as {@link #connect(ClientConfig)}
     * @throws IllegalStateException if the workers were shut down
     */
    static KaelixClient connect(final ClientConfig config, final Workers workers) {
        return MemoryStreamer.Engine.installed().connect(config, workers);
    }

    /**
     * Gives a topic several partitions, on the server. See {@link MemoryStreamer#declare}. Waits for its answer, and while the connection
     * is cut for the server to come back: {@link ClientConfig#connectTimeout} in all.
     *
     * @throws IllegalArgumentException if the topic has another number of partitions already, or there cannot be so many
     * @throws KaelixException if the server refuses, or does not answer in that time: then ask again
     * @throws IllegalStateException after {@link #close}
     */
    void declare(Topic topic, int partitions);

    /** The same by name. */
    default void declare(final String topic, final int partitions) {
        declare(Topic.of(topic), partitions);
    }

    /**
     * How many subscribe to a topic at this moment, at the server: subscribers and readers that its handlers share, and those of all clients.
     * Whoever publishes before somebody does is heard by nobody. Asks the server, and waits as {@link #declare} does; a worker of the
     * client, which cannot wait, gets 0, and so does who may not publish to the topic.
     *
     * @throws KaelixException if the server does not answer in that time: then ask again
     * @throws IllegalStateException after {@link #close}
     */
    int subscribers(Topic topic);

    /** The same by name. */
    default int subscribers(final String topic) {
        return subscribers(Topic.of(topic));
    }

    /**
     * Creates a publisher with a lane of its own. Asks the server how many partitions the topic has, and waits as {@link #declare} does.
     *
     * @throws KaelixException if the lane's memory cannot be had, the rules of the server do not let this client publish to the topic, or
     *     the server does not answer in that time: then ask again
     * @throws IllegalStateException after {@link #close}
     */
    Publisher publisher(Topic topic);

    /** The same by name. */
    default Publisher publisher(final String topic) {
        return publisher(Topic.of(topic));
    }

    /**
     * Creates a publisher of many topics, with one lane for them all. What is published to a topic that the rules of the server do not
     * allow is dropped by the server: {@link ClientStatus#denials} counts such topics.
     *
     * @throws KaelixException if the lane's memory cannot be had
     * @throws IllegalStateException after {@link #close}
     */
    StreamPublisher streamPublisher();

    /**
     * Creates a subscriber, and returns when the server has agreed: it gets every message that is sent from then on.
     *
     * @throws KaelixException if the server refuses, the memory cannot be had, or the connection is cut and does not come back
     * @throws IllegalStateException after {@link #close}
     */
    Subscriber subscriber(TopicPattern pattern, SubscriberConfig config);

    /** The same by the text of a pattern. */
    default Subscriber subscriber(final String pattern, final SubscriberConfig config) {
        return subscriber(TopicPattern.of(pattern), config);
    }

    /** Creates a subscriber that is disconnected when it is too slow for the server. */
    default Subscriber subscriber(final TopicPattern pattern) {
        return subscriber(pattern, SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.DISCONNECT));
    }

    /** The same by the text of a pattern. */
    default Subscriber subscriber(final String pattern) {
        return subscriber(TopicPattern.of(pattern));
    }

    /**
     * Has a handler called with the messages of all topics that match, by one of the client's workers. See {@link
     * MemoryStreamer#subscribe};
     * here each has a reader of its own. A handler that takes its time holds up the connection of this client.
     *
     * @throws KaelixException as {@link #subscriber(TopicPattern, SubscriberConfig)}
     * @throws IllegalStateException after {@link #close}
     */
    Subscription subscribe(String pattern, MessageHandler handler);

    /** How it does. Figures of the last turn; also after {@link #close}. */
    ClientStatus status();

    /**
     * Sends what was published, waits until the server has it, at most {@link ClientConfig#closeTimeout}, and says goodbye. Offers answer
     * {@link Publisher#CLOSED} from now on, subscribers receive what had arrived and then {@link Subscriber#CLOSED}. If it is called by a
     * worker of the client, it does not wait. Again is without effect.
     */
    @Override
    void close();
}
