// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.Topic;
import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.Endpoint;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.pipe.Exchange;
import io.kaelix.cli.pipe.LinePublisher;
import io.kaelix.cli.pipe.MessageKey;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kaelix pub}: lines to messages. */
@Command(name = "pub", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = {"Publishes each line of standard input, or of a file, as a message of a topic. A line is any bytes without its newline. "
                + "Where a subscriber holds up the topic, it waits, and reads no more; at the end, it waits until all has arrived."},
        footer = {"", "Exit status: 0 all was sent and arrived, 1 the server refuses or is gone or something cannot be read, 2 wrong usage, "
                + "130 interrupted: whole lines that were read before are sent.", "",
                "  seq 1 5000000 | kaelix pub numbers", "  tail -f access.log | kaelix pub web.access --key 1"})
final class PubCommand implements Callable<Integer> {

    private static final long MAX_RATE = 1_000_000_000;
    /** The publisher of lines says itself when it has waited for long enough. */
    private static final Duration ANY_TIME = Duration.ofDays(1);

    private final Terminal terminal;
    private final StopSignal stop;
    private final Map<String, String> environment;

    @Parameters(index = "0", paramLabel = "TOPIC", description = "The topic, such as orders.eu.")
    private String topic;

    @Parameters(index = "1", arity = "0..1", paramLabel = "FILE", defaultValue = "-", description = "The lines; - is standard input, which is "
            + "the default.")
    private String file;

    @Mixin
    private ExchangeOptions exchange;

    @Option(names = "--rate", paramLabel = "N", description = "Messages a second. Default: as many as there are.")
    private Long rate;

    @Option(names = "--key", paramLabel = "N|REGEX",
            description = "The key of a message, which chooses its partition: field N of the line, from 1, as separated by blanks; or what the "
                    + "expression matches, its first group if it has one. A line without a key goes to any partition.")
    private String key;

    @Option(names = "--wait", paramLabel = "TIME", converter = DurationText.class,
            description = "Send nothing until somebody has subscribed to the topic, for so long at most. Default: ${DEFAULT-VALUE}",
            defaultValue = "5s")
    private Duration wait;

    @Option(names = "--no-wait", description = "Send at once, whether anybody listens or not.")
    private boolean noWait;

    PubCommand(final Terminal terminal, final StopSignal stop, final Map<String, String> environment) {
        this.terminal = terminal;
        this.stop = stop;
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException {
        if (rate != null && (rate < 1 || rate > MAX_RATE)) {
            throw CommandException.usage("--rate must be from 1 to " + MAX_RATE + ", not " + rate);
        }
        final LinePublisher.Settings settings = new LinePublisher.Settings(topic(), new Endpoint(file), rate == null ? 0 : rate,
                key == null ? null : MessageKey.of(key), noWait ? Duration.ZERO : wait, exchange.patience());
        // What is missing on this side is told before anybody else is troubled.
        try (ReadableByteChannel input = settings.input().openInput(terminal)) {
            final Exchange opened = exchange.open(environment, "kaelix pub", ANY_TIME);
            return new LinePublisher(opened, settings, terminal, stop).execute(input);
        }
    }

    private Topic topic() {
        try {
            return Topic.of(topic);
        } catch (final IllegalArgumentException e) {
            throw CommandException.usage(e.getMessage());
        }
    }
}
