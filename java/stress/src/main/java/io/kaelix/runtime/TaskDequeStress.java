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
import org.openjdk.jcstress.infra.results.IIII_Result;

/** The owner of a deque against a thief: each task is taken by one of them, as it was pushed. */
public final class TaskDequeStress {

    private TaskDequeStress() {
    }

    /** A deque with the tasks 1, 2, ... in it, an owner and a thief. */
    public abstract static class Tasks {

        final Meeting meeting = new Meeting();
        final Taken popped = new Taken();
        final Taken stolen = new Taken();
        final TaskDeque deque;

        Tasks(final int firstCapacity, final int maxCapacity, final int tasks) {
            deque = new TaskDeque(firstCapacity, maxCapacity);
            for (int number = 1; number <= tasks; number++) {
                push(number);
            }
        }

        final boolean push(final int number) {
            final Numbered task = new Numbered(number);
            return deque.push(task, task.time());
        }

        final int pop() {
            return Numbered.of(deque.pop(popped), popped);
        }

        final int steal() {
            return Numbered.of(deque.steal(stolen), stolen);
        }

        /** What neither took: the digits are its numbers. */
        final int rest() {
            int rest = 0;
            for (int number = steal(); number != Numbered.NONE; number = steal()) {
                rest = rest * 10 + number;
            }
            return rest;
        }
    }

    /** Both move top from 0 to 1, or try to. */
    @JCStressTest
    @Description("pop against steal of the last task")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "the owner has it")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "the thief has it")
    @Outcome(expect = FORBIDDEN, desc = "both have it, or nobody, or not as it was pushed")
    @State
    public static class LastTask extends Tasks {

        public LastTask() {
            super(2, 2, 1);
        }

        @Actor
        public void owner(final III_Result r) {
            meeting.one();
            r.r1 = pop();
        }

        @Actor
        public void thief(final III_Result r) {
            meeting.other();
            r.r2 = steal();
        }

        @Arbiter
        public void arbiter(final III_Result r) {
            r.r3 = rest();
        }
    }

    /**
     * The owner takes the second of two without a compare-and-set, because by what it sees of top it is not the last one. That is right
     * only if the thief who has taken the first one sees that the second is gone.
     *
     * <pre>
     *   owner: bottom 2 → 1, fence, top is 0: 2 is mine        thief: top 0 → 1, is bottom still 2?
     * </pre>
     */
    @JCStressTest
    @Description("pop of one against steal of two")
    @Outcome(id = "2, 1, 0, 0", expect = ACCEPTABLE, desc = "each has one")
    @Outcome(id = "0, 1, 2, 0", expect = ACCEPTABLE_INTERESTING, desc = "the thief has both")
    @Outcome(id = "2, 1, 2, .*", expect = FORBIDDEN, desc = "both have the second one")
    @Outcome(expect = FORBIDDEN, desc = "a task was lost, or is not as it was pushed")
    @State
    public static class TwoTasks extends Tasks {

        public TwoTasks() {
            super(2, 2, 2);
        }

        @Actor
        public void owner(final IIII_Result r) {
            meeting.one();
            r.r1 = pop();
        }

        @Actor
        public void thief(final IIII_Result r) {
            meeting.other();
            r.r2 = steal();
            r.r3 = steal();
        }

        @Arbiter
        public void arbiter(final IIII_Result r) {
            r.r4 = rest();
        }
    }

    /** The third task makes the ring of two grow, under the thief that looks into it. */
    @JCStressTest
    @Description("growth against steal")
    @Outcome(id = "1, 2, 3", expect = ACCEPTABLE, desc = "the thief has two, the third is there")
    @Outcome(expect = FORBIDDEN, desc = "a task was lost, came twice, or is not as it was pushed")
    @State
    public static class Growth extends Tasks {

        public Growth() {
            super(2, 4, 2);
        }

        @Actor
        public void owner() {
            meeting.one();
            push(3);
        }

        @Actor
        public void thief(final III_Result r) {
            meeting.other();
            r.r1 = steal();
            r.r2 = steal();
        }

        @Arbiter
        public void arbiter(final III_Result r) {
            r.r3 = rest();
        }
    }

    /** The third task goes into the cell of the first one, if that has been stolen by then. */
    @JCStressTest
    @Description("push into a full ring against steal")
    @Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "full, as the first one was still there")
    @Outcome(id = "1, 1, 23", expect = ACCEPTABLE, desc = "the third one took the place of the first")
    @Outcome(expect = FORBIDDEN, desc = "a task was lost, came twice, or is not as it was pushed")
    @State
    public static class Reuse extends Tasks {

        public Reuse() {
            super(2, 2, 2);
        }

        @Actor
        public void owner(final III_Result r) {
            meeting.one();
            r.r1 = push(3) ? 1 : 0;
        }

        @Actor
        public void thief(final III_Result r) {
            meeting.other();
            r.r2 = steal();
        }

        @Arbiter
        public void arbiter(final III_Result r) {
            r.r3 = rest();
        }
    }

    /** A thief that sees a task counted sees the task. */
    @JCStressTest
    @Description("push into an empty deque, and pop, against steal")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "the owner has its task back")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE_INTERESTING, desc = "the thief has it, and wholly")
    @Outcome(expect = FORBIDDEN, desc = "a task was lost, came twice, or is not as it was pushed")
    @State
    public static class Handover extends Tasks {

        public Handover() {
            super(1, 1, 0);
        }

        @Actor
        public void owner(final III_Result r) {
            meeting.one();
            push(1);
            r.r1 = pop();
        }

        @Actor
        public void thief(final III_Result r) {
            meeting.other();
            r.r2 = steal();
        }

        @Arbiter
        public void arbiter(final III_Result r) {
            r.r3 = rest();
        }
    }
}
