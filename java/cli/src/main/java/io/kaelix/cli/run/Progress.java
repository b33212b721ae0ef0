// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.cli.console.ProgressLine;
import io.kaelix.cli.report.Units;
import java.util.List;
import java.util.Locale;

/** How a run goes: what was received since the last look, how far the slowest subscriber is behind, how much is done. */
final class Progress {

    private static final double NANOS_PER_SECOND = 1e9;

    private final ProgressLine line;
    private final Workload workload;
    private final List<Sender> senders;
    private final List<Receiver> receivers;
    private final long start;
    private long lastNanos;
    private long lastReceived;

    Progress(final ProgressLine line, final Workload workload, final List<Sender> senders, final List<Receiver> receivers,
            final long start) {
        this.line = line;
        this.workload = workload;
        this.senders = senders;
        this.receivers = receivers;
        this.start = start;
        this.lastNanos = start;
    }

    void draw() {
        if (line.isLive()) {
            final long now = System.nanoTime();
            final long received = receivers.stream().mapToLong(Receiver::progress).min().orElse(0);
            final long sent = senders.stream().mapToLong(Sender::progress).sum();
            final double rate = (received - lastReceived) * NANOS_PER_SECOND / Math.max(1, now - lastNanos);
            lastNanos = now;
            lastReceived = received;
            // Sent is told a little late: less than received is none behind.
            line.draw(text(rate, Math.max(0, sent - received), sent, workload.done(now - start)));
        }
    }

    static String text(final double rate, final long lag, final long sent, final double done) {
        return Units.count(rate) + " msg/s, lag " + Units.grouped(lag) + ", sent " + Units.grouped(sent)
                + (Double.isNaN(done) ? "" : String.format(Locale.ROOT, ", %.0f%%", Math.min(100, done * 100)));
    }
}
