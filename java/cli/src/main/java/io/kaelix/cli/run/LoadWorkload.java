// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.cli.console.CommandException;
import java.time.Duration;
import java.util.List;

/** Messages that are made up, for a time. */
final class LoadWorkload implements Workload {

    /** The first messages are due when all threads run. */
    private static final long HEAD_START_NANOS = 2_000_000;

    private final RunSettings settings;
    private final RunSettings.Load load;
    private final Workers workers;
    private final long startNanos = System.nanoTime() + HEAD_START_NANOS;

    /**
     * @param maxLength most bytes in a message
     */
    LoadWorkload(final RunSettings settings, final RunSettings.Load load, final Workers workers, final int maxLength) {
        if (load.size() > maxLength) {
            throw CommandException.usage("--size " + load.size() + " is too large: a message has at most " + maxLength
                    + " bytes with --lane " + settings.laneCapacity() + "; use a larger --lane or a smaller --size");
        }
        this.settings = settings;
        this.load = load;
        this.workers = workers;
    }

    @Override
    public Sender sender(final Publisher publisher, final int number) {
        final Pace pace = load.rate() == 0 ? null : new Pace(startNanos, load.rate(), settings.publishers(), number);
        return new LoadSender(publisher, workers, settings.isCrowded(), load.size(), settings.batch(), pace);
    }

    @Override
    public Receiver receiver(final Subscriber subscriber, final List<Publisher> publishers, final int number) {
        return new LoadReceiver(subscriber, publishers, settings.isCrowded(), load.streams() > 0);
    }

    @Override
    public Duration duration() {
        return load.duration();
    }

    @Override
    public double done(final long elapsedNanos) {
        return (double) elapsedNanos / load.duration().toNanos();
    }

    @Override
    public void close() {
    }
}
