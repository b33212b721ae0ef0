// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kaelix.stress.Meeting;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two threads at an inbox: each task that it took in comes out once, as it was offered. */
public final class TaskInboxStress {

    private TaskInboxStress() {
    }

    /** An inbox for two tasks, with the tasks 1, 2, ... in it. */
    public abstract static class Tasks {

        final Meeting meeting = new Meeting();
        final Taken one = new Taken();
        final Taken other = new Taken();
        final TaskInbox inbox = new TaskInbox(2);

        Tasks(final int tasks) {
            for (int number = 1; number <= tasks; number++) {
                offer(number);
            }
        }

        final int offer(final int number) {
            final Numbered task = new Numbered(number);
            return inbox.offer(task, task.time());
        }

        final int poll(final Taken taken) {
            return Numbered.of(inbox.poll(taken), taken);
        }

        /** What is left, in order: the digits are its numbers. */
        final int rest() {
            int rest = 0;
            for (int number = poll(one); number != Numbered.NONE; number = poll(one)) {
                rest = rest * 10 + number;
            }
            return rest;
        }
    }

    /** What the closing thread finds is all that was ever offered. */
    @JCStressTest
    @Description("close and drain against offer")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "offered before it was closed, and found")
    @Outcome(id = "-2, 0, 0", expect = ACCEPTABLE, desc = "closed before the offer, and empty")
    @Outcome(id = "0, 0, .*", expect = FORBIDDEN, desc = "came in behind the closing thread's back")
    @Outcome(expect = FORBIDDEN, desc = "a task is there that was refused, or is not as it was offered")
    @State
    public static class CloseAgainstOffer extends Tasks {

        public CloseAgainstOffer() {
            super(0);
        }

        @Actor
        public void producer(final III_Result r) {
            meeting.one();
            r.r1 = offer(1);
        }

        @Actor
        public void closer(final III_Result r) {
            meeting.other();
            inbox.close();
            r.r2 = Numbered.of(inbox.pollClosed(one), one);
        }

        @Arbiter
        public void arbiter(final III_Result r) {
            r.r3 = rest();
        }
    }

    /** Two who take, and one task for both. */
    @JCStressTest
    @Description("poll against poll of the last task")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "the one has it")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "the other one has it")
    @Outcome(expect = FORBIDDEN, desc = "both have it, or nobody, or not as it was offered")
    @State
    public static class TwoConsumers extends Tasks {

        public TwoConsumers() {
            super(1);
        }

        @Actor
        public void one(final III_Result r) {
            meeting.one();
            r.r1 = poll(one);
        }

        @Actor
        public void other(final III_Result r) {
            meeting.other();
            r.r2 = poll(other);
        }

        @Arbiter
        public void arbiter(final III_Result r) {
            r.r3 = rest();
        }
    }

    /** Two who offer, with room for one more. */
    @JCStressTest
    @Description("offer against offer of the last slot")
    @Outcome(id = "0, -1, 12", expect = ACCEPTABLE, desc = "the one is in, full for the other")
    @Outcome(id = "-1, 0, 13", expect = ACCEPTABLE, desc = "the other one is in")
    @Outcome(expect = FORBIDDEN, desc = "one overwrote the other, or none came in though there was room")
    @State
    public static class TwoProducers extends Tasks {

        public TwoProducers() {
            super(1);
        }

        @Actor
        public void one(final III_Result r) {
            meeting.one();
            r.r1 = offer(2);
        }

        @Actor
        public void other(final III_Result r) {
            meeting.other();
            r.r2 = offer(3);
        }

        @Arbiter
        public void arbiter(final III_Result r) {
            r.r3 = rest();
        }
    }

    /** The third task goes into the slot of the first one, if that has been taken and given free by then. */
    @JCStressTest
    @Description("offer to a full inbox against poll")
    @Outcome(id = "-1, 1, 2", expect = ACCEPTABLE, desc = "full")
    @Outcome(id = "0, 1, 23", expect = ACCEPTABLE, desc = "the third one took the slot of the first")
    @Outcome(expect = FORBIDDEN, desc = "a task was lost, came twice, or is not as it was offered")
    @State
    public static class Reuse extends Tasks {

        public Reuse() {
            super(2);
        }

        @Actor
        public void producer(final III_Result r) {
            meeting.one();
            r.r1 = offer(3);
        }

        @Actor
        public void consumer(final III_Result r) {
            meeting.other();
            r.r2 = poll(one);
        }

        @Arbiter
        public void arbiter(final III_Result r) {
            r.r3 = rest();
        }
    }

    /** Who sees the sequence sees the task. */
    @JCStressTest
    @Description("offer to an empty inbox against poll")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "not yet there")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE_INTERESTING, desc = "there, and wholly")
    @Outcome(expect = FORBIDDEN, desc = "a task was lost, or is not as it was offered")
    @State
    public static class Handover extends Tasks {

        public Handover() {
            super(0);
        }

        @Actor
        public void producer(final III_Result r) {
            meeting.one();
            r.r1 = offer(1);
        }

        @Actor
        public void consumer(final III_Result r) {
            meeting.other();
            r.r2 = poll(one);
        }

        @Arbiter
        public void arbiter(final III_Result r) {
            r.r3 = rest();
        }
    }
}
