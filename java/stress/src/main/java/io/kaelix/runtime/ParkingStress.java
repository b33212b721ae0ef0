// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kaelix.stress.Meeting;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Work that comes when a worker falls asleep: one of the two sees the other. */
public final class ParkingStress {

    private static final Runnable TASK = () -> { };
    private static final int SLEEPER = 5;

    private static final TimedTask.Host HOST = new TimedTask.Host() {

        @Override
        public long now() {
            return 0;
        }

        @Override
        public void sooner() {
            throw new AssertionError("a task that runs once has no further turn");
        }
    };

    private ParkingStress() {
    }

    /** From outside: with a fence, as in WorkerPool.wakeFor. */
    @JCStressTest
    @Description("offer, fence and a look at who sleeps, against a worker that falls asleep and looks once more")
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "both see the other")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the worker is woken")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the worker finds the task")
    @Outcome(expect = FORBIDDEN, desc = "a task that nobody wakes for")
    @State
    public static class FromOutside {

        final Meeting meeting = new Meeting();
        final Parking parking = new Parking();
        final TaskInbox inbox = new TaskInbox(2);

        @Actor
        public void outside(final ZZ_Result r) {
            meeting.one();
            inbox.offer(TASK, 1);
            VarHandle.fullFence();
            r.r1 = parking.isAnyParked();
        }

        @Actor
        public void sleeper(final ZZ_Result r) {
            meeting.other();
            parking.enter(SLEEPER);
            r.r2 = !inbox.isEmpty();
        }
    }

    /** From a task of another worker: without a fence, so that a sleeper has to look again a little later, while its bit is still set. */
    @JCStressTest
    @Description("push and a look at who sleeps, against a worker that falls asleep and looks once more")
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "both see the other")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the worker is woken")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the worker finds the task")
    @Outcome(id = "false, false", expect = ACCEPTABLE_INTERESTING, desc = "neither sees the other: what the second look is for")
    @State
    public static class FromATask {

        final Meeting meeting = new Meeting();
        final Parking parking = new Parking();
        final TaskDeque deque = new TaskDeque(2);

        @Actor
        public void task(final ZZ_Result r) {
            meeting.one();
            deque.push(TASK, 0);
            r.r1 = parking.isAnyParked();
        }

        @Actor
        public void sleeper(final ZZ_Result r) {
            meeting.other();
            parking.enter(SLEEPER);
            r.r2 = !deque.isEmpty();
        }
    }

    /** Who adds a deadline tells the timekeeper, or that one reads it: as in WorkerPool.sooner and Worker.park. */
    @JCStressTest
    @Description("a deadline, fence and a look for the timekeeper, against a worker that becomes it and reads the deadline")
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "both see the other")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the timekeeper is told")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "it knows")
    @Outcome(expect = FORBIDDEN, desc = "it sleeps beyond the deadline")
    @State
    public static class Deadline {

        final Meeting meeting = new Meeting();
        final Parking parking = new Parking();
        final Timers timers = new Timers();
        final TimedTask task = new TimedTask(HOST, timers, TaskPriority.NORMAL, TASK, 1, 0);

        @Actor
        public void adder(final ZZ_Result r) {
            meeting.one();
            timers.add(task);
            VarHandle.fullFence();
            r.r1 = parking.timekeeper() >= 0;
        }

        @Actor
        public void keeper(final ZZ_Result r) {
            meeting.other();
            parking.keepTime(SLEEPER);
            r.r2 = timers.nextDeadline() != Timers.NONE;
        }
    }

    /** Two that wake one: a single one of them owes it the unpark. */
    @JCStressTest
    @Description("leave against leave")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the one wakes it")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the other one")
    @Outcome(expect = FORBIDDEN, desc = "both, or nobody")
    @State
    public static class TwoWakers {

        final Meeting meeting = new Meeting();
        final Parking parking = new Parking();

        public TwoWakers() {
            parking.enter(SLEEPER);
            parking.enter(0);
        }

        @Actor
        public void one(final ZZ_Result r) {
            meeting.one();
            r.r1 = parking.leave(SLEEPER);
        }

        @Actor
        public void other(final ZZ_Result r) {
            meeting.other();
            r.r2 = parking.leave(SLEEPER);
        }
    }
}
