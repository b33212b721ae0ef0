// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.StreamerConfig;
import io.kaelix.Topic;
import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.Endpoint;
import io.kaelix.cli.console.ExitStatus;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.report.JsonReport;
import io.kaelix.cli.report.RunReport;
import io.kaelix.cli.report.TableReport;
import io.kaelix.cli.run.Run;
import io.kaelix.cli.run.RunSettings;
import io.kaelix.cli.run.Stage;
import io.kaelix.config.ConfigKey;
import io.kaelix.config.ConfigLoader;
import io.kaelix.config.KaelixConfig;
import io.kaelix.config.Origin;
import io.kaelix.config.Setting;
import io.kaelix.config.TopicConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kaelix run}: checks the options, runs, reports. */
@Command(name = "run", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = {"Streams the lines of a file, or a load that it makes up, from publishers to subscribers in one process, and "
                + "checks that every subscriber gets every message once and in its publisher's order."},
        footer = {"", "Settings come from the profile, the file and the environment (KAELIX_...); options win. With any of them "
                + "the program is launched as they say, with a scheduler; without, it is a streamer alone. 'kaelix top' shows either.",
            "", "Exit status: 0 all arrived, 1 something was lost or could not be read or written, 2 wrong usage."})
final class RunCommand implements Callable<Integer> {

    private static final int MAX_PUBLISHERS = 256;
    /** A lane has no room for more. */
    private static final int MAX_SUBSCRIBERS = 64;
    private static final int MAX_BATCH = 1 << 20;

    /** Four bytes each. */
    private static final long MAX_CHECKS = 64_000_000;

    private static final String DEFAULT_TOPIC = "lines";
    private static final int DEFAULT_SIZE = 64;
    private static final int DEFAULT_BATCH = 64;
    private static final Duration DEFAULT_DURATION = Duration.ofSeconds(10);

    private final Terminal terminal;
    private final StopSignal stop;
    private final Map<String, String> environment;

    @Option(names = "--input", paramLabel = "FILE|-",
            description = "Each line is a message. - is standard input. Without it, messages are made up.")
    private String input;

    @Option(names = "--topic", paramLabel = "T", description = "Topic. Default: lines.")
    private String topic;

    @Option(names = "--output", paramLabel = "FILE|-",
            description = "The first subscriber writes the lines there. - is standard output; the report goes to standard error then.")
    private String output;

    @Option(names = "--publishers", paramLabel = "N", defaultValue = "1", description = "Default: 1.")
    private int publishers;

    @Option(names = "--subscribers", paramLabel = "N", defaultValue = "1", description = "Default: 1.")
    private int subscribers;

    @Option(names = "--size", paramLabel = "BYTES", converter = ByteCount.class,
            description = "Bytes in each message that is made up. Default: 64.")
    private Integer size;

    @Option(names = "--rate", paramLabel = "N",
            description = "Messages a second that are made up, by all publishers. Default: as many as they can.")
    private Long rate;

    @Option(names = "--duration", paramLabel = "TIME", converter = DurationText.class,
            description = "How long messages are made up, such as 500ms, 10s or 2m. Default: 10s.")
    private Duration duration;

    @Option(names = "--streams", paramLabel = "N",
            description = "Streams that messages which are made up are spread over, in turn, instead of the one topic: stream.0, stream.1 and "
                    + "so on, up to 1000000. Order and losses are checked for each.")
    private Integer streams;

    @Option(names = "--batch", paramLabel = "N",
            description = "Most messages that are published together. Default: 64, or performance.batch_size if that is set; "
                    + "with --rate 1; with --input what is read at a time.")
    private Integer batch;

    @Option(names = "--lane", paramLabel = "BYTES", converter = ByteCount.class,
            description = "Memory of each publisher's lane, such as 64k or 1m: a power of two. Default: 1m, or performance.buffer_size if "
                    + "that is set.")
    private Integer lane;

    @Mixin
    private SettingsOptions given;

    @Option(names = "--json", description = "Report one JSON object on standard output.")
    private boolean json;

    /** @param environment that settings may come from */
    RunCommand(final Terminal terminal, final StopSignal stop, final Map<String, String> environment) {
        this.terminal = terminal;
        this.stop = stop;
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        checkOptions();
        final ConfigLoader loader = loader();
        final KaelixConfig settings = loader.load();
        final RunSettings run = settings(settings);
        final Stage.Builder stage = isConfigured(settings) ? Stage.configured(loader) : Stage.plain(run.laneCapacity(), settings);
        return conclude(new Run(run, stage, terminal, stop).execute());
    }

    /** What options say wins. */
    private ConfigLoader loader() {
        final ConfigLoader loader = given.loader(environment);
        return lane == null ? loader : loader.with(ConfigKey.PERFORMANCE_BUFFER_SIZE, lane);
    }

    /** Whether anything but options of this command sets anything. */
    private boolean isConfigured(final KaelixConfig settings) {
        return given.areGiven()
                || settings.settings().stream().anyMatch(setting -> setting.origin().layer() == Origin.Layer.ENVIRONMENT);
    }

    /** Prints what a run came to, and judges it. */
    int conclude(final RunReport report) throws IOException {
        print(report);
        if (!report.verdict().isClean()) {
            throw CommandException.failed("what was received is not what was sent: "
                    + String.join("; ", report.verdict().differences())
                    + "; this must not happen, report it with the command and 'kaelix --version'");
        }
        return report.interrupted() ? ExitStatus.INTERRUPTED : ExitStatus.OK;
    }

    private void print(final RunReport report) throws IOException {
        if (json) {
            terminal.print(JsonReport.of(report));
        } else if (isStandard(output)) {
            terminal.err().print(TableReport.of(report));
            terminal.err().flush();
        } else {
            terminal.print(TableReport.of(report));
        }
    }

    private void checkOptions() {
        checkRange("--publishers", publishers, 1, MAX_PUBLISHERS);
        checkRange("--subscribers", subscribers, 1, MAX_SUBSCRIBERS);
        if (batch != null) {
            checkRange("--batch", batch, 1, MAX_BATCH);
        }
        if (lane != null && (Integer.bitCount(lane) != 1 || lane < StreamerConfig.MIN_LANE_CAPACITY)) {
            throw CommandException.usage("--lane must be a power of two from 64k to 1g, not " + lane);
        }
        given.check();
    }

    private RunSettings settings(final KaelixConfig settings) {
        final RunSettings.Work work = input != null ? lines() : load();
        checkTopics(settings.streams().topics());
        return new RunSettings(topic(), publishers, subscribers, batch(settings.setting(ConfigKey.PERFORMANCE_BATCH_SIZE)),
                settings.performance().bufferSize(), work);
    }

    /** Messages of a topic with partitions have an order in each of them alone, which is not what is checked here. */
    private void checkTopics(final List<TopicConfig> topics) {
        for (final TopicConfig declared : topics) {
            final String name = declared.name().name();
            if (declared.partitions() > 1 && (streams != null ? name.startsWith(Run.STREAMS) : name.equals(topic().name()))) {
                throw CommandException.usage("topic " + name + " has " + declared.partitions() + " partitions by its declaration, and a "
                        + "run checks the order of whole topics: give another --topic, or take that line out of the file");
            }
        }
    }

    private int batch(final Setting configured) {
        if (batch != null) {
            return batch;
        }
        if (input == null && rate == null && configured.origin().layer() != Origin.Layer.DEFAULT) {
            return (int) (long) (Long) configured.value();
        }
        return input != null ? MAX_BATCH : rate != null ? 1 : DEFAULT_BATCH;
    }

    private RunSettings.Lines lines() {
        if (size != null || rate != null || duration != null || streams != null) {
            throw CommandException.usage((size != null ? "--size" : rate != null ? "--rate" : duration != null ? "--duration" : "--streams")
                    + " is for messages that are made up, --input has messages: give one or the other");
        }
        final Endpoint source = new Endpoint(input);
        final Endpoint target = output == null ? null : new Endpoint(output);
        if (isStandard(output) && json) {
            throw CommandException.usage("--json and --output - both want standard output: let --output name a file");
        }
        if (target != null && source.isSameFileAs(target)) {
            throw CommandException.usage("--input and --output are the same file, " + (source.isStandard() ? output : input)
                    + ": let --output name another");
        }
        return new RunSettings.Lines(source, target);
    }

    private RunSettings.Load load() {
        if (output != null) {
            throw CommandException.usage("--output is for lines: give --input too, or leave it out");
        }
        if (size != null) {
            checkRange("--size", size, RunSettings.Load.MIN_SIZE, Integer.MAX_VALUE);
        }
        if (rate != null) {
            checkRange("--rate", rate, 1, RunSettings.Load.MAX_RATE);
        }
        if (streams != null) {
            checkRange("--streams", streams, 1, RunSettings.Load.MAX_STREAMS);
            checkStreams();
        }
        return new RunSettings.Load(size != null ? size : DEFAULT_SIZE, rate != null ? rate : 0,
                duration != null ? duration : DEFAULT_DURATION, streams != null ? streams : 0);
    }

    private void checkStreams() {
        if (topic != null) {
            throw CommandException.usage("--streams has topics of its own, --topic is for one: give one or the other");
        }
        final long checks = (long) streams * publishers * subscribers;
        if (checks > MAX_CHECKS) {
            throw CommandException.usage("--streams " + streams + " with " + publishers + " publishers and " + subscribers
                    + " subscribers are " + checks + " orders to check, at most " + MAX_CHECKS + ": ask for fewer of one of them");
        }
    }

    private Topic topic() {
        try {
            return Topic.of(topic != null ? topic : DEFAULT_TOPIC);
        } catch (final IllegalArgumentException e) {
            throw CommandException.usage("--topic: " + e.getMessage());
        }
    }

    private static void checkRange(final String option, final long value, final long least, final long most) {
        if (value < least || value > most) {
            throw CommandException.usage(option + " must be " + (most == Integer.MAX_VALUE
                    ? "at least " + least
                    : "from " + least + " to " + most) + ", not " + value);
        }
    }

    private static boolean isStandard(final String name) {
        return name != null && new Endpoint(name).isStandard();
    }
}
