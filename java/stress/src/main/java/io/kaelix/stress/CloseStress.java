// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kaelix.lane.PollableLane;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A writer commits a last frame and closes. Whoever hears that there is no more has got that frame. */
public final class CloseStress {

    private CloseStress() {
    }

    /** A gating reader looks at the lane's state, then at the next word. */
    @JCStressTest
    @Description("commit, then close, against a gating reader that asks whether it is drained")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "poll before commit, and it knows that it may not be all")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "poll between commit and close")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "close before poll: the last frame, then the end")
    @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "drained before the last frame: it is missed")
    @State
    public static class Gating {

        private final Ending ending = new Ending(false);

        @Actor
        public void writer() {
            ending.publishAndClose();
        }

        @Actor
        public void reader(final II_Result r) {
            ending.read(r);
        }

        @Arbiter
        public void arbiter(final II_Result r) {
            ending.release();
        }
    }

    /** A lossy reader looks at the lane's state, then at the tail. */
    @JCStressTest
    @Description("commit, then close, against a lossy reader that asks whether it is drained")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "poll before commit, and it knows that it may not be all")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "poll between commit and close")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "close before poll: the last frame, then the end")
    @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "drained before the last frame: it is missed")
    @State
    public static class Lossy {

        private final Ending ending = new Ending(true);

        @Actor
        public void writer() {
            ending.publishAndClose();
        }

        @Actor
        public void reader(final II_Result r) {
            ending.read(r);
        }

        @Arbiter
        public void arbiter(final II_Result r) {
            ending.release();
        }
    }

    /** A lane and one reader, the last frame of the one and the end of the other. */
    private static final class Ending {

        private final NumberedLane numbered = new NumberedLane();
        private final PollableLane reader;
        private final FrameCheck check = new FrameCheck(0);

        Ending(final boolean lossy) {
            reader = lossy ? numbered.lane.joinLossy() : numbered.lane.join();
        }

        void publishAndClose() {
            numbered.meeting.one();
            numbered.publish();
            numbered.lane.close();
        }

        void read(final II_Result r) {
            numbered.meeting.other();
            r.r1 = numbered.poll(reader, check, Integer.MAX_VALUE);
            r.r2 = reader.isDrained() ? 1 : 0;
        }

        void release() {
            numbered.release(reader);
        }
    }
}
