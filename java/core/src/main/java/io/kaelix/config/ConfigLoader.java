// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Puts a configuration together from its layers, each laid over those before: defaults, profile, file, environment, code; and checks it.
 *
 * {@snippet :
 * KaelixConfig config = ConfigLoader.of()
 *         .profile("low-latency")
 *         .file(Path.of("kaelix.toml"))
 *         .environment(System.getenv())
 *         .with("runtime.worker_threads", 2)
 *         .load();
 * }
 *
 * <p>The profile is named by the highest layer that names one: {@code profile = "…"} in the file, {@code KAELIX_PROFILE}, or code. Its
 * worker threads are fitted to the machine if that has fewer CPUs, and the {@link Origin} says so; what is set in any other way and does
 * not fit is refused.
 *
 * <p>Everything that is wrong is found at once, with where it is, what is allowed, and the nearest known key: see {@link ConfigException}.
 *
 * <p>Immutable, safe to share: each method answers another loader. {@link #load()} reads the file anew each time.
 */
public final class ConfigLoader {

    private static final ConfigLoader EMPTY = new ConfigLoader(null, Map.of(), Map.of(), null);

    private final Path file;
    private final Map<String, String> variables;
    private final Map<String, Object> code;
    private final MachineLimits machine;

    private ConfigLoader(final Path file, final Map<String, String> variables, final Map<String, Object> code,
            final MachineLimits machine) {
        this.file = file;
        this.variables = variables;
        this.code = code;
        this.machine = machine;
    }

    /** With the defaults and nothing else. */
    public static ConfigLoader of() {
        return EMPTY;
    }

    /** With a profile, by code: {@code high-throughput} or {@code low-latency}, or {@code ""} for none whatever lower layers say. */
    public ConfigLoader profile(final String name) {
        return with(ConfigKey.PROFILE, name);
    }

    /** With this file, which {@link #load()} reads. It must be there. */
    public ConfigLoader file(final Path path) {
        return new ConfigLoader(Objects.requireNonNull(path, "path"), variables, code, machine);
    }

    /** With these variables, usually {@link System#getenv()}; those that do not begin with {@code KAELIX_} are of no account. */
    public ConfigLoader environment(final Map<String, String> environment) {
        return new ConfigLoader(file, EnvironmentLayer.ofInterest(environment), code, machine);
    }

    /**
     * With a value set by code, over all other layers. Whole numbers of the types from {@code byte} to {@code BigInteger}, truths, and
     * texts, which may also stand for numbers and truths as in the environment; for {@code streams.topic} a list of {@link TopicConfig},
     * for {@code bridge} one of {@link BridgeConfig}.
     * Problems, an unknown key or a value of another type too, are told by {@link #load()}.
     *
     * @param path as {@code runtime.worker_threads}
     */
    public ConfigLoader with(final String path, final Object value) {
        final Map<String, Object> more = new LinkedHashMap<>(code);
        more.put(Objects.requireNonNull(path, "path"), Written.ofCode(Objects.requireNonNull(value, "value")));
        return new ConfigLoader(file, variables, more, machine);
    }

    /** The same, by the key. */
    public ConfigLoader with(final ConfigKey key, final Object value) {
        return with(key.path(), value);
    }

    /** For another machine than this one. */
    public ConfigLoader machine(final MachineLimits limits) {
        return new ConfigLoader(file, variables, code, Objects.requireNonNull(limits, "limits"));
    }

    /**
     * Reads the file, if there is one, and puts the layers together.
     *
     * @throws ConfigException with all that is wrong
     */
    public KaelixConfig load() {
        return put(file == null ? null : ConfigFile.read(file));
    }

    /**
     * The same with a file that was read before, in place of the one that this loader names.
     *
     * @throws ConfigException with all that is wrong
     */
    public KaelixConfig load(final ConfigFile content) {
        return put(Objects.requireNonNull(content, "content"));
    }

    /** With a file, or null. */
    private KaelixConfig put(final ConfigFile content) {
        final Problems problems = new Problems();
        final Draft draft = new Draft(problems);
        boolean isComplete = true;
        if (content != null) {
            problems.addAll(content.problems());
            isComplete = problems.isEmpty();
            FileLayer.apply(draft, content);
        }
        EnvironmentLayer.apply(draft, variables);
        code.forEach((path, value) -> applyCode(draft, path, value));
        final MachineLimits limits = limits(draft);
        Profile.apply(draft, limits);
        // What a broken file does not say cannot contradict what it says.
        if (isComplete) {
            Contradictions.find(draft, limits);
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems.list());
        }
        return new KaelixConfig(draft);
    }

    /** Its nodes are asked for only where they matter: that takes longer than all the rest. */
    private MachineLimits limits(final Draft draft) {
        return machine == null && draft.text(ConfigKey.MEMORY_NODE_POLICY).equals("bind") ? MachineLimits.ofThisMachine()
                : limitsButNodes();
    }

    /** What it checks against, but for nodes, if those are not told but this machine's: asking for them takes longer than all the rest. */
    MachineLimits limitsButNodes() {
        return machine == null ? new MachineLimits(Runtime.getRuntime().availableProcessors(), Set.of()) : machine;
    }

    private static void applyCode(final Draft draft, final String path, final Object value) {
        final ConfigKey key = ConfigKey.of(path);
        if (key == null) {
            draft.problems().add(Origin.IN_CODE, path, UnknownKey.explainPath(path));
        } else if (key.ofTopic() || key.ofBridge()) {
            draft.problems().add(Origin.IN_CODE, path, path + (key.ofTopic() ? " is of one topic: set streams.topic to a list of TopicConfig"
                    : " is of one bridge: set bridge to a list of BridgeConfig"));
        } else if (value instanceof String text) {
            draft.parse(key, text, Origin.IN_CODE);
        } else {
            draft.take(key, value, Origin.IN_CODE);
        }
    }

    /** The file that {@link #load()} reads; null if there is none. */
    public Path file() {
        return file;
    }
}
