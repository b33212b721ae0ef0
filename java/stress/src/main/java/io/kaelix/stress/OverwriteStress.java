// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kaelix.KaelixException;
import io.kaelix.lane.LaneReader;
import io.kaelix.lane.LossyLaneReader;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameDescriptor;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The writer wants the very bytes that a reader is reading. */
public final class OverwriteStress {

    private OverwriteStress() {
    }

    /** A gating reader is done with a frame when it publishes its position, not before. The lane is full. */
    @JCStressTest
    @Description("position of a gating reader against the writer that waits for it")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "scan before position: the writer has to wait")
    @Outcome(id = "[1-3], 1", expect = ACCEPTABLE, desc = "position before scan: what was overwritten had been read")
    @Outcome(expect = FORBIDDEN, desc = "position before read: a frame was overwritten under its handler")
    @State
    public static class Gating {

        private static final int FRAMES = 3;
        private static final int ATTEMPTS = 20;
        private static final int READS = 8;

        private final NumberedLane numbered = new NumberedLane();
        private final LaneReader reader = numbered.lane.join();
        private final FrameCheck check = new FrameCheck(0, READS);
        private int granted;

        public Gating() {
            numbered.publish(NumberedLane.FULL);
        }

        @Actor
        public void writer() {
            numbered.meeting.one();
            granted = numbered.publish(ATTEMPTS);
        }

        @Actor
        public void reader() {
            numbered.meeting.other();
            numbered.poll(reader, check, FRAMES);
        }

        @Arbiter
        public void arbiter(final II_Result r) {
            r.r1 = granted;
            r.r2 = check.isContiguous() && check.frames() == FRAMES ? 1 : 0;
            numbered.release(reader);
        }
    }

    /** A lossy reader finds out by itself: intent, a fence, data on one side; data, a fence, intent on the other. */
    @JCStressTest
    @Description("poll of a lossy reader against overwriting")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "read before intent: it got the oldest frame")
    @Outcome(id = "[1-9], 1, 1", expect = ACCEPTABLE, desc = "intent before read: it went on further ahead, and knows what it lost")
    @Outcome(id = ".*, 0, 1", expect = FORBIDDEN, desc = "frames received and frames lost do not add up")
    @Outcome(expect = FORBIDDEN, desc = "data before intent: a frame that was handed over was torn or out of order")
    @State
    public static class Lossy {

        private static final int SENT = 3;

        private final NumberedLane numbered = new NumberedLane();
        private final LossyLaneReader reader = numbered.lane.joinLossy();
        private final FrameCheck check = new FrameCheck();

        public Lossy() {
            numbered.publish(NumberedLane.FULL);
        }

        @Actor
        public void writer() {
            numbered.meeting.one();
            numbered.publish(SENT);
        }

        @Actor
        public void reader() {
            numbered.meeting.other();
            numbered.poll(reader, check, SENT);
        }

        @Arbiter
        public void arbiter(final III_Result r) {
            numbered.drain(reader, check);
            r.r1 = check.first();
            r.r2 = check.frames() + reader.lost() == numbered.next() ? 1 : 0;
            r.r3 = check.isAscending() ? 1 : 0;
            numbered.release(reader);
        }
    }

    /**
     * A reader that is evicted may see torn bytes of the frame that it is at, but never follows them: what the writer puts where frames
     * began makes neither a length nor a header.
     */
    @JCStressTest
    @Description("eviction, and the writer that passes, against poll")
    @Outcome(id = "7, 1", expect = ACCEPTABLE, desc = "poll before eviction: all frames, then the notice")
    @Outcome(id = "[0-6], 1", expect = ACCEPTABLE, desc = "evicted on the way: some frames, then the notice")
    @Outcome(id = "-1, .*", expect = FORBIDDEN, desc = "overwritten bytes were followed")
    @Outcome(expect = FORBIDDEN, desc = "the reader does not know that it was evicted")
    @State
    public static class Evicted {

        private static final int LONG_FRAME = NumberedLane.CAPACITY / 4;
        private static final int FRAMES = 3;
        private static final int GARBAGE = 0x7FFF_FFF1;

        private final NumberedLane numbered = new NumberedLane();
        private final LaneReader reader = numbered.lane.join();
        private final FrameCheck check = new FrameCheck(0);
        private int frames;

        public Evicted() {
            numbered.publish(NumberedLane.FULL);
        }

        @Actor
        public void writer() {
            numbered.meeting.one();
            numbered.lane.evict(reader);
            for (int i = 0; i < FRAMES; i++) {
                final long frame = numbered.writer.claim(LONG_FRAME);
                for (int offset = FrameDescriptor.HEADER_LENGTH; offset < LONG_FRAME; offset += Integer.BYTES) {
                    NativeMemory.putInt(frame + offset, GARBAGE);
                }
                numbered.writer.commit(LONG_FRAME, GARBAGE, GARBAGE, GARBAGE);
            }
        }

        @Actor
        public void reader() {
            numbered.meeting.other();
            try {
                frames = numbered.poll(reader, check, Integer.MAX_VALUE);
            } catch (final KaelixException corrupt) {
                frames = -1;
            }
        }

        @Arbiter
        public void arbiter(final II_Result r) {
            r.r1 = frames;
            r.r2 = reader.isEvicted() && reader.isDrained() ? 1 : 0;
            numbered.release(reader);
        }
    }
}
