// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every key there is: what it is called, what it takes, what it is without being set, and what becomes of a change. Validation, what
 * {@code kaelix config show} prints and the commented file that comes with the library are all made of this list.
 *
 * <p>A key is written {@code worker_threads} below {@code [runtime]} in a file, {@code KAELIX_RUNTIME_WORKER_THREADS} in the environment,
 * {@code "runtime.worker_threads"} in code.
 *
 * {@snippet :
 * for (ConfigKey key : ConfigKey.settings()) {
 *     System.out.println(key.path() + ": " + key.range() + (key.hot() ? ", hot" : ""));
 * }
 * }
 */
public enum ConfigKey {

    /** Name of the profile. */
    PROFILE("", "profile", ValueRule.choice("", "high-throughput", "low-latency"), "", "", false,
            "Settings that belong together, which all that is set below, in the environment or in code is laid over; \"\" for none."),
    /** Links with other hosts. */
    BRIDGE("", "bridge", ValueRule.bridges(), "", List.of(), false,
            "Links with streamers of other hosts over Aeron, each below a heading of its own, which names it. They need the artifact "
                    + "kaelix-aeron."),

    /** How many workers. */
    RUNTIME_WORKER_THREADS("runtime", "worker_threads", ValueRule.whole(0, 64), "threads", 0L, false,
            "Workers that run tasks and call handlers; 0 for one on each CPU that the process may use. Not more than CPUs if they are "
                    + "pinned."),
    /** Whether a worker keeps to its CPU. */
    RUNTIME_PINNED("runtime", "pinned", ValueRule.truth(), "", true, false,
            "Whether each worker keeps to a CPU of its own. Without numa_aware, none does."),
    /** What CPUs are chosen for. */
    RUNTIME_PLACEMENT("runtime", "placement", ValueRule.choice("low-latency", "high-throughput", "balanced"), "", "low-latency", false,
            "What the CPUs of workers are chosen for: near each other, spread over all caches and nodes, or near with a core for each."),
    /** Whether NUMA nodes are looked at. */
    RUNTIME_NUMA_AWARE("runtime", "numa_aware", ValueRule.truth(), "", true, false,
            "Whether workers are planned by NUMA nodes. false: they are not pinned, and memory is wherever the system puts it."),
    /** Levels of priority. */
    RUNTIME_PRIORITY_LEVELS("runtime", "priority_levels", ValueRule.whole(2, 4), "levels", 4L, false,
            "Levels of priority in use."),
    /** Tasks from outside that wait. */
    RUNTIME_TASK_QUEUE_DEPTH("runtime", "task_queue_depth", ValueRule.power(2, 1 << 20), "tasks", 1024L, false,
            "Most tasks from outside that wait, for each worker and level; some 150 bytes each, taken at the start."),
    /** Tasks from tasks that wait. */
    RUNTIME_FORK_QUEUE_DEPTH("runtime", "fork_queue_depth", ValueRule.power(2, 1 << 26), "tasks", 65_536L, false,
            "Most tasks that a worker's own tasks scheduled and that wait, for each worker and level; memory is taken as they come."),
    /** Delayed tasks that wait. */
    RUNTIME_DELAYED_TASKS("runtime", "delayed_tasks", ValueRule.whole(1, 1 << 26), "tasks", 1_048_576L, true,
            "Most delayed and periodic tasks that wait for their time."),
    /** How soon a task should start. */
    RUNTIME_TARGET_LATENCY_US("runtime", "target_latency_us", ValueRule.whole(1, 1_000_000), "microseconds", 10L, true,
            "In which an idle worker should start a task: how long it stays awake follows from it."),
    /** What idle workers do. */
    RUNTIME_IDLE_STRATEGY("runtime", "idle_strategy", ValueRule.choice("adaptive", "busy-spin", "park"), "", "adaptive", true,
            "What a worker does that finds no task: stay awake as long as it pays, never sleep, or sleep at once."),
    /** When a task is reported as blocking. */
    RUNTIME_BLOCKING_LIMIT_MS("runtime", "blocking_limit_ms", ValueRule.whole(0, 86_400_000), "milliseconds", 100L, true,
            "A task that still runs after so long is reported, with its stack; 0 for never."),
    /** Patience of close. */
    RUNTIME_CLOSE_TIMEOUT_MS("runtime", "close_timeout_ms", ValueRule.whole(0, 86_400_000), "milliseconds", 5_000L, true,
            "How long closing lets tasks that wait be run."),

    /** Bytes of a publisher's ring. */
    PERFORMANCE_BUFFER_SIZE("performance", "buffer_size", ValueRule.size(64L << 10, 1L << 30, true), "bytes", 1L << 20, false,
            "The ring of each publisher (its lane). A message of up to a quarter of it is written and read in place."),
    /** Messages in a turn. */
    PERFORMANCE_BATCH_SIZE("performance", "batch_size", ValueRule.whole(1, 1_000_000), "messages", 256L, true,
            "Most messages that a worker takes for handlers in a turn."),
    /** How long a reader leaves a lane alone. */
    PERFORMANCE_LINGER_NS("performance", "linger_ns", ValueRule.whole(0, 1_000_000), "nanoseconds", 1_000L, true,
            "How long a reader that has caught up leaves a lane alone while messages keep coming; 0 for not at all."),
    /** Longest message. */
    PERFORMANCE_MAX_MESSAGE_LENGTH("performance", "max_message_length", ValueRule.size(1, 1L << 30, false), "bytes", 16L << 20, false,
            "Longest payload of a message."),
    /** CPU time of workers and process. */
    PERFORMANCE_ENABLE_CPU_PROFILING("performance", "enable_cpu_profiling", ValueRule.truth(), "", false, true,
            "Whether the CPU time of the process and of each worker is sampled."),
    /** Memory of process and nodes. */
    PERFORMANCE_ENABLE_MEMORY_PROFILING("performance", "enable_memory_profiling", ValueRule.truth(), "", false, true,
            "Whether the memory of the process, in all and on each node, is sampled."),
    /** What the process reads and writes. */
    PERFORMANCE_ENABLE_IO_PROFILING("performance", "enable_io_profiling", ValueRule.truth(), "", false, true,
            "Whether what the process reads and writes is sampled."),
    /** Between two samples. */
    PERFORMANCE_PROFILING_INTERVAL_MS("performance", "profiling_interval_ms", ValueRule.whole(10, 3_600_000), "milliseconds", 1_000L, true,
            "Between two samples of the three above."),

    /** Most native memory. */
    MEMORY_LIMIT("memory", "limit", ValueRule.size(128L << 10, 1L << 48, false), "bytes", 4L << 30, true,
            "Most native memory that lanes may take: two buffers (performance.buffer_size) at least."),
    /** Pages to try first. */
    MEMORY_PAGE_SIZE("memory", "page_size", ValueRule.choice("2M", "1G", "transparent", "normal"), "", "2M", false,
            "Pages to try first; what cannot be had is replaced by the next, with a stated reason."),
    /** Where memory is. */
    MEMORY_NODE_POLICY("memory", "node_policy", ValueRule.choice("local", "bind"), "", "local", false,
            "Whether memory is on the node of the launching thread, or on the one that node names."),
    /** The node to bind to. */
    MEMORY_NODE("memory", "node", ValueRule.whole(-1, 1023), "", -1L, false,
            "Number of that node, with node_policy = \"bind\"; -1 for none."),

    /** When idle streams expire. */
    STREAMS_EXPIRY_MS("streams", "expiry_ms", ValueRule.whole(0, 366L * 86_400_000), "milliseconds", 0L, false,
            "A stream that was idle for so long gives its number to another; 0 for never."),
    /** Threads that call handlers without a scheduler. */
    STREAMS_PUSH_WORKERS("streams", "push_workers", ValueRule.whole(1, 64), "threads", 1L, false,
            "Threads that call handlers where no scheduler does."),
    /** Policy of those who name none. */
    STREAMS_SLOW_SUBSCRIBER("streams", "slow_subscriber", ValueRule.choice("block", "lossy"), "", "block", false,
            "What becomes of a subscriber that is too slow and names no policy: its publishers wait, or it loses messages, which are "
                    + "counted."),
    /** Where other processes find the streams. */
    STREAMS_DIRECTORY("streams", "directory", ValueRule.text(0, 4096), "", "", false,
            "Directory in memory, as /dev/shm/orders, by which processes of one user on this machine share their streams: who comes first "
                    + "makes it, others join; \"\" for none."),
    /** Where the files of lanes lie. */
    STREAMS_LANE_DIRECTORY("streams", "lane_directory", ValueRule.text(0, 3068), "", "", false,
            "Folder for the buffers of that directory, such as one in huge pages (hugetlbfs); \"\" for the directory itself."),
    /** Whether what dead processes left is taken over. */
    STREAMS_RESUME("streams", "resume", ValueRule.truth(), "", false, false,
            "Whether who makes the directory takes over what processes left there that have all died, instead of removing it."),
    /** Topics that are declared at the start. */
    STREAMS_TOPIC("streams", "topic", ValueRule.topics(), "", List.of(), false,
            "Topics that are declared at the start, each below a heading of its own."),
    /** Its name. */
    STREAMS_TOPIC_NAME("streams.topic", "name", ValueRule.topicName(), "", null, false,
            "Its name: must be given."),
    /** How many partitions. */
    STREAMS_TOPIC_PARTITIONS("streams.topic", "partitions", ValueRule.whole(1, 65_535), "partitions", 1L, false,
            "Partitions: messages of one key keep their order in one of them."),
    /** Policy of its subscribers. */
    STREAMS_TOPIC_SLOW_SUBSCRIBER("streams.topic", "slow_subscriber", ValueRule.choice("block", "lossy"), "", null, false,
            "Policy of its subscribers that name none; without it, that of [streams]."),

    /** Where it listens. */
    NETWORK_LISTEN("network", "listen", ValueRule.addresses(), "", List.of(), false,
            "Where clients are listened for; none for nowhere."),
    /** The certificate of the server. */
    NETWORK_TLS_CERTIFICATE("network", "tls_certificate", ValueRule.text(0, 4096), "", "", false,
            "File of the certificate that clients are shown, in the PEM format, with those that lead to its root; \"\" for no TLS. "
                    + "The files of TLS are read again when they change: new connections use them."),
    /** Its key. */
    NETWORK_TLS_KEY("network", "tls_key", ValueRule.text(0, 4096), "", "", false,
            "File of its key, in PKCS#8, which only its owner may read."),
    /** Who vouches for clients. */
    NETWORK_TLS_TRUSTED("network", "tls_trusted", ValueRule.text(0, 4096), "", "", false,
            "File of the certificates that vouch for those of clients."),
    /** Whether clients show certificates. */
    NETWORK_TLS_CLIENT_CERTIFICATES("network", "tls_client_certificates", ValueRule.truth(), "", false, false,
            "Whether clients must show a certificate; its common name is their identity."),
    /** Tokens of clients. */
    NETWORK_TOKENS_FILE("network", "tokens_file", ValueRule.text(0, 4096), "", "", true,
            "File of tokens, an identity and its token on each line, which only its owner may read; \"\" for none: no token is asked for. "
                    + "It is read again when it changes: whoever has none of its tokens any more is cut off."),
    /** Who may do what. */
    NETWORK_RULES("network", "rules", ValueRule.rules(), "", List.of(), true,
            "Who may do what; the first that fits decides, and what none is about is refused. Without any, everything is allowed."),
    /** Whether everybody may connect. */
    NETWORK_OPEN("network", "open", ValueRule.truth(), "", false, true,
            "Whether other hosts than the loopback are listened on without tokens and client certificates: then everybody who reaches them "
                    + "may do what the rules allow."),
    /** Most connections. */
    NETWORK_MAX_CONNECTIONS("network", "max_connections", ValueRule.whole(1, 65_535), "connections", 1_100L, true,
            "Most connections at once. Half as many besides, or 64, may be in the handshake: then the one that waits for longest gives "
                    + "way."),
    /** Most subscriptions. */
    NETWORK_MAX_SUBSCRIPTIONS("network", "max_subscriptions", ValueRule.whole(0, 32_767), "subscriptions", 1_024L, true,
            "Most subscriptions of a client."),
    /** Most streams. */
    NETWORK_MAX_STREAMS("network", "max_streams", ValueRule.whole(1, 16_777_216), "streams", 262_144L, true,
            "Most streams that a client publishes to: topics, and partitions of topics. One that names more is refused."),
    /** Longest frame. */
    NETWORK_MAX_FRAME_LENGTH("network", "max_frame_length", ValueRule.size(4 << 10, 256 << 20, false), "bytes", 16L << 20, false,
            "Longest message, or part of one, that clients may send, with its headers; never more than a quarter of a buffer."),
    /** Bytes on their way. */
    NETWORK_WINDOW("network", "window", ValueRule.size(4 << 10, 256 << 20, false), "bytes", 1L << 20, false,
            "Most bytes that may be on their way from a client; never more than fit into half a buffer."),
    /** Patience with who connects. */
    NETWORK_HANDSHAKE_TIMEOUT_MS("network", "handshake_timeout_ms", ValueRule.whole(10, 86_400_000), "milliseconds", 10_000L, true,
            "How long a client may take to say who it is."),
    /** Sign of life. */
    NETWORK_HEARTBEAT_MS("network", "heartbeat_ms", ValueRule.whole(10, 43_200_000), "milliseconds", 1_000L, false,
            "How often something is sent to a client if there is nothing else."),
    /** When a silent client is gone. */
    NETWORK_SILENCE_MS("network", "silence_ms", ValueRule.whole(20, 86_400_000), "milliseconds", 15_000L, false,
            "How long a client may be silent before it counts as cut off: two heartbeats at least."),
    /** Patience with who was cut off. */
    NETWORK_RESUME_TIMEOUT_MS("network", "resume_timeout_ms", ValueRule.whole(0, 86_400_000), "milliseconds", 30_000L, true,
            "How long a client that was cut off may take to come back and go on where it was."),
    /** How far behind a subscription may be. */
    NETWORK_MAX_LAG("network", "max_lag", ValueRule.size(0, 1L << 30, false), "bytes", 0L, true,
            "Bytes that a remote subscription may be behind before it is disconnected, if it names no other policy; 0 for three quarters "
                    + "of a buffer."),

    /** The counter file. */
    TELEMETRY_ENABLED("telemetry", "enabled", ValueRule.truth(), "", true, false,
            "Whether counters are written where other processes can read them."),
    /** Where counter files are. */
    TELEMETRY_DIRECTORY("telemetry", "directory", ValueRule.text(0, 4096), "", "", false,
            "Folder of counter files; \"\" for one of the user's own below /dev/shm, or else the folder for temporary files."),
    /** How often counters are written. */
    TELEMETRY_COUNTERS_INTERVAL_MS("telemetry", "counters_interval_ms", ValueRule.whole(10, 60_000), "milliseconds", 500L, true,
            "Between two times that counters are written."),
    /** How many messages are timed. */
    TELEMETRY_LATENCY_SAMPLING_BYTES("telemetry", "latency_sampling_bytes", ValueRule.sizeOrNone(1024, 1L << 30), "bytes", 65_536L, true,
            "One message in about so many bytes of each lane is timed from being published to being handed over; 0 for none. From "
                    + "32KiB on not more than about one in five milliseconds."),
    /** Which waits of publishers are events. */
    TELEMETRY_BACKPRESSURE_EVENT_US("telemetry", "backpressure_event_us", ValueRule.whole(0, 60_000_000), "microseconds", 1_000L, true,
            "A publisher that could not go on for longer is an event of the flight recorder."),
    /** Which slow subscribers are events. */
    TELEMETRY_SLOW_SUBSCRIBER_EVENT_MS("telemetry", "slow_subscriber_event_ms", ValueRule.whole(0, 3_600_000), "milliseconds", 1_000L, true,
            "A subscriber that is further behind is an event of the flight recorder; 0 for none."),
    /** The JMX bean. */
    TELEMETRY_JMX("telemetry", "jmx", ValueRule.truth(), "", false, false,
            "Whether counters are shown by JMX."),
    /** Port of the Prometheus endpoint. */
    TELEMETRY_PROMETHEUS_PORT("telemetry", "prometheus_port", ValueRule.whole(0, 65_535), "", 0L, false,
            "Port on which the command line's server answers Prometheus; 0 for none."),
    /** Its address. */
    TELEMETRY_PROMETHEUS_HOST("telemetry", "prometheus_host", ValueRule.text(1, 253), "", "127.0.0.1", false,
            "Name or address that it listens on; anyone who reaches it may read the counters."),
    /** What is logged. */
    TELEMETRY_LOG_LEVEL("telemetry", "log_level", ValueRule.choice("off", "error", "warning", "info", "debug", "trace"), "", "info", true,
            "What is logged: this and what is graver."),

    /** Which of two ends of a link this is. */
    BRIDGE_DIRECTION("bridge", "direction", ValueRule.choice("out", "in"), "", null, false,
            "Whether it sends what is published here, or publishes here what comes: must be given. Both ways are two links."),
    /** Where its messages go. */
    BRIDGE_CHANNEL("bridge", "channel", ValueRule.channel(false), "", null, false,
            "Aeron channel of the link, the same at both ends but for interfaces: must be given. In the mode archive it is the one on which "
                    + "the sender's Archive takes requests: an \"out\" link has it listen there, an \"in\" link asks it there."),
    /** What it carries. */
    BRIDGE_PATTERN("bridge", "pattern", ValueRule.pattern(), "", ">", false,
            "Topics that an \"out\" link carries."),
    /** Whether it records. */
    BRIDGE_MODE("bridge", "mode", ValueRule.choice("transport", "archive"), "", "transport", false,
            "transport: what is on its way when an end dies is lost, and counted. archive: Aeron's Archive records on the sending side, "
                    + "and receivers go on where they were. The same at both ends."),
    /** Its first Aeron stream. */
    BRIDGE_STREAM("bridge", "stream", ValueRule.whole(1, 2_000_000_000), "", 7_100L, false,
            "Number of its Aeron stream, of the first one if it has several shards. The same at both ends."),
    /** How many Aeron streams it has. */
    BRIDGE_SHARDS("bridge", "shards", ValueRule.whole(1, BridgeConfig.MOST_SHARDS), "streams", 1L, false,
            "Aeron streams that topics are spread over by a hash of their names. The same at both ends."),
    /** What becomes of it when it is slow. */
    BRIDGE_SLOW("bridge", "slow", ValueRule.choice("lossy", "block"), "", null, false,
            "What an \"out\" link does that cannot keep up: lose messages, which are counted, or hold up publishers. Without it, lossy in "
                    + "the mode transport, block in the mode archive."),
    /** How far it passes messages on. */
    BRIDGE_HOPS("bridge", "hops", ValueRule.whole(1, 15), "hosts", 1L, false,
            "Hosts that a message may have come by to be sent by an \"out\" link, the one that published it included: 1 for what is "
                    + "published here alone."),
    /** Longest frame. */
    BRIDGE_MAX_FRAME_LENGTH("bridge", "max_frame_length", ValueRule.size(4 << 10, 16 << 20, false), "bytes", 64L << 10, false,
            "Longest message of the link, or part of one, with its headers; never more than a quarter of a buffer."),
    /** Bytes of a packet. */
    BRIDGE_MTU("bridge", "mtu", ValueRule.sizeOrNone(1 << 10, 65_504), "bytes", 0L, false,
            "Bytes of a packet, a multiple of 32; 0 for what the channel or the driver has."),
    /** When a silent peer is gone. */
    BRIDGE_PEER_TIMEOUT_MS("bridge", "peer_timeout_ms", ValueRule.whole(100, 3_600_000), "milliseconds", 5_000L, false,
            "After so long without anything of the other end it is reported gone."),
    /** The media driver. */
    BRIDGE_DRIVER("bridge", "driver", ValueRule.text(0, 4096), "", "", false,
            "Folder of a media driver that runs already; \"\" for one of this process."),
    /** Its threads. */
    BRIDGE_THREADING("bridge", "threading", ValueRule.choice("auto", "invoker", "shared", "shared_network", "dedicated"), "", "auto", false,
            "Threads of the driver of this process: invoker has none of its own, shared one, shared_network two, dedicated three; auto by "
                    + "the number of CPUs."),
    /** Where it records. */
    BRIDGE_ARCHIVE_DIRECTORY("bridge", "archive_directory", ValueRule.text(0, 4096), "", "", false,
            "Folder in which the Archive of an \"out\" link records, which it needs in the mode archive."),
    /** Where the Archive answers. */
    BRIDGE_RESPONSE("bridge", "response", ValueRule.channel(true), "", "", false,
            "Channel on which the sender's Archive answers an \"in\" link and replays to it, as \"aeron:udp?endpoint=10.0.0.6:0\", which it "
                    + "needs in the mode archive."),
    /** Where it keeps its position. */
    BRIDGE_STATE_DIRECTORY("bridge", "state_directory", ValueRule.text(0, 4096), "", "", false,
            "Folder in which an \"in\" link keeps how far it is, which it needs in the mode archive."),
    /** How much is kept. */
    BRIDGE_RETENTION("bridge", "retention", ValueRule.size(1 << 20, 1L << 48, false), "bytes", 1L << 30, false,
            "Bytes of the recording of an \"out\" link that are kept: a receiver that was away for longer has lost what came before.");

    private static final String OF_TOPICS = "streams.topic";
    private static final String OF_BRIDGES = "bridge";

    private static final List<ConfigKey> SETTINGS = Arrays.stream(values()).filter(key -> !key.ofTopic() && !key.ofBridge()).toList();

    private static final Map<String, ConfigKey> BY_PATH = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(ConfigKey::path, Function.identity()));

    private static final Map<String, Map<String, ConfigKey>> BY_SECTION = Arrays.stream(values()).collect(Collectors.groupingBy(
            ConfigKey::section, Collectors.toMap(ConfigKey::label, Function.identity(), (one, other) -> one, LinkedHashMap::new)));

    /** Headings of a file, in their order. */
    static final List<String> SECTIONS = List.of("runtime", "performance", "memory", "streams", "network", "telemetry");

    /** What a key takes. */
    public enum Type {
        /** A {@link Long}. */
        INTEGER,
        /** A {@link Long} of bytes, which may be written as a text: {@code "64KiB"}. */
        SIZE,
        /** A {@link Boolean}. */
        BOOLEAN,
        /** A {@link String}, one of a few. */
        CHOICE,
        /** A {@link String}. */
        TEXT,
        /** A list of {@link String}, which the environment separates by commas. */
        TEXTS,
        /** A list of {@link TopicConfig}. */
        TOPICS,
        /** A list of {@link BridgeConfig}. */
        BRIDGES
    }

    private final String section;
    private final String label;
    private final String path;
    private final ValueRule rule;
    private final String unit;
    private final Object preset;
    private final boolean hot;
    private final String description;

    ConfigKey(final String section, final String label, final ValueRule rule, final String unit, final Object preset,
            final boolean hot, final String description) {
        this.section = section;
        this.label = label;
        this.path = section.isEmpty() ? label : section + '.' + label;
        this.rule = rule;
        this.unit = unit;
        this.preset = preset;
        this.hot = hot;
        this.description = description;
    }

    /** All that a configuration has a value for: every key but those of a single topic or bridge. */
    public static List<ConfigKey> settings() {
        return SETTINGS;
    }

    /** The key of this path, as {@code runtime.worker_threads}; null if there is none. */
    public static ConfigKey of(final String path) {
        return BY_PATH.get(path);
    }

    /** With its section: {@code runtime.worker_threads}. */
    public String path() {
        return path;
    }

    /** Without its section: {@code worker_threads}. */
    public String label() {
        return label;
    }

    /** Heading that it stands below: {@code runtime}; empty for one that stands above all of them. */
    public String section() {
        return section;
    }

    /** Variable that sets it: {@code KAELIX_RUNTIME_WORKER_THREADS}; empty if none can: topics and bridges are set in files and in code. */
    public String variable() {
        return ofTopic() || ofBridge() || type() == Type.TOPICS || type() == Type.BRIDGES ? ""
                : "KAELIX_" + path.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    /** What it takes. */
    public Type type() {
        return rule.type();
    }

    /** What its numbers count; empty if nothing. */
    public String unit() {
        return unit;
    }

    /** What it takes, in words: {@code a whole number from 0 to 64}. */
    public String range() {
        return rule.allowed();
    }

    /** What it is without being set: of the {@link Type}; null for what a topic or bridge may or must say for itself. */
    public Object defaultValue() {
        return preset;
    }

    /** Whether a change acts at once; otherwise the program must be started anew. */
    public boolean hot() {
        return hot;
    }

    /** What it means, in a sentence or two. */
    public String description() {
        return description;
    }

    /** Whether it belongs to one declared topic, and not to the configuration. */
    public boolean ofTopic() {
        return section.equals(OF_TOPICS);
    }

    /** Whether it belongs to one bridge, and not to the configuration. */
    public boolean ofBridge() {
        return section.equals(OF_BRIDGES);
    }

    /** The keys below a heading by their labels, in their order; none if it has none. */
    static Map<String, ConfigKey> in(final String section) {
        return BY_SECTION.getOrDefault(section, Map.of());
    }

    ValueRule rule() {
        return rule;
    }
}
