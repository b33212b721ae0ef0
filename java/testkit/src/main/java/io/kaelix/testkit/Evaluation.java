// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

import io.kaelix.testkit.load.Recording;
import io.kaelix.testkit.load.Schedule;
import io.kaelix.testkit.noise.GapTimeline;
import io.kaelix.testkit.noise.GapWatch;
import io.kaelix.testkit.noise.Intervals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes results of a recording: sets each message against the gaps of the two threads that it depended on, its publisher's and the
 * receiving one. A function of the recording alone.
 */
final class Evaluation {

    private static final double NANOS_PER_SECOND = 1e9;

    private final Recording recording;
    private final LatencyDistribution all = new LatencyDistribution();
    private final LatencyDistribution quiet = new LatencyDistribution();
    private final LatencyDistribution withoutGaps = new LatencyDistribution();
    private final List<Intervals> gaps = new ArrayList<>();
    private long sent;

    private Evaluation(final Recording recording) {
        this.recording = recording;
    }

    /**
     * Evaluates.
     *
     * @param duration of the measured load, as planned
     */
    static LatencyResults of(final Recording recording, final Duration duration) {
        return new Evaluation(recording).evaluate(duration);
    }

    private LatencyResults evaluate(final Duration duration) {
        final Intervals receiverGaps = ofTheMachine(recording.receiverWatch());
        for (int i = 0; i < recording.schedules().length; i++) {
            final Intervals senderGaps = ofTheMachine(recording.senderWatches().get(i));
            evaluate(recording.schedules()[i], recording.latencies()[i], GapTimeline.of(List.of(senderGaps, receiverGaps)));
        }
        final long elapsed = Math.max(duration.toNanos(), recording.lastReturned() - recording.schedules()[0].measuredStart());
        return new LatencyResults(sent, all.count() * NANOS_PER_SECOND / elapsed, recording.backPressuredTries(), all, quiet, withoutGaps,
                noise());
    }

    private Intervals ofTheMachine(final GapWatch watch) {
        final Intervals found = watch.gaps().without(recording.jvmPauses());
        gaps.add(found);
        return found;
    }

    private void evaluate(final Schedule schedule, final long[] latencies, final GapTimeline timeline) {
        sent += latencies.length;
        for (int i = 0; i < latencies.length; i++) {
            final long latency = latencies[i];
            if (latency != Recording.NOT_RECEIVED) {
                final long due = schedule.measuredDueNanos(i);
                final long overlap = timeline.overlap(due, due + latency);
                all.record(latency);
                withoutGaps.record(latency - overlap);
                if (overlap == 0) {
                    quiet.record(latency);
                }
            }
        }
    }

    private MachineNoise noise() {
        final List<GapWatch> watches = new ArrayList<>(recording.senderWatches());
        watches.add(recording.receiverWatch());
        final long watched = watches.stream().mapToLong(GapWatch::watchedNanos).sum();
        final long unwatched = watches.stream().mapToLong(GapWatch::unwatchedNanos).sum();
        final GapWatch before = recording.before();
        return new MachineNoise(
                share(before.gaps().totalLength(), before.watchedNanos()), Duration.ofNanos(before.gaps().longest()),
                share(gaps.stream().mapToLong(Intervals::totalLength).sum(), watched),
                gaps.stream().mapToLong(Intervals::size).sum(),
                Duration.ofNanos(gaps.stream().mapToLong(Intervals::longest).max().orElse(0)),
                share(watched, watched + unwatched), recording.stealShare(), Duration.ofMillis(recording.jvmPausedMillis()));
    }

    private static double share(final long part, final long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
