// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/** Whatever is done to a lane, in whatever order: readers get what the {@linkplain LaneModel list of its frames} says. */
class LanePropertyTest {

    /** Something to do; lengths are thousandths of the longest frame, so that they suit any ring. */
    sealed interface Step {

        record Write(int claimed, int committed) implements Step {
        }

        record Abort(int claimed) implements Step {
        }

        record Batch(boolean begin) implements Step {
        }

        record Join(int kind) implements Step {

            static final int LOSSY = 0;
            static final int GATING = 1;
        }

        record Leave(int which) implements Step {
        }

        record Poll(int which, int limit) implements Step {
        }

        record Sample(int bytes) implements Step {
        }
    }

    @Property(tries = 400, shrinking = ShrinkingMode.BOUNDED)
    @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
    void shouldHandOverExactlyWhatWasWritten(@ForAll("capacities") final int capacity, @ForAll("steps") final List<Step> steps) {
        try (LaneModel model = new LaneModel(capacity)) {
            steps.forEach(step -> take(model, step, LaneDescriptor.maxFrameLength(capacity)));
            model.finish();
            Statistics.collect(model.wrapped());
            Statistics.coverage(wrapped -> wrapped.check(true).percentage(percent -> percent > 25));
            Statistics.label("timed").collect(model.timed() > 0);
            Statistics.label("timed").coverage(timed -> timed.check(true).percentage(percent -> percent > 25));
        }
    }

    @Property(tries = 400, shrinking = ShrinkingMode.BOUNDED)
    @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
    void shouldCountExactlyWhatWasLostWhenNobodyGates(@ForAll("capacities") final int capacity,
            @ForAll("steps") final List<Step> steps) {
        try (LaneModel model = new LaneModel(capacity)) {
            model.join(Step.Join.LOSSY);
            steps.stream().filter(step -> !(step instanceof Step.Join(int kind) && kind != Step.Join.LOSSY))
                    .forEach(step -> take(model, step, LaneDescriptor.maxFrameLength(capacity)));
            model.finish();
            Statistics.collect(model.lost());
            Statistics.coverage(lost -> lost.check(true).percentage(percent -> percent > 25));
        }
    }

    private static void take(final LaneModel model, final Step step, final int longest) {
        switch (step) {
            case Step.Write(int claimed, int committed) -> {
                final int claim = length(claimed, longest);
                model.write(claim, length(committed, claim));
            }
            case Step.Abort(int claimed) -> model.abort(length(claimed, longest));
            case Step.Batch(boolean begin) -> {
                if (begin) {
                    model.beginBatch();
                } else {
                    model.endBatch();
                }
            }
            case Step.Join(int kind) -> model.join(kind);
            case Step.Leave(int which) -> model.leave(which);
            case Step.Poll(int which, int limit) -> model.poll(which, limit);
            case Step.Sample(int bytes) -> model.sample(bytes);
        }
    }

    private static int length(final int thousandths, final int longest) {
        return 16 + (longest - 16) * thousandths / 1000;
    }

    @Provide
    Arbitrary<Integer> capacities() {
        return Arbitraries.of(256, 512, 1024, 4096);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        final Arbitrary<Integer> part = Arbitraries.integers().between(0, 1000);
        final Arbitrary<Integer> small = Arbitraries.integers().between(0, 150);
        final Arbitrary<Integer> whole = Arbitraries.just(1000);
        final Arbitrary<Integer> which = Arbitraries.integers().between(0, 7);
        final Arbitrary<Integer> limit = Arbitraries.integers().between(1, 12);
        return Arbitraries.<Step>frequencyOf(
                Tuple.of(20, Combinators.combine(small, whole).as(Step.Write::new)),
                Tuple.of(10, Combinators.combine(part, whole).as(Step.Write::new)),
                Tuple.of(4, Combinators.combine(part, part).as(Step.Write::new)),
                Tuple.of(2, part.map(Step.Abort::new)),
                Tuple.of(2, Arbitraries.of(true, false).map(Step.Batch::new)),
                Tuple.of(1, Arbitraries.of(Step.Join.LOSSY, Step.Join.GATING).map(Step.Join::new)),
                Tuple.of(1, which.map(Step.Leave::new)),
                Tuple.of(6, Combinators.combine(which, limit).as(Step.Poll::new)),
                Tuple.of(1, Arbitraries.of(0, 1, 64, 1024).map(Step.Sample::new)))
                .list().ofMinSize(1).ofMaxSize(1000).withSizeDistribution(RandomDistribution.uniform());
    }
}
