// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.pipe.Exchange;
import io.kaelix.cli.pipe.MessagePrinter;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kaelix sub}: messages to lines. */
@Command(name = "sub", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = {"Writes the messages of all topics that match to standard output, a line each, until Ctrl-C or --count. Ends when whoever "
                + "reads that has enough, as head does, without waiting for a message more."},
        footer = {"", "Exit status: 0 as many as were asked for, 1 the server refuses or is gone, messages were lost that should not be, or "
                + "standard output cannot be written, 2 wrong usage, 130 interrupted, 141 the reader of standard output is gone.", "",
                "  kaelix sub numbers --count 5000000 | cmp - <(seq 1 5000000)", "  kaelix sub '>' --format json | jq .topic"})
final class SubCommand implements Callable<Integer> {

    /** For a goodbye. */
    private static final Duration CLOSING = Duration.ofSeconds(1);

    private final Terminal terminal;
    private final StopSignal stop;
    private final Map<String, String> environment;

    @Parameters(index = "0", paramLabel = "PATTERN",
            description = "Topics: a name, in which a token may be * (any one), and the last > (all that follow). Quote it in a shell.")
    private String pattern;

    @Mixin
    private ExchangeOptions exchange;

    @Option(names = "--count", paramLabel = "N", description = "End after so many messages.")
    private Long count;

    @Option(names = "--format", paramLabel = "raw|json", defaultValue = "raw",
            description = "raw: the payload and a newline. json: an object in a line, with topic, stream, publisher, sequence, timestamp, "
                    + "headers, and the payload, or base64 where that is not UTF-8. Default: ${DEFAULT-VALUE}.")
    private String format;

    @Option(names = "--from", paramLabel = "latest|oldest", defaultValue = "latest",
            description = "latest: what is sent from now on. oldest: what publishers that are there still keep, first. Default: ${DEFAULT-VALUE}.")
    private String from;

    @Option(names = "--policy", paramLabel = "block|lossy|disconnect", converter = PolicyName.class, defaultValue = "block",
            description = "When this is slower than its publishers. block: they wait. lossy: messages are left out, and counted. disconnect: it is "
                    + "cut off. Default: block, so that nothing is lost; where publishers must not wait, take another.")
    private SlowSubscriberPolicy policy;

    SubCommand(final Terminal terminal, final StopSignal stop, final Map<String, String> environment) {
        this.terminal = terminal;
        this.stop = stop;
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        if (count != null && count < 1) {
            throw CommandException.usage("--count must be at least 1, not " + count);
        }
        final boolean json = oneOf("--format", format, "json", "raw");
        final boolean oldest = oneOf("--from", from, "oldest", "latest");
        final SubscriberConfig config = SubscriberConfig.defaults().withPolicy(policy).withStart(oldest ? Start.oldest() : Start.latest());
        final MessagePrinter.Settings settings = new MessagePrinter.Settings(pattern(), config, count == null ? Long.MAX_VALUE : count, json,
                exchange.patience());
        try (Exchange opened = exchange.open(environment, "kaelix sub", CLOSING)) {
            return new MessagePrinter(opened, settings, terminal, stop).execute();
        }
    }

    /** Whether it is the first; if it is neither, that is an error. */
    private static boolean oneOf(final String option, final String given, final String first, final String second) {
        if (!given.equals(first) && !given.equals(second)) {
            throw CommandException.usage(option + " must be " + first + " or " + second + ", not '" + given + "'");
        }
        return given.equals(first);
    }

    private TopicPattern pattern() {
        try {
            return TopicPattern.of(pattern);
        } catch (final IllegalArgumentException e) {
            throw CommandException.usage(e.getMessage());
        }
    }
}
