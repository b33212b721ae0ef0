// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.cli.console.ProgressLine;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.report.Latency;
import io.kaelix.cli.report.RunReport;
import io.kaelix.cli.verify.Received;
import io.kaelix.cli.verify.Sent;
import io.kaelix.cli.verify.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * One run from launch to report: subscribers, publishers and their threads over one streamer.
 *
 * <p>It ends by itself: senders end when the work does, the time is over or a stop is asked for; then the streamer is closed, and
 * receivers end when they have received all. A worker that fails closes the streamer at once, which wakes all others.
 *
 * <p><b>Threads</b>: one.
 */
public final class Run {

    private static final long REDRAW_NANOS = 200_000_000;
    private static final double NANOS_PER_SECOND = 1e9;
    /** What the names of many streams begin with. */
    public static final String STREAMS = "stream.";

    private final RunSettings settings;
    private final Stage.Builder builder;
    private final Terminal terminal;
    private final StopSignal stop;
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final List<Publisher> publishers = new ArrayList<>();
    private final List<Sender> senders = new ArrayList<>();
    private final List<Receiver> receivers = new ArrayList<>();

    /**
     * @param builder makes what it happens on
     * @param stop ends it early
     */
    public Run(final RunSettings settings, final Stage.Builder builder, final Terminal terminal, final StopSignal stop) {
        this.settings = settings;
        this.builder = builder;
        this.terminal = terminal;
        this.stop = stop;
    }

    /**
     * Runs.
     *
     * @return what came of it, which may be that something is missing
     * @throws Exception what kept it from being done
     */
    public RunReport execute() throws Exception {
        try (Stage stage = builder.build(this::note)) {
            try {
                return execute(stage.streamer());
            } finally {
                publishers.forEach(Publisher::close);
                subscribers.forEach(Subscriber::close);
            }
        }
    }

    private void note(final String line) {
        terminal.err().println(line);
        terminal.err().flush();
    }

    private RunReport execute(final MemoryStreamer streamer) throws Exception {
        // Subscribers first: they miss nothing of a publisher that comes later.
        for (int i = 0; i < settings.subscribers(); i++) {
            // Whatever a configuration says of those that name no policy: here all must arrive.
            subscribers.add(streamer.subscriber(TopicPattern.of(settings.streams() == 0 ? settings.topic().name() : STREAMS + ">"),
                    SlowSubscriberPolicy.BLOCK));
        }
        addPublishers(streamer);
        final Workers workers = new Workers(streamer::close);
        final int maxLength = publishers.getFirst().maxLength();
        try (Workload workload = switch (settings.work()) {
            case RunSettings.Lines lines -> new LinesWorkload(settings, lines, workers, terminal, maxLength);
            case RunSettings.Load load -> new LoadWorkload(settings, load, workers, maxLength);
        }) {
            addWorkers(workload, workers);
            final double seconds = drive(streamer, workload, workers);
            throwFailure(workers.failure());
            return report(streamer, seconds);
        }
    }

    private void addPublishers(final MemoryStreamer streamer) {
        final int[] streams = new int[settings.streams()];
        for (int i = 0; i < settings.publishers(); i++) {
            if (streams.length == 0) {
                publishers.add(streamer.publisher(settings.topic()));
            } else {
                final StreamPublisher publisher = streamer.streamPublisher();
                publishers.add(new SpreadPublisher(publisher, Topic.of(STREAMS + 0), streams));
                if (i == 0) {
                    Arrays.setAll(streams, stream -> publisher.stream(STREAMS + stream));
                }
            }
        }
    }

    private void addWorkers(final Workload workload, final Workers workers) {
        for (int i = 0; i < publishers.size(); i++) {
            final Sender sender = workload.sender(publishers.get(i), i);
            senders.add(sender);
            workers.addSender("publisher-" + (i + 1), sender);
        }
        // Last, since it opens the output: what that file held is lost only when nothing else stands in the way.
        for (int i = 0; i < subscribers.size(); i++) {
            final Receiver receiver = workload.receiver(subscribers.get(i), publishers, i);
            receivers.add(receiver);
            workers.addReceiver("subscriber-" + (i + 1), receiver);
        }
    }

    /** Lets the workers run to their end; the seconds that it took. */
    private double drive(final MemoryStreamer streamer, final Workload workload, final Workers workers) throws InterruptedException {
        final ProgressLine line = new ProgressLine(terminal);
        final long start = System.nanoTime();
        final Progress progress = new Progress(line, workload, senders, receivers, start);
        workers.start();
        stop.onRequest(workers::stopSending);
        final long limit = workload.duration().toNanos();
        try {
            long rest = limit;
            while (!workers.awaitSenders(Math.max(0, Math.min(rest, REDRAW_NANOS)))) {
                rest = limit - (System.nanoTime() - start);
                if (rest <= 0) {
                    workers.stopSending();
                    rest = REDRAW_NANOS;
                }
                progress.draw();
            }
            streamer.close();
            while (!workers.awaitReceivers(REDRAW_NANOS)) {
                progress.draw();
            }
            return (System.nanoTime() - start) / NANOS_PER_SECOND;
        } finally {
            line.clear();
        }
    }

    private static void throwFailure(final Throwable failure) throws Exception {
        switch (failure) {
            case null -> { }
            case Exception exception -> throw exception;
            case Error error -> throw error;
            default -> throw new IllegalStateException(failure);
        }
    }

    /** All publishers begin with the same stream: who got the most of them got one of those that the others got, too. */
    private RunReport.Spread spread() {
        return settings.streams() == 0 ? null : new RunReport.Spread(settings.streams(), receivers.stream()
                .mapToInt(receiver -> receiver.received().stream().mapToInt(Received::streams).max().orElse(0)).min().orElse(0));
    }

    private RunReport report(final MemoryStreamer streamer, final double seconds) {
        final List<Sent> sent = senders.stream().map(Sender::sent).toList();
        final Histogram latencies = new Histogram(receivers.getFirst().latencies());
        receivers.forEach(receiver -> latencies.add(receiver.latencies()));
        return new RunReport(sent.stream().mapToLong(Sent::messages).sum(), sent.stream().mapToLong(Sent::bytes).sum(),
                publishers.size(), subscribers.size(), seconds, Latency.of(latencies), spread(),
                Verdict.of(sent, receivers.stream().map(Receiver::received).toList()), streamer.placement(), stop.isRequested());
    }
}
