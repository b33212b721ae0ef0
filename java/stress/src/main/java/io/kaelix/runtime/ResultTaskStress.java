// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kaelix.stress.Meeting;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZI_Result;

/** A task with a result that is run, and cancelled. */
public final class ResultTaskStress {

    private static final int OPEN = 0;
    private static final int COMPLETED = 1;
    private static final int CANCELLED = 2;

    private ResultTaskStress() {
    }

    /** Runs counted, and what became of the future. */
    public abstract static class Counted {

        final Meeting meeting = new Meeting();
        private int runs;
        final ResultTask<Integer> task = new ResultTask<>(() -> ++runs, Runnable::run);

        final int runs() {
            return runs;
        }

        final int state() {
            return !task.isDone() ? OPEN : task.isCancelled() ? CANCELLED : COMPLETED;
        }
    }

    /** Cancelled before it began, while it ran, or afterwards. */
    @JCStressTest
    @Description("run against cancel")
    @Outcome(id = "0, true, 2", expect = ACCEPTABLE, desc = "cancelled, and never run")
    @Outcome(id = "1, true, 2", expect = ACCEPTABLE, desc = "cancelled while it ran, the result is dropped")
    @Outcome(id = "1, false, 1", expect = ACCEPTABLE, desc = "run, then it was too late")
    @Outcome(expect = FORBIDDEN, desc = "neither run nor cancelled, or not as was said")
    @State
    public static class RunAgainstCancel extends Counted {

        @Actor
        public void worker() {
            meeting.one();
            task.run();
        }

        @Actor
        public void owner(final IZI_Result r) {
            meeting.other();
            r.r2 = task.cancel(false);
        }

        @Arbiter
        public void arbiter(final IZI_Result r) {
            r.r1 = runs();
            r.r3 = state();
        }
    }

    /** Two that run it, a worker and whoever has it from shutdownNow. */
    @JCStressTest
    @Description("run against run")
    @Outcome(id = "1, false, 1", expect = ACCEPTABLE, desc = "one of them")
    @Outcome(expect = FORBIDDEN, desc = "run twice, or not at all")
    @State
    public static class RunAgainstRun extends Counted {

        @Actor
        public void one() {
            meeting.one();
            task.run();
        }

        @Actor
        public void other() {
            meeting.other();
            task.run();
        }

        @Arbiter
        public void arbiter(final IZI_Result r) {
            r.r1 = runs();
            r.r2 = task.isCancelled();
            r.r3 = state();
        }
    }
}
