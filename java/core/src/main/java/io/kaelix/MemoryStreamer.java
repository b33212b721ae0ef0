// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
     * <p>With a {@linkplain StreamerConfig#withDirectory directory} it makes that, for other processes to {@linkplain #attach(Path) attach}
     * to; where all who lived there have ended, it removes what they left.
     *
     * <p><b>Or resumes it</b>, {@linkplain StreamerConfig#withResume by choice}: then it keeps what processes left that were killed, or
     * ended without closing, all of them. Those that close leave nothing.
     * <ul>
     * <li><b>Resumed is</b> every message that was committed and not yet read by some subscriber that publishers waited for (all but
     *     {@link SlowSubscriberPolicy#LOSSY}); of a publisher that no such subscriber had joined, all that its lane holds. They keep
     *     their topics, publishers' numbers, sequences, timestamps, headers, and their order. Names, numbers and partitions of all
     *     streams stay. A message that was being written when its process died is not there.
     * <li><b>To whom</b>: subscribers that {@linkplain SubscriberConfig#withStart start} at the oldest, of this streamer or of others
     *     that attach, whenever they come, until this streamer is closed or dies. What was resumed and is still unread then can be
     *     resumed again, if all have died. Those that start at the latest get nothing of it; those that start at a time, what is there
     *     from then on.
     * <li><b>At least once</b>: a subscriber is a new one, and begins where the slowest of the dead ones stood. Those tell where they
     *     stand at the end of a poll, and within one each sixteenth of a lane: what they handled since is handed over again, and so is to
     *     a faster one what a slower one had not read.
     * <li><b>Not resumed</b>: publishers and their counts (a new one of the same topic is another publisher, which counts from 0),
     *     subscriptions, messages in parts of which a part is gone because the dead subscriber had taken it, retained messages and
     *     payloads, and all that is left after the host itself went down.
     * </ul>
     * What is there is checked before anything is changed: if it is of another version, or its tables are cut off, launching fails, and
     * loses nothing; a lane that is corrupt is left out, with a warning. Where there is nothing to resume, it is as if it were not asked for.
     *
     * {@snippet :
     * MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults()
     *         .withDirectory(StreamerConfig.sharedDirectory("orders")).withResume(true));
     * Subscriber subscriber = streamer.subscriber(TopicPattern.of("orders.*"), SubscriberConfig.defaults().withStart(Start.oldest()));
     * }
     *
     * @throws KaelixException if native access is not enabled, or the memory cannot be had; if others live in the directory (attach to it),
     *     it is not one of this user alone, or what is to be resumed there is of another version
     */
    static MemoryStreamer launch(final StreamerConfig config) {
        return Engine.installed().launch(config);
    }

    /**
     * Launches a streamer whose work in the background is done by workers of the user's: they call its handlers, and have idle streams
     * expire. So they may be pinned, be more than one, or serve several streamers and tasks besides. {@link StreamerConfig#workers()} is
     * without effect. The streamer never shuts them down.
     *
     * <p>They outlive it: close the streamer first. If they are shut down before, no handler is called any more, which is logged;
     * publishers are held up by none, {@link #subscribe} throws, and idle streams expire no longer. All else goes on, and {@link #close} is
     * as ever.
     *
     * @throws KaelixException if native access is not enabled, or the memory cannot be had
     * @throws IllegalStateException if the workers were shut down
     */
    static MemoryStreamer launch(final StreamerConfig config, final Workers workers) {
        return Engine.installed().launch(config, workers);
    }

    /**
     * Joins the streamers of other processes in a directory, with {@linkplain StreamerConfig#defaults() default settings}: publishers and
     * subscribers of all of them meet as those of one streamer do, through memory that they share.
     *
     * {@snippet :
     * // One process, whichever is first:
     * MemoryStreamer first = MemoryStreamer.launch(StreamerConfig.defaults().withDirectory(StreamerConfig.sharedDirectory("orders")));
     * Subscriber subscriber = first.subscriber("orders.*");
     * // Another one:
     * MemoryStreamer second = MemoryStreamer.attach(StreamerConfig.sharedDirectory("orders"));
     * Publisher publisher = second.publisher("orders.eu");
     * }
     *
     * <p><b>All are equal</b>: who launched the directory may close its streamer first. The last one to close removes the directory's files;
     * what processes leave there that end without, the next launch removes.
     *
     * <p><b>A process that dies</b>, however it does, holds up nobody, and its lanes end behind the last message that it has published, as
     * soon as another one finds it dead: within 250 ms of its end as a rule, as each looks every 100 ms. One that is stopped is not dead:
     * it is waited for as its subscribers' policies say, and goes on unharmed. If it is stopped in the middle of a change of the directory,
     * messages go on, and what opens a publisher, a subscriber or a stream elsewhere fails after 5 s with an exception that names it.
     *
     * <p>Payloads are copied into the lane, up to {@link Publisher#maxOfferLength()}. Closing this streamer ends at once what its subscribers
     * read of other streamers' publishers.
     *
     * @throws KaelixException if nobody lives there (launch first), if it is not a directory of this user alone, or of another version of
     *     the library
     */
    static MemoryStreamer attach(final Path directory) {
        return attach(StreamerConfig.defaults().withDirectory(directory));
    }

    /**
     * The same with other settings, which hold for what this process makes.
     *
     * @throws IllegalArgumentException if no directory is set
     */
    static MemoryStreamer attach(final StreamerConfig config) {
        return Engine.installed().attach(config, null);
    }

    /** The same with workers as in {@link #launch(StreamerConfig, Workers)}. */
    static MemoryStreamer attach(final StreamerConfig config, final Workers workers) {
        return Engine.installed().attach(config, Objects.requireNonNull(workers, "workers"));
    }

    /**
     * {@linkplain #attach(StreamerConfig) Attaches} to who lives in the directory, or {@linkplain #launch(StreamerConfig) launches} it where
     * nobody does: for programs that do not care who comes first.
     *
     * {@snippet :
     * MemoryStreamer streamer = MemoryStreamer.join(StreamerConfig.defaults().withDirectory(StreamerConfig.sharedDirectory("orders")));
     * }
     *
     * @throws IllegalArgumentException if no directory is set
     * @throws KaelixException if neither can be: as launching says, with what attaching said {@linkplain Throwable#getSuppressed suppressed}
     */
    static MemoryStreamer join(final StreamerConfig config) {
        return Engine.installed().join(config, null);
    }

    /** The same with workers as in {@link #launch(StreamerConfig, Workers)}. */
    static MemoryStreamer join(final StreamerConfig config, final Workers workers) {
        return Engine.installed().join(config, Objects.requireNonNull(workers, "workers"));
    }

    /**
     * Gives a topic several partitions. Each is a stream of its own, which may have a consumer of its own; a message goes to the one that
     * its {@linkplain MessageBuilder#partitionKey(byte[]) key} chooses ({@link Message#partition}), so that
     * messages of a key keep their order.
     *
     * {@snippet :
     * streamer.declare("orders", 4);
     * Subscriber first = streamer.subscriber("orders", SubscriberConfig.defaults().withPartitions(0, 1));
     * Publisher publisher = streamer.publisher("orders");
     * publisher.offer(Message.builder().partitionKey("customer-7").payload("new"));
     * }
     *
     * <p>A pattern matches all partitions of the topics that it matches. Comes before the topic is first used, by whoever is first; again
     * with the same number is without effect. Takes the lock of the streamer, for about a microsecond a partition.
     *
     * @param partitions from 1, as all topics have that are not declared, to 65535
     * @throws IllegalArgumentException if the topic has another number of partitions already, or there cannot be so many
     * @throws KaelixException if the memory for it exceeds the limit; may be tried again
     * @throws IllegalStateException after {@link #close}
     */
    void declare(Topic topic, int partitions);

    /** The same by name. */
    default void declare(final String topic, final int partitions) {
        declare(Topic.of(topic), partitions);
    }

    /**
     * How many partitions a topic has: 1 unless it was {@linkplain #declare declared} with more, 0 if it is not known. Takes no lock,
     * unless {@linkplain StreamerConfig#withStreamExpiry streams expire}.
     *
     * @throws IllegalStateException after {@link #close}
     */
    int partitions(Topic topic);

    /**
     * Which partition of its topic a stream is, from 0. One load: may be asked for each message, by its {@link Message#streamId()}.
     *
     * @throws IllegalArgumentException if there is no such stream
     * @throws IllegalStateException after {@link #close}, once the last publisher and subscriber are closed
     */
    int partition(int stream);

    /**
     * Creates a publisher with a lane of its own. Maps memory when what is mapped is used up, which blocks while the kernel clears it.
     *
     * <p>If the topic has {@linkplain #declare partitions}, a message that has a key goes to the partition that the key chooses, all others
     * to the partitions in turn.
     *
     * @throws KaelixException if the lane's memory cannot be had, or a matching subscriber cannot be attached
     * @throws IllegalStateException after {@link #close}
     */
    Publisher publisher(Topic topic);

    /**
     * Creates a publisher that drops messages of lower priorities when its lane fills up; else as {@link #publisher(Topic)}.
     *
     * @throws KaelixException if the lane's memory cannot be had, or a matching subscriber cannot be attached
     * @throws IllegalStateException after {@link #close}
     */
    Publisher publisher(Topic topic, PublisherConfig config);

    /** The same by name. */
    default Publisher publisher(final String topic, final PublisherConfig config) {
        return publisher(Topic.of(topic), config);
    }

    /** Creates a publisher of the topic with a name. See {@link #publisher(Topic)}. */
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
     * Creates one that drops messages of lower priorities when its lane fills up; else as {@link #streamPublisher()}.
     *
     * @throws KaelixException if the lane's memory cannot be had
     * @throws IllegalStateException after {@link #close}
     */
    StreamPublisher streamPublisher(PublisherConfig config);

    /**
     * Creates a subscriber.
     *
     * @throws KaelixException if a lane has no place for one more reader
     * @throws IllegalStateException after {@link #close}
     */
    Subscriber subscriber(TopicPattern pattern, SubscriberConfig config);

    /** The same by the text of a pattern. */
    default Subscriber subscriber(final String pattern, final SubscriberConfig config) {
        return subscriber(TopicPattern.of(pattern), config);
    }

    /** Creates a subscriber that starts with what is sent from now on. */
    default Subscriber subscriber(final TopicPattern pattern, final SlowSubscriberPolicy policy) {
        return subscriber(pattern, SubscriberConfig.defaults().withPolicy(policy));
    }

    /**
     * Creates a subscriber with the {@linkplain #policy policy} of who names none: unless settings say otherwise, it loses nothing
     * ({@link SlowSubscriberPolicy#BLOCK}).
     */
    default Subscriber subscriber(final String pattern) {
        final TopicPattern parsed = TopicPattern.of(pattern);
        return subscriber(parsed, policy(parsed));
    }

    /**
     * What happens to subscribers and handlers of a pattern that are slow, if they name no policy of their own: that of
     * {@link StreamerConfig#topicPolicies} if the pattern is exactly one of those topics, else {@link StreamerConfig#slowSubscriber}.
     */
    default SlowSubscriberPolicy policy(final TopicPattern pattern) {
        final StreamerConfig config = config();
        return config.topicPolicies().entrySet().stream().filter(entry -> entry.getKey().name().equals(pattern.text())).findFirst()
                .map(Map.Entry::getValue).orElse(config.slowSubscriber());
    }

    /**
     * Memory for a payload, to be written and then sent without a copy. Clears it; maps memory when what is mapped is used up.
     *
     * @param length bytes, from 0 to 2<sup>31</sup> - 4096
     * @throws KaelixException if the pool of payloads and retained messages is full, because too much was not released, or the memory
     *     cannot be had; it says how much is outstanding, and the limit
     * @throws IllegalStateException after {@link #close}
     */
    Payload payload(int length);

    /** A payload with these bytes, which are copied once. Else as {@link #payload(int)}. */
    default Payload payload(final byte[] bytes) {
        return payload(MemorySegment.ofArray(bytes));
    }

    /** A payload with the bytes of a segment, which are copied once. Else as {@link #payload(int)}. */
    Payload payload(MemorySegment bytes);

    /**
     * Has a handler called with the messages of all topics that match, those there are and those to come, by one of the streamer's workers,
     * always the same.
     *
     * {@snippet :
     * Subscription subscription = streamer.subscribe("orders.*", message -> System.out.println(message.asString()));
     * }
     *
     * <p>It is given to the worker that has fewest. All handlers that a worker has of one policy share one reader: each message is read
     * once and handed to those whose patterns match it, in the order in which they subscribed. So a handler that takes its time holds up
     * the others, and, if the policy is {@link SlowSubscriberPolicy#BLOCK}, the publishers of all their topics; what takes long belongs on
     * a thread of its own, or to a {@link Subscriber}. Handlers of different policies share no reader, but the thread. With one worker, as
     * it is unless {@link StreamerConfig#withWorkers} says otherwise, no two handlers run at once; with several, those of different workers
     * do, in no order.
     *
     * <p>It gets every message that is sent after this returns, and may get some that were sent shortly before. A handler that throws is
     * counted, {@code errors} is told, and the next message comes. From inside a handler, subscribing, closing any subscription and
     * publishing are allowed; so is {@link Publisher#publish}, which does not wait for the handler's own reader.
     *
     * <p>Unless the streamer was {@linkplain #launch(StreamerConfig, Workers) launched with workers}, its threads are daemons, which are
     * started with the first subscription, in a millisecond or two, and end with the last. A subscription keeps the streamer from being
     * {@linkplain #close closed} as forgotten. While nothing comes, a worker spins, yields, then sleeps, for a 256th of the silence at a
     * time, from 50 µs to 4 ms: a message that comes then is found so late. A scheduler that spins finds it at once.
     *
     * @param policy {@link SlowSubscriberPolicy#BLOCK} or {@link SlowSubscriberPolicy#LOSSY}: who shares a reader can't be cut off alone
     * @param errors told of what the handler throws
     * @throws IllegalArgumentException for {@link SlowSubscriberPolicy#DISCONNECT}
     * @throws KaelixException if a lane has no place for one more reader, or no thread can be started
     * @throws IllegalStateException after {@link #close}, or when the workers that it was launched with were shut down
     */
    Subscription subscribe(TopicPattern pattern, SlowSubscriberPolicy policy, MessageHandler handler, ErrorHandler errors);

    /** The same for a handler with the {@linkplain #policy policy} of who names none. */
    default Subscription subscribe(final String pattern, final MessageHandler handler, final ErrorHandler errors) {
        final TopicPattern parsed = TopicPattern.of(pattern);
        return subscribe(parsed, policy(parsed), handler, errors);
    }

    /** The same with errors that are logged, one line each, by the {@link System.Logger} named {@code io.kaelix.Subscription}. */
    Subscription subscribe(String pattern, MessageHandler handler);

    /**
     * How each subscriber keeps up: who is slow, by how much, and since when. For reports: takes the lock that subscribers and publishers
     * are created under, and walks a small part of each lane.
     */
    List<SubscriberStatus> subscribers();

    /**
     * What went through the lane of each publisher that is open, in the order in which they were created. For reports: takes the lock that
     * subscribers and publishers are created under, and walks a small part of each lane.
     */
    List<LaneStatus> lanes();

    /** How many streams there are, and have expired. Without a lock; also after {@link #close}. */
    StreamStatistics streams();

    /** What its memory is used for, of each node that has any. Looks at every gap; also after {@link #close}. */
    List<MemoryUsage> memory();

    /** Its settings, as they are now. Any thread; without a lock. */
    StreamerConfig config();

    /**
     * Changes settings of a streamer that runs, for what there is and for what comes. They act from the next poll of a subscriber, the next
     * turn of a worker, or the next sixteenth of a publisher's lane on.
     *
     * {@snippet :
     * streamer.reconfigure(streamer.config().withLinger(Duration.ZERO).withMemoryLimit(8L << 30));
     * }
     *
     * <p>What can be changed: {@code memoryLimit} (if it is lower than what is mapped, that stays, and no more is mapped; but the part that
     * retained messages may have never falls below what the longest message needs), {@code linger}, {@code handlerBatch},
     * {@code latencySamplingBytes} and {@code backpressureEvent}.
     *
     * <p><b>Threads</b>: any; waits for nobody but for others that change settings. Without effect after {@link #close}.
     *
     * @throws IllegalArgumentException if another setting differs from what it was launched with: the message names all that do, and
     *     nothing is changed
     */
    void reconfigure(StreamerConfig config);

    /** Where its memory really is. */
    Placement placement();

    /**
     * Listens for {@linkplain KaelixClient clients} of other processes and hosts, by TCP. They publish into lanes of this streamer and
     * subscribe to it as if they were here. The streamer's workers serve them; while somebody listens, the streamer is not closed as
     * forgotten.
     *
     * {@snippet :
     * Listener listener = streamer.listen(ListenConfig.on("127.0.0.1", 7878));
     * }
     *
     * @throws KaelixException if the address cannot be listened on, is open to everybody unasked, or its certificates cannot be used: it
     *     says
     *     why, and the remedy
     * @throws IllegalStateException after {@link #close}, or when the workers that it was launched with were shut down
     */
    Listener listen(ListenConfig config);

    /** The same by host and port: {@code 127.0.0.1:7878}, {@code [::1]:7878}; port 0 is one that is free. */
    default Listener listen(final String hostPort) {
        return listen(ListenConfig.on(hostPort));
    }

    /** What the memory of its retained messages and payloads is used for. Also after {@link #close}. */
    PoolStatistics pool();

    /**
     * Closes it: offers answer {@link Publisher#CLOSED} from now on, subscribers receive what was sent before and then
     * {@link Subscriber#CLOSED}. Waits for nobody. Memory is given back when the last publisher and subscriber is closed, or
     * was forgotten and found by the garbage collector.
     */
    @Override
    void close();

    /** What {@link #launch} finds as a service: implemented by the library, of no use to others. */
    interface Engine {

        /** The one that is there. */
        static Engine installed() {
            return InstalledEngine.get();
        }

        /** Launches a streamer. */
        MemoryStreamer launch(StreamerConfig config);

        /** Launches a streamer whose work is done by these. */
        MemoryStreamer launch(StreamerConfig config, Workers workers);

        /** Connects a client. */
        KaelixClient connect(ClientConfig config);

        /** Connects a client whose work is done by these. */
        KaelixClient connect(ClientConfig config, Workers workers);

        /** Joins those of a directory. @param workers null for its own */
        MemoryStreamer attach(StreamerConfig config, Workers workers);

        /** Joins those of a directory, or launches it. @param workers null for its own */
        MemoryStreamer join(StreamerConfig config, Workers workers);
    }
}
