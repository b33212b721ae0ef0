// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.util.function.BooleanSupplier;

/**
 * What single values cannot show: those that do not go together, or not with the machine. A rule is asked only if all keys that it looks
 * at are good by themselves.
 */
final class Contradictions {

    /** Places for tasks in the queues of all workers: some 150 bytes each. */
    static final long MOST_QUEUED = 1L << 24;

    private static final int MOST_WORKERS = 64;

    private final Draft draft;
    private final MachineLimits machine;

    private Contradictions(final Draft draft, final MachineLimits machine) {
        this.draft = draft;
        this.machine = machine;
    }

    static void find(final Draft draft, final MachineLimits machine) {
        final Contradictions rules = new Contradictions(draft, machine);
        rules.workersAndCpus();
        rules.queues();
        rules.memoryAndBuffers();
        rules.nodes();
        rules.numa();
        rules.directory();
        rules.network();
    }

    private void workersAndCpus() {
        final ConfigKey workers = ConfigKey.RUNTIME_WORKER_THREADS;
        rule(workers, () -> draft.number(workers) > machine.cpus() && draft.truth(ConfigKey.RUNTIME_PINNED)
                        && draft.truth(ConfigKey.RUNTIME_NUMA_AWARE),
                "is more than the " + Profile.cpus(machine) + " that this process may use, and pinned workers have one each; take "
                        + machine.cpus() + " at most, 0 for all, or set runtime.pinned = false",
                workers, ConfigKey.RUNTIME_PINNED, ConfigKey.RUNTIME_NUMA_AWARE);
    }

    private void queues() {
        final ConfigKey depth = ConfigKey.RUNTIME_TASK_QUEUE_DEPTH;
        final long asked = draft.number(ConfigKey.RUNTIME_WORKER_THREADS);
        final long workers = asked == 0 ? Math.min(machine.cpus(), MOST_WORKERS) : asked;
        final long queues = workers * draft.number(ConfigKey.RUNTIME_PRIORITY_LEVELS);
        rule(depth, () -> draft.number(depth) * queues > MOST_QUEUED,
                "is too much for " + workers + " workers of " + draft.number(ConfigKey.RUNTIME_PRIORITY_LEVELS) + " levels each: "
                        + draft.number(depth) * queues + " tasks in all, some 150 bytes for each, and at most " + MOST_QUEUED
                        + " may be; take " + Long.highestOneBit(MOST_QUEUED / queues) + " at most",
                depth, ConfigKey.RUNTIME_WORKER_THREADS, ConfigKey.RUNTIME_PRIORITY_LEVELS);
    }

    private void memoryAndBuffers() {
        final ConfigKey limit = ConfigKey.MEMORY_LIMIT;
        final ConfigKey buffer = ConfigKey.PERFORMANCE_BUFFER_SIZE;
        final long least = 2 * draft.number(buffer);
        // Of the two, that which somebody set is at fault.
        rule(draft.isSet(limit) ? limit : buffer, () -> draft.number(limit) < least,
                "does not do: memory.limit is " + ByteSize.text(draft.number(limit)) + ", and must be at least two buffers, "
                        + ByteSize.text(least) + "; raise memory.limit, or lower performance.buffer_size",
                limit, buffer);
    }

    private void nodes() {
        final ConfigKey node = ConfigKey.MEMORY_NODE;
        final ConfigKey policy = ConfigKey.MEMORY_NODE_POLICY;
        final long number = draft.number(node);
        final boolean binds = draft.text(policy).equals("bind");
        rule(node, () -> number >= 0 && !binds, "is for memory that is bound: set memory.node_policy = \"bind\" too, or leave it out",
                node, policy);
        rule(policy, () -> number < 0 && binds, "needs memory.node, the number of the node to bind to", node, policy);
        rule(node, () -> number >= 0 && binds && !machine.nodes().isEmpty() && !machine.nodes().contains((int) number),
                "is not on this machine, which has node" + (machine.nodes().size() == 1 ? " " : "s ")
                        + machine.nodes().stream().sorted().toList().toString().replaceAll("[\\[\\]]", ""),
                node, policy);
    }

    private void numa() {
        final ConfigKey aware = ConfigKey.RUNTIME_NUMA_AWARE;
        final ConfigKey pinned = ConfigKey.RUNTIME_PINNED;
        final ConfigKey policy = ConfigKey.MEMORY_NODE_POLICY;
        rule(pinned, () -> !draft.truth(aware) && draft.isSet(pinned) && draft.truth(pinned),
                "needs runtime.numa_aware, which is false: CPUs for workers are chosen by nodes; leave one of the two out", aware, pinned);
        rule(policy, () -> !draft.truth(aware) && draft.text(policy).equals("bind"),
                "needs runtime.numa_aware, which is false; leave one of the two out", aware, policy);
    }

    private void directory() {
        final ConfigKey directory = ConfigKey.STREAMS_DIRECTORY;
        final ConfigKey lanes = ConfigKey.STREAMS_LANE_DIRECTORY;
        final ConfigKey resume = ConfigKey.STREAMS_RESUME;
        final ConfigKey expiry = ConfigKey.STREAMS_EXPIRY_MS;
        rule(expiry, () -> draft.number(expiry) != 0 && !isEmpty(directory),
                "needs streams.directory = \"\": processes that share streams keep their numbers; leave one of the two out", expiry, directory);
        rule(lanes, () -> isEmpty(directory) && !isEmpty(lanes), "needs streams.directory", lanes, directory);
        rule(resume, () -> isEmpty(directory) && draft.truth(resume), "needs streams.directory", resume, directory);
    }

    private void network() {
        final ConfigKey certificate = ConfigKey.NETWORK_TLS_CERTIFICATE;
        final ConfigKey key = ConfigKey.NETWORK_TLS_KEY;
        final ConfigKey trusted = ConfigKey.NETWORK_TLS_TRUSTED;
        final ConfigKey clients = ConfigKey.NETWORK_TLS_CLIENT_CERTIFICATES;
        final ConfigKey silence = ConfigKey.NETWORK_SILENCE_MS;
        final ConfigKey heartbeat = ConfigKey.NETWORK_HEARTBEAT_MS;
        rule(certificate, () -> !isEmpty(certificate) && isEmpty(key), "needs network.tls_key, the file of its key", certificate, key);
        rule(key, () -> isEmpty(certificate) && !isEmpty(key), "needs network.tls_certificate, the file of its certificate", certificate,
                key);
        rule(clients, () -> draft.truth(clients) && (isEmpty(certificate) || isEmpty(trusted)),
                "needs network.tls_certificate and tls_key, and network.tls_trusted, the file of the certificates that vouch for clients",
                clients, certificate, trusted);
        rule(draft.isSet(heartbeat) ? heartbeat : silence, () -> draft.number(silence) < 2 * draft.number(heartbeat),
                "does not do: network.silence_ms is " + draft.number(silence) + ", and must be at least two heartbeats, "
                        + 2 * draft.number(heartbeat) + "; raise network.silence_ms, or lower network.heartbeat_ms", silence, heartbeat);
    }

    private boolean isEmpty(final ConfigKey key) {
        return draft.text(key).isEmpty();
    }

    private void rule(final ConfigKey blamed, final BooleanSupplier isBroken, final String text, final ConfigKey... looksAt) {
        for (final ConfigKey key : looksAt) {
            if (!draft.isGood(key)) {
                return;
            }
        }
        if (isBroken.getAsBoolean()) {
            final Setting setting = draft.setting(blamed);
            draft.problems().add(setting.origin(), blamed.path(), blamed.path() + " = " + setting.text() + ' ' + text);
        }
    }
}
