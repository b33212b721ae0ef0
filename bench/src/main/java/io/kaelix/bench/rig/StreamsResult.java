// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.rig.Results.Environment;
import io.kaelix.bench.streams.StreamsOutcome;
import io.kaelix.bench.streams.StreamsOutcome.Costs;
import io.kaelix.bench.streams.StreamsOutcome.Flow;
import io.kaelix.bench.streams.StreamsOutcome.Lookups;
import io.kaelix.bench.streams.StreamsOutcome.Nanos;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What a run of {@code kaelix bench streams} found, as its JSON has it: medians over the rounds.
 *
 * @param command that gives these figures again
 * @param startedAt ISO 8601, UTC
 * @param environment where it ran
 * @param count streams
 * @param nameCharacters of each name
 * @param rounds each in a JVM of its own
 * @param createSeconds for all
 * @param bytesPerStream native memory and heap together, name and index included
 * @param nativeBytesPerStream growth of the process
 * @param heapBytesPerStream growth of the heap in use
 * @param lookupNs by topic
 * @param streamer the same of a streamer as a whole: asked for through a publisher, and a first message sent to each
 * @param hashMap the same of {@code HashMap<String, Integer>}
 * @param all messages spread over all streams, to a subscriber of everything: the median rate, and sums over the rounds, but for
 *     the streams, which are those of the round that reached fewest
 * @param matching the same to a subscriber of a pattern
 * @param clockNanos that are in each p50
 */
record StreamsResult(String command, String startedAt, Environment environment, int count, int nameCharacters, int rounds,
        double createSeconds, double bytesPerStream, double nativeBytesPerStream, double heapBytesPerStream, Lookups lookupNs, Costs streamer,
        Costs hashMap, Flow all, Flow matching, double clockNanos) {

    /** Medians of at least one round. */
    static StreamsResult of(final String command, final String startedAt, final Environment environment, final int count,
            final int nameCharacters, final List<StreamsOutcome> found) {
        final Costs table = costs(found, StreamsOutcome::table);
        return new StreamsResult(command, startedAt, environment, count, nameCharacters, found.size(), table.createSeconds(),
                table.bytesPerStream(), table.nativeBytesPerStream(), table.heapBytesPerStream(), table.lookupNs(),
                costs(found, StreamsOutcome::streamer), costs(found, StreamsOutcome::hashMap), flow(found, StreamsOutcome::all),
                flow(found, StreamsOutcome::matching), median(found, StreamsOutcome::clockNanos));
    }

    private static Costs costs(final List<StreamsOutcome> found, final Function<StreamsOutcome, Costs> subject) {
        return new Costs(median(found, outcome -> subject.apply(outcome).createSeconds()),
                median(found, outcome -> subject.apply(outcome).bytesPerStream()),
                median(found, outcome -> subject.apply(outcome).nativeBytesPerStream()),
                median(found, outcome -> subject.apply(outcome).heapBytesPerStream()),
                new Lookups(nanos(found, outcome -> subject.apply(outcome).lookupNs().random()),
                        nanos(found, outcome -> subject.apply(outcome).lookupNs().hot())));
    }

    private static Flow flow(final List<StreamsOutcome> found, final Function<StreamsOutcome, Flow> subject) {
        final List<Flow> flows = found.stream().map(subject).toList();
        return new Flow(flows.stream().mapToInt(Flow::streams).min().orElseThrow(), flows.stream().mapToLong(Flow::sent).sum(),
                flows.stream().mapToLong(Flow::received).sum(), flows.stream().mapToLong(flow -> Math.abs(flow.lost())).sum(),
                flows.stream().mapToLong(Flow::irregular).sum(), median(found, outcome -> subject.apply(outcome).messagesPerSecond()));
    }

    /** Whether all messages arrived, on all streams, each once and in its order. */
    boolean isClean() {
        return isClean(all) && isClean(matching);
    }

    private boolean isClean(final Flow flow) {
        return flow.streams() == count && flow.sent() == flow.received() && flow.lost() == 0 && flow.irregular() == 0;
    }

    private static Nanos nanos(final List<StreamsOutcome> found, final Function<StreamsOutcome, Nanos> lookups) {
        return new Nanos(median(found, outcome -> lookups.apply(outcome).mean()), median(found, outcome -> lookups.apply(outcome).p50()));
    }

    private static double median(final List<StreamsOutcome> found, final ToDoubleFunction<StreamsOutcome> figure) {
        return Medians.of(found.stream().map(figure::applyAsDouble).toList());
    }

    /** For people. */
    String toText() {
        final TextTable table = new TextTable(1, count + " streams", "created in s", "bytes each", "native", "heap", "random ns", "p50", "hot ns",
                "p50");
        table.add(row("kaelix, the table", new Costs(createSeconds, bytesPerStream, nativeBytesPerStream, heapBytesPerStream, lookupNs)));
        table.add(row("kaelix, all in", streamer));
        table.add(row("HashMap<String, Integer>", hashMap));
        return command + "  at " + startedAt + "\n" + environment.cpu() + "; " + environment.kernel() + "; " + environment.jvm() + "\n\n"
                + table + "medians of " + rounds + " rounds; names of " + nameCharacters + " characters; bytes: resident memory and heap, "
                + "names and index included\nlookups by a Topic that is there; the mean without, the p50 with the reading of the clock, "
                + figure(clockNanos, 0) + " ns; a HashMap's strings keep their hash\n"
                + "all in: a streamer with a publisher of them all, and a first message to each\n\n" + line(">", all) + line("a pattern", matching);
    }

    private static String line(final String subscriber, final Flow flow) {
        return String.format(Locale.ROOT, "spread over %d streams, to a subscriber of %-10s %6.2f million messages/s; sent %d, received %d, lost %d,"
                + " out of order or again %d%n", flow.streams(), subscriber + ":", flow.messagesPerSecond() / 1e6, flow.sent(),
                flow.received(), flow.lost(), flow.irregular());
    }

    private static String[] row(final String name, final Costs costs) {
        return new String[] {name, figure(costs.createSeconds(), 2), figure(costs.bytesPerStream(), 1), figure(costs.nativeBytesPerStream(), 1),
                figure(costs.heapBytesPerStream(), 1), figure(costs.lookupNs().random().mean(), 0), figure(costs.lookupNs().random().p50(), 0),
                figure(costs.lookupNs().hot().mean(), 0), figure(costs.lookupNs().hot().p50(), 0)};
    }

    private static String figure(final double value, final int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
