// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.ErrorHandler;
import io.kaelix.LaneStatus;
import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.MemoryUsage;
import io.kaelix.MessageHandler;
import io.kaelix.Payload;
import io.kaelix.Placement;
import io.kaelix.PoolStatistics;
import io.kaelix.Publisher;
import io.kaelix.PublisherConfig;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.StreamStatistics;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.SubscriberStatus;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.Workers;
import io.kaelix.lane.LaneDescriptor;
import io.kaelix.memory.NumaAllocator;
import io.kaelix.memory.RegionArena;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.MessagePool;
import io.kaelix.net.FlowsOwner;
import io.kaelix.net.Listening;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Rung;
import io.kaelix.shared.SharedDirectory;
import io.kaelix.stream.StreamTable;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.List;
import java.util.Objects;

/** A streamer within one process. */
final class LocalStreamer implements MemoryStreamer, FlowsOwner {

    /** Closes what users forgot to. Its thread is a daemon and sleeps but for that. */
    static final Cleaner CLEANER = Cleaner.create();

    /** Part of the memory limit that retained messages may take: one over this. */
    private static final int POOL_SHARE = 4;

    private final NumaAllocator memory;
    private final RegionArena arena;
    /** Least that retained messages may have: what is sent must be received, so the longest that may be under way always finds room. */
    private final long leastForPool;
    private final Registry registry;
    private final MessagePool pool;
    private final PushWorkers push;
    private final LocalFlows flows;

    private LocalStreamer(final NumaAllocator memory, final RegionArena arena, final Registry registry, final MessagePool pool,
            final Crew crew) {
        this.memory = memory;
        this.arena = arena;
        this.leastForPool = Math.min(registry.config().memoryLimit() / POOL_SHARE,
                Long.highestOneBit(registry.maxMessageLength() + (long) FrameDescriptor.MAX_HEADER_LENGTH) << 1);
        this.registry = registry;
        this.pool = pool;
        this.push = new PushWorkers(registry, crew);
        this.flows = new LocalFlows(registry, crew);
    }

    boolean isClosed() {
        return registry.isClosed();
    }

    @Override
    public LocalFlows flows() {
        return flows;
    }

    /** One that launches a directory, if its settings name one. */
    static LocalStreamer launch(final StreamerConfig config, final Platform platform, final Workers workers) {
        return launch(config, platform, workers, false);
    }

    /**
     * @param workers null for its own
     * @param attaches whether it joins others in its directory
     */
    static LocalStreamer launch(final StreamerConfig config, final Platform platform, final Workers workers, final boolean attaches) {
        return launch(config, platform, workers == null ? Crew.ofItsOwn(config.workers()) : Crew.of(workers), attaches, false);
    }

    /** One of many, which have their work done by the same crew, and take memory for lanes when they have some. */
    static LocalStreamer launchSmall(final StreamerConfig config, final Platform platform, final Crew crew) {
        return launch(config, platform, crew, false, true);
    }

    private static LocalStreamer launch(final StreamerConfig config, final Platform platform, final Crew crew, final boolean attaches,
            final boolean small) {
        crew.checkRunning();
        final int node = config.node() == StreamerConfig.LOCAL_NODE ? platform.currentNode() : config.node();
        final Rung firstRung = switch (config.pages()) {
            case HUGE_1G -> Rung.HUGETLB_1G;
            case HUGE_2M -> Rung.HUGETLB_2M;
            case TRANSPARENT -> Rung.TRANSPARENT;
            case NORMAL -> Rung.NORMAL;
        };
        final NumaAllocator memory = new NumaAllocator(platform, firstRung, config.memoryLimit(), small);
        final RegionArena arena = memory.arena(node);
        final MessagePool pool = new MessagePool(arena, config.memoryLimit() / POOL_SHARE, CLEANER);
        final Registry registry = new Registry(arena, config.laneCapacity(), config, pool, directory(config, attaches, arena));
        final LocalStreamer streamer = new LocalStreamer(memory, arena, registry, pool, crew);
        CLEANER.register(streamer, registry::close);
        if (registry.neighbours != null) {
            registry.neighbours.start();
        }
        if (!config.streamExpiry().isZero()) {
            try {
                registry.expireStreams(config.streamExpiry().toNanos()).start(crew);
            } catch (final RuntimeException | Error e) {
                registry.close();
                throw e;
            }
        }
        return streamer;
    }

    /** The directory that settings name, or null. */
    private static SharedDirectory directory(final StreamerConfig config, final boolean attaches, final RegionArena arena) {
        try {
            return config.directory().map(path -> attaches ? SharedDirectory.attach(path, LaneDescriptor.RING_OFFSET)
                    : SharedDirectory.launch(path, config.laneDirectory().orElse(null), LaneDescriptor.RING_OFFSET,
                            config.resume() ? Resumption::run : null)).orElse(null);
        } catch (final RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    @Override
    public Publisher publisher(final Topic topic) {
        return createPublisher(Objects.requireNonNull(topic, "topic"), null);
    }

    private Publisher createPublisher(final Topic topic, final PublisherConfig config) {
        final int partitions = registry.numbers().partitions(topic);
        if (partitions > 1) {
            return PartitionPublisher.create(this, registry, topic, partitions, config);
        }
        try {
            return LanePublisher.create(this, registry, topic, config);
        } catch (final IllegalArgumentException e) {
            final int meanwhile = registry.numbers().partitions(topic);
            if (meanwhile <= 1) {
                throw e;
            }
            // Declared by somebody else since it was asked.
            return PartitionPublisher.create(this, registry, topic, meanwhile, config);
        }
    }

    @Override
    public void declare(final Topic topic, final int partitions) {
        if (partitions < 1 || partitions > StreamTable.MAX_PARTITIONS) {
            throw new IllegalArgumentException("topic " + topic + " has from 1 to " + StreamTable.MAX_PARTITIONS + " partitions, not "
                    + partitions);
        }
        registry.numbers().declare(Objects.requireNonNull(topic, "topic"), partitions);
    }

    @Override
    public int partitions(final Topic topic) {
        return registry.numbers().partitions(Objects.requireNonNull(topic, "topic"));
    }

    @Override
    public int partition(final int stream) {
        registry.learnOf(stream);
        return registry.streams.table().partition(stream);
    }

    @Override
    public Publisher publisher(final Topic topic, final PublisherConfig config) {
        return createPublisher(Objects.requireNonNull(topic, "topic"), Objects.requireNonNull(config, "config"));
    }

    @Override
    public StreamPublisher streamPublisher() {
        return LaneStreamPublisher.create(this, registry, null);
    }

    @Override
    public StreamPublisher streamPublisher(final PublisherConfig config) {
        return LaneStreamPublisher.create(this, registry, Objects.requireNonNull(config, "config"));
    }

    @Override
    public Subscriber subscriber(final TopicPattern pattern, final SubscriberConfig config) {
        return LaneSubscriber.create(this, registry, Objects.requireNonNull(pattern, "pattern"),
                Objects.requireNonNull(config, "config"));
    }

    @Override
    public Payload payload(final int length) {
        return pool.payload(length);
    }

    @Override
    public Payload payload(final MemorySegment bytes) {
        return pool.payload(bytes);
    }

    @Override
    public List<SubscriberStatus> subscribers() {
        return Statuses.ofAll(registry);
    }

    @Override
    public io.kaelix.Subscription subscribe(final TopicPattern pattern, final SlowSubscriberPolicy policy, final MessageHandler handler,
            final ErrorHandler errors) {
        if (policy == SlowSubscriberPolicy.DISCONNECT) {
            throw new IllegalArgumentException("handlers share a reader, and cannot be disconnected one by one: use BLOCK or LOSSY, or a"
                    + " subscriber of its own for what may be cut off");
        }
        return push.subscribe(this, Objects.requireNonNull(pattern, "pattern"), Objects.requireNonNull(policy, "policy"),
                Objects.requireNonNull(handler, "handler"), Objects.requireNonNull(errors, "errors"));
    }

    @Override
    public io.kaelix.Subscription subscribe(final String pattern, final MessageHandler handler) {
        final TopicPattern parsed = TopicPattern.of(pattern);
        return push.subscribe(this, parsed, policy(parsed), Objects.requireNonNull(handler, "handler"), null);
    }

    @Override
    public List<LaneStatus> lanes() {
        return Statuses.lanes(registry);
    }

    @Override
    public StreamStatistics streams() {
        return registry.statistics();
    }

    @Override
    public List<MemoryUsage> memory() {
        return memory.statistics().stream().map(node -> new MemoryUsage(node.node(), node.reserved(), node.used() + node.rounding(),
                node.used())).toList();
    }

    @Override
    public StreamerConfig config() {
        return registry.config();
    }

    @Override
    public synchronized void reconfigure(final StreamerConfig config) {
        ChangedSettings.check(registry.config(), Objects.requireNonNull(config, "config"));
        memory.limit(config.memoryLimit());
        pool.limit(Math.max(config.memoryLimit() / POOL_SHARE, leastForPool));
        registry.reconfigure(config);
    }

    @Override
    public Listener listen(final ListenConfig config) {
        registry.checkOpen();
        return Listening.open(Objects.requireNonNull(config, "config"), flows, registry.config().laneCapacity(), this);
    }

    @Override
    public Placement placement() {
        return arena.placement();
    }

    @Override
    public PoolStatistics pool() {
        return pool.statistics();
    }

    @Override
    public void close() {
        registry.close();
    }
}
