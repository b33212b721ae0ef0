// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scheduler;

import io.kaelix.bench.trial.TrialException;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Main class of a child JVM: runs one trial and prints what it found as one line of JSON, the last of standard output. Exit status 0, or
 * 1 with the reason as the last line of standard error.
 */
public final class SchedulerTrial {

    /** What the line with the reason begins with. */
    public static final String FAILED = "scheduler: ";

    private SchedulerTrial() {
    }

    /** Never returns: systems may leave threads behind. */
    public static void main(final String[] args) {
        int status = 0;
        try {
            System.out.println(JsonMapper.shared().writeValueAsString(run(SchedulerRequest.parse(args))));
            System.out.flush();
        } catch (final Throwable e) {
            if (!(e instanceof TrialException)) {
                e.printStackTrace();
            }
            System.err.println(FAILED + e.getMessage());
            status = 1;
        }
        System.err.flush();
        Runtime.getRuntime().halt(status);
    }

    /** Starts the system, measures and stops it. */
    static SchedulerOutcome run(final SchedulerRequest request) throws TrialException, InterruptedException {
        try (TaskSystem system = request.subject().launch(request.mode(), request.workers())) {
            final int free = Workers.settle(system, request.workers(), request.cpus());
            // What it allocates when it is first asked is not to be in a figure.
            Usage.allocatedBytes();
            try {
                return new SchedulerOutcome(measure(system, request, free), system.settings());
            } catch (final TrialException | IllegalStateException e) {
                if (system.refusal() == null) {
                    throw e;
                }
                throw new TrialException(system.refusal() + "; " + e.getMessage());
            }
        }
    }

    private static Map<String, Double> measure(final TaskSystem system, final SchedulerRequest request, final int free)
            throws TrialException, InterruptedException {
        return switch (request.mode()) {
            case PACED -> PacedTasks.run(system, request, free);
            case SWITCH -> SwitchTask.run(system, request);
            case FAN_OUT -> FanOut.run(system, request);
            case TREE -> TaskTree.run(system, request);
            case SATURATION -> Saturation.run(system, request);
            case WAKE -> Waking.run(system, request);
            case DELAYED -> Delays.run(system, request);
        };
    }
}
