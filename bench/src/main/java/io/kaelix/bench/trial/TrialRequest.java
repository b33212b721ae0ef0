// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a trial is asked for: both sides of the command line {@code KIND SYSTEM MODE --payload N …}.
 *
 * @param kind what is measured
 * @param system and
 * @param mode name an entry of the catalogue
 * @param payload bytes of each message
 * @param seconds measured
 * @param warmup seconds before, not measured
 * @param cpus for the threads: producers first, the last one for the consumer; one CPU is shared by all
 * @param rate messages a second of a paced trial, 0 for the others
 */
public record TrialRequest(Kind kind, String system, String mode, int payload, double seconds, double warmup, List<Integer> cpus,
        long rate) {

    private static final String PAYLOAD = "--payload";
    private static final String SECONDS = "--seconds";
    private static final String WARMUP = "--warmup";
    private static final String CPUS = "--cpus";
    private static final String RATE = "--rate";
    private static final List<String> OPTIONS = List.of(PAYLOAD, SECONDS, WARMUP, CPUS, RATE);
    private static final int POSITIONALS = 3;

    /** What can be measured. */
    public enum Kind {
        /** Messages a second, as received. */
        THROUGHPUT("throughput"),
        /** Half of the round trip of one message at a time. */
        PING_PONG("ping-pong"),
        /** From the intended send time to receipt, at a fixed rate. */
        PACED("paced");

        private final String label;

        Kind(final String label) {
            this.label = label;
        }

        /** As the command line has it. */
        public String label() {
            return label;
        }

        private static Kind of(final String label) throws TrialException {
            return Arrays.stream(values()).filter(kind -> kind.label.equals(label)).findFirst().orElseThrow(() -> new TrialException(
                    "a trial is throughput, ping-pong or paced, not '" + label + "'"));
        }
    }

    /** Checks what {@link #parse} cannot. */
    public TrialRequest {
        cpus = List.copyOf(cpus);
        if (!(seconds > 0) || !(warmup >= 0) || cpus.isEmpty() || rate < 0 || (kind == Kind.PACED) != (rate > 0)) {
            throw new IllegalArgumentException("seconds " + seconds + ", warm-up " + warmup + ", CPUs " + cpus + ", rate " + rate
                    + ": need more than 0 seconds, no negative warm-up, a CPU, and a rate where and only where it is paced");
        }
    }

    /** The command line that {@link #parse} reads. */
    public List<String> toArguments() {
        final List<String> arguments = new ArrayList<>(List.of(kind.label, system, mode, PAYLOAD, Integer.toString(payload),
                SECONDS, Double.toString(seconds), WARMUP, Double.toString(warmup),
                CPUS, cpus.stream().map(String::valueOf).collect(Collectors.joining(","))));
        if (kind == Kind.PACED) {
            arguments.addAll(List.of(RATE, Long.toString(rate)));
        }
        return arguments;
    }

    /** Reads what {@link #toArguments} wrote, or a person. */
    static TrialRequest parse(final String... arguments) throws TrialException {
        if (arguments.length < POSITIONALS || arguments.length % 2 != POSITIONALS % 2) {
            throw new TrialException("usage: KIND SYSTEM MODE [--payload N] [--seconds S] [--warmup S] [--cpus A,B] [--rate N]");
        }
        final Map<String, String> options = new TreeMap<>(Map.of(PAYLOAD, "64", SECONDS, "1", WARMUP, "1", CPUS, "0,1", RATE, "0"));
        for (int i = POSITIONALS; i < arguments.length; i += 2) {
            if (!OPTIONS.contains(arguments[i])) {
                throw new TrialException("no option " + arguments[i] + "; there are " + String.join(" ", OPTIONS));
            }
            options.put(arguments[i], arguments[i + 1]);
        }
        try {
            return new TrialRequest(Kind.of(arguments[0]), arguments[1], arguments[2], Integer.parseInt(options.get(PAYLOAD)),
                    Double.parseDouble(options.get(SECONDS)), Double.parseDouble(options.get(WARMUP)),
                    Arrays.stream(options.get(CPUS).split(",")).map(Integer::valueOf).toList(), Long.parseLong(options.get(RATE)));
        } catch (final NumberFormatException e) {
            throw new TrialException("not a number among " + options + ": " + e.getMessage());
        } catch (final IllegalArgumentException e) {
            throw new TrialException(e.getMessage());
        }
    }

    /** Whether so many busy threads have to share CPUs. */
    boolean isShared(final int busyThreads) {
        return busyThreads > cpus.stream().distinct().count();
    }

    /** CPU of a producer: all but the last are theirs, in turn. */
    int producerCpu(final int producer) {
        return cpus.get(producer % Math.max(1, cpus.size() - 1));
    }

    /** CPU of the consumer: the last. */
    int consumerCpu() {
        return cpus.get(cpus.size() - 1);
    }
}
