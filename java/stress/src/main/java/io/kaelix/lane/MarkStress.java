// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kaelix.stress.NumberedLane;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The seqlock of a mark: the writer records a turn of marks while a reader loads whichever is about to be written, and the one that it
 * takes the place of. The three fields of mark n all say n.
 */
@JCStressTest
@Description("record of marks against load from the same places")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "every load was before a record, or after it")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "a load met a record, and found neither the old nor the new mark")
@Outcome(expect = FORBIDDEN, desc = "a mark was taken for whole that was not")
@State
public class MarkStress {

    private static final int LOADS = 16;

    private final NumberedLane numbered = new NumberedLane();
    private final long control = numbered.lane.control();
    private final LaneMarks.Mark mark = new LaneMarks.Mark();
    private boolean wrong;

    public MarkStress() {
        // The lane has recorded one, with today's time in it: a turn more, and all are ours.
        record(LaneDescriptor.MARKS);
    }

    private void record(final int marks) {
        for (int i = 0; i < marks; i++) {
            final long number = LaneMarks.count(control);
            LaneMarks.record(control, number, number, number);
        }
    }

    private boolean load(final long number) {
        final boolean loaded = mark.load(control, number);
        wrong |= loaded && (mark.position != number || mark.frames != number || mark.timeMillis != number);
        return loaded;
    }

    @Actor
    public void writer() {
        numbered.meeting.one();
        record(LaneDescriptor.MARKS);
    }

    @Actor
    public void reader(final II_Result r) {
        numbered.meeting.other();
        for (int i = 0; i < LOADS; i++) {
            final long number = LaneMarks.count(control);
            if (!load(number - LaneDescriptor.MARKS) && !load(number)) {
                r.r1 = 1;
            }
        }
        r.r2 = wrong ? 0 : 1;
    }

    @Arbiter
    public void arbiter(final II_Result r) {
        numbered.release();
    }
}
