// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import io.kaelix.bench.trial.Tally;
import io.kaelix.bench.trial.TrialException;
import java.util.Map;
import java.util.concurrent.RecursiveAction;

/**
 * From one task to the next on one worker: an empty task that schedules itself again, counted.
 *
 * <p>A task that is forked cannot fork itself before it has ended, so two take turns.
 */
final class SwitchTask implements Runnable {

    private final TaskSystem system;
    private final Tally tally = new Tally();
    private long runs;
    private volatile boolean stopping;

    /** The forked one: with the other one it has the counter in common. */
    private final class Fork extends RecursiveAction {

        private static final long serialVersionUID = 1L;

        private transient Fork other;

        @Override
        protected void compute() {
            tally.publish(++runs);
            if (!stopping) {
                other.reinitialize();
                other.fork();
            }
        }
    }

    private SwitchTask(final TaskSystem system) {
        this.system = system;
    }

    @Override
    public void run() {
        tally.publish(++runs);
        if (!stopping) {
            system.schedule(this);
        }
    }

    static Map<String, Double> run(final TaskSystem system, final SchedulerRequest request) throws TrialException, InterruptedException {
        final SwitchTask task = new SwitchTask(system);
        system.schedule(request.isForked() ? task.forks() : task);
        final Rate rate = Rate.of(task.tally, request);
        task.stopping = true;
        return Map.of(Figures.SWITCH_NANOS.name(), request.workers() * 1e9 / rate.perSecond(), Figures.BYTES.name(), rate.bytesEach());
    }

    private Runnable forks() {
        final Fork one = new Fork();
        final Fork two = new Fork();
        one.other = two;
        two.other = one;
        return one::fork;
    }
}
