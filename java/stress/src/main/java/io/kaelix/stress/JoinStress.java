// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kaelix.lane.LaneReader;
import io.kaelix.lane.LossyLaneReader;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** A reader joins while the writer raises intent: both store, fence, and load what the other stored. */
public final class JoinStress {

    private JoinStress() {
    }

    /**
     * The store buffering test on the lane itself. Frames 0 to 6 are there, and the oldest mark is at 0.
     *
     * <pre>
     *   writer: intent = 264, fence, who reads?           joiner: slot = 0, fence, intent ≤ 0 + 256?
     * </pre>
     *
     * Frame 7 zeroes the word that frame 0 begins with.
     */
    @JCStressTest
    @Description("joinOldest against the raise of intent that would overwrite the oldest frame")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "slot before scan: the writer sees the reader and waits for it")
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "intent before join: the reader starts one frame further on")
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE_INTERESTING, desc = "both saw the other: the reader gives way, the writer waits")
    @Outcome(id = "0, 1, .*", expect = FORBIDDEN, desc = "both missed the other: the writer passed a reader")
    @Outcome(expect = FORBIDDEN, desc = "the reader did not get all frames from its start on")
    @State
    public static class OldestAgainstRaise {

        private final NumberedLane numbered = new NumberedLane();
        private LaneReader reader;
        private boolean granted;

        public OldestAgainstRaise() {
            numbered.publish(NumberedLane.FULL);
        }

        @Actor
        public void writer() {
            numbered.meeting.one();
            granted = numbered.publish();
        }

        @Actor
        public void joiner() {
            numbered.meeting.other();
            reader = numbered.lane.joinOldest();
        }

        @Arbiter
        public void arbiter(final III_Result r) {
            final int start = (int) reader.start() / NumberedLane.FRAME;
            final FrameCheck check = new FrameCheck(start);
            numbered.drain(reader, check);
            r.r1 = start;
            r.r2 = granted ? 1 : 0;
            r.r3 = check.isContiguous() && check.frames() == numbered.next() - start ? 1 : 0;
            numbered.release(reader);
        }
    }

    /** The writer takes more than a turn of the ring while the reader joins at the tail and begins to read. */
    @JCStressTest
    @Description("join at the tail, and poll, against a writer that comes round")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the writer never had to wait for the reader")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the writer was held up by the reader")
    @Outcome(expect = FORBIDDEN, desc = "the reader did not get all frames from its start on")
    @State
    public static class TailAgainstTurn {

        private static final int ATTEMPTS = 12;

        private final NumberedLane numbered = new NumberedLane();
        private LaneReader reader;
        private FrameCheck check;
        private int granted;

        @Actor
        public void writer() {
            numbered.meeting.one();
            granted = numbered.publish(ATTEMPTS);
        }

        @Actor
        public void joiner() {
            numbered.meeting.other();
            reader = numbered.lane.join();
            check = new FrameCheck((int) reader.start() / NumberedLane.FRAME);
            numbered.poll(reader, check, 2);
        }

        @Arbiter
        public void arbiter(final II_Result r) {
            numbered.drain(reader, check);
            r.r1 = granted < ATTEMPTS ? 1 : 0;
            r.r2 = check.isContiguous() && check.frames() == numbered.next() - reader.start() / NumberedLane.FRAME ? 1 : 0;
            numbered.release(reader);
        }
    }

    /** A lossy reader counts, as it joins, the frames before the tail, in a ring that is being overwritten. */
    @JCStressTest
    @Description("joinLossy against overwriting: later losses are exact only if it knows how many frames lie before it")
    @Outcome(id = "7, 1", expect = ACCEPTABLE, desc = "joined before all that the writer sent")
    @Outcome(id = "(8|9|10), 1", expect = ACCEPTABLE, desc = "joined among what the writer sent")
    @Outcome(id = "11, 1", expect = ACCEPTABLE, desc = "joined after all that the writer sent")
    @Outcome(expect = FORBIDDEN, desc = "frames received and frames lost do not add up")
    @State
    public static class LossyAgainstOverwrite {

        private static final int SENT = 4;

        private final NumberedLane numbered = new NumberedLane();
        private LossyLaneReader reader;

        public LossyAgainstOverwrite() {
            numbered.publish(NumberedLane.FULL);
        }

        @Actor
        public void writer() {
            numbered.meeting.one();
            numbered.publish(SENT);
        }

        @Actor
        public void joiner() {
            numbered.meeting.other();
            reader = numbered.lane.joinLossy();
        }

        @Arbiter
        public void arbiter(final II_Result r) {
            final int start = (int) reader.start() / NumberedLane.FRAME;
            final FrameCheck check = new FrameCheck();
            numbered.publish(2 * NumberedLane.CAPACITY / NumberedLane.FRAME);
            numbered.drain(reader, check);
            r.r1 = start;
            r.r2 = check.isAscending() && check.frames() + reader.lost() == numbered.next() - start ? 1 : 0;
            numbered.release(reader);
        }
    }
}
