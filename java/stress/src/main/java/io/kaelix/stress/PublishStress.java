// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kaelix.lane.LaneReader;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The commit word against all that it stands for. The ring is on its second turn: ahead of the writer lie whole frames of the first, which
 * a reader must never take for new ones.
 */
public final class PublishStress {

    /** More than any test publishes: a reader that runs into stale frames goes on through them. */
    private static final int LIMIT = 6;

    private PublishStress() {
    }

    /** One frame: body, then the zero behind it, then the word. */
    @JCStressTest
    @Description("commit of a frame against poll")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "poll before commit")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "commit before poll: the frame is whole")
    @Outcome(id = "[2-9], .*", expect = FORBIDDEN, desc = "word before zero: a frame of the turn before was read again")
    @Outcome(expect = FORBIDDEN, desc = "word before body: the frame was torn")
    @State
    public static class Frame {

        private static final int BEFORE = 13;
        private static final int LENGTH = NumberedLane.CAPACITY / 4;

        private final NumberedLane numbered = new NumberedLane();
        private final LaneReader reader = numbered.lane.join();
        private final FrameCheck check;

        public Frame() {
            // Begins in the middle of a cache line: what lies in one line travels together, and would never be seen in part.
            numbered.turn(reader, BEFORE);
            numbered.setFrameLength(LENGTH);
            check = new FrameCheck(numbered.next());
        }

        @Actor
        public void writer() {
            numbered.meeting.one();
            numbered.publish();
        }

        @Actor
        public void reader() {
            numbered.meeting.other();
            numbered.poll(reader, check, LIMIT);
        }

        @Arbiter
        public void arbiter(final II_Result r) {
            r.r1 = check.frames();
            r.r2 = check.isContiguous() ? 1 : 0;
            numbered.release(reader);
        }
    }

    /** Three frames across the end of the ring: the first word is stored last, and with it all are there. */
    @JCStressTest
    @Description("end of a batch against poll")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "poll before the batch")
    @Outcome(id = "3, 1", expect = ACCEPTABLE, desc = "the batch before poll: all of it is there")
    @Outcome(id = "(1|2), .*", expect = FORBIDDEN, desc = "first word before the others: part of the batch was seen")
    @Outcome(id = "[4-9], .*", expect = FORBIDDEN, desc = "first word before zero: a frame of the turn before was read again")
    @Outcome(expect = FORBIDDEN, desc = "word before body: a frame was torn")
    @State
    public static class Batch {

        private static final int FRAMES = 3;

        private final NumberedLane numbered = new NumberedLane();
        private final LaneReader reader = numbered.lane.join();
        private final FrameCheck check;

        public Batch() {
            numbered.turn(reader, 2 * NumberedLane.FULL);
            check = new FrameCheck(numbered.next());
        }

        @Actor
        public void writer() {
            numbered.meeting.one();
            numbered.writer.beginBatch();
            numbered.publish(FRAMES);
            numbered.writer.endBatch();
        }

        @Actor
        public void reader() {
            numbered.meeting.other();
            numbered.poll(reader, check, LIMIT);
        }

        @Arbiter
        public void arbiter(final II_Result r) {
            r.r1 = check.frames();
            r.r2 = check.isContiguous() ? 1 : 0;
            numbered.release(reader);
        }
    }

    /** A frame that does not fit the rest of the ring: it goes to the start, and the padding before it is what publishes it. */
    @JCStressTest
    @Description("commit of a frame behind padding against poll")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "poll before commit")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "commit before poll: the frame behind the padding is whole")
    @Outcome(id = "[2-9], .*", expect = FORBIDDEN, desc = "padding before zero: a frame of the turn before was read again")
    @Outcome(expect = FORBIDDEN, desc = "padding before frame: the frame was torn, or of the turn before")
    @State
    public static class Padding {

        private static final int BEFORE = 48;
        private static final int FRAME = 40;

        private final NumberedLane numbered = new NumberedLane();
        private final LaneReader reader = numbered.lane.join();
        private final FrameCheck check;

        public Padding() {
            numbered.setFrameLength(BEFORE);
            numbered.turn(reader, NumberedLane.CAPACITY / BEFORE);
            // Not as long as the frame that it overwrites, so that a length of the turn before shows.
            numbered.setFrameLength(FRAME);
            check = new FrameCheck(numbered.next());
        }

        @Actor
        public void writer() {
            numbered.meeting.one();
            numbered.publish();
        }

        @Actor
        public void reader() {
            numbered.meeting.other();
            numbered.poll(reader, check, LIMIT);
        }

        @Arbiter
        public void arbiter(final II_Result r) {
            r.r1 = check.frames();
            r.r2 = check.isContiguous() ? 1 : 0;
            numbered.release(reader);
        }
    }
}
