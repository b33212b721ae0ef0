// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.util.ServiceLoader;

/**
 * Streams messages between threads through native memory: the entry to the library.
 *
 * <p>A publisher writes into a lane of its own, a ring in hugepage-backed memory on one NUMA node; subscribers read it in
 * place. Nothing on the way from one to the other blocks, allocates or copies.
 *
 * {@snippet :
 * try (MemoryStreamer streamer = MemoryStreamer.launch();
 *         Subscriber subscriber = streamer.subscriber("orders.*");
 *         Publisher publisher = streamer.publisher("orders.eu")) {
 *     publisher.offer("hello".getBytes());
 *     subscriber.poll(message -> System.out.println(message.asString()), 10);
 * }
 * }
 *
 * <p><b>Threads</b>: this object may be used from any; see {@link Publisher} and {@link Subscriber} for theirs.
 *
 * <p><b>Native access</b>: the JVM must be started with {@code --enable-native-access=io.kaelix}, or {@code ALL-UNNAMED} when the
 * library is on the class path.
 */
public interface MemoryStreamer extends AutoCloseable {

    /**
     * Launches a streamer with the {@linkplain StreamerConfig#defaults() default settings}.
     */
    static MemoryStreamer launch() {
        return launch(StreamerConfig.defaults());
    }

    /**
     * Launches a streamer: maps and places its first memory. Takes some milliseconds.
     *
     * @throws KaelixException if native access is not enabled, or the memory cannot be had
     */
    static MemoryStreamer launch(final StreamerConfig config) {
        return ServiceLoader.load(Engine.class, Engine.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> new KaelixException("no engine found: the artifact 'kaelix' is not complete on the path"))
                .launch(config);
    }

    /**
     * Creates a publisher with a lane of its own. Maps memory when what is mapped is used up, which blocks while the kernel clears it.
     *
     * @throws KaelixException if the lane's memory cannot be had, or a matching subscriber cannot be attached
     * @throws IllegalStateException after {@link #close}
     */
    Publisher publisher(Topic topic);

    /** The same by name. */
    default Publisher publisher(final String topic) {
        return publisher(Topic.of(topic));
    }

    /**
     * Creates a publisher of many topics, with one lane for them all. Maps memory as {@link #publisher(Topic)} does.
     *
     * @throws KaelixException if the lane's memory cannot be had
     * @throws IllegalStateException after {@link #close}
     */
    StreamPublisher streamPublisher();

    /**
     * Creates a subscriber.
     *
     * @throws KaelixException if a lane has no place for one more reader
     * @throws IllegalStateException after {@link #close}
     */
    Subscriber subscriber(TopicPattern pattern, SlowSubscriberPolicy policy);

    /** Creates a subscriber that loses nothing: {@link SlowSubscriberPolicy#BLOCK}. */
    default Subscriber subscriber(final String pattern) {
        return subscriber(TopicPattern.of(pattern), SlowSubscriberPolicy.BLOCK);
    }

    /** Where its memory really is. */
    Placement placement();

    /**
     * Closes it: offers answer {@link Publisher#CLOSED} from now on, subscribers receive what was sent before and then
     * {@link Subscriber#CLOSED}. Waits for nobody. Memory is given back when the last publisher and subscriber is closed, or
     * was forgotten and found by the garbage collector.
     */
    @Override
    void close();

    /** What {@link #launch} finds as a service: implemented by the library, of no use to others. */
    interface Engine {

        /** Launches a streamer. */
        MemoryStreamer launch(StreamerConfig config);
    }
}
