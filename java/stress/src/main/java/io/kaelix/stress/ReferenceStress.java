// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kaelix.KaelixException;
import io.kaelix.Payload;
import io.kaelix.lane.LaneReader;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameMessage;
import io.kaelix.message.MessagePool;
import io.kaelix.message.PayloadHandle;
import io.kaelix.message.ReferenceDescriptor;
import io.kaelix.message.SharedBytes;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A reader joins at the tail while the writer publishes a reference, and looks who has to be waited for before it gives up the payload.
 *
 * <pre>
 *   writer: tail = 40, fence, who reads? nobody: release        joiner: slot = 0, fence, tail = 0? then the payload is there
 * </pre>
 */
@JCStressTest
@Description("join at the tail against the release of a payload that nobody reads")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "published before the join: it starts behind")
@Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "joined before it was published: it gets it")
@Outcome(id = ".*, 0", expect = FORBIDDEN, desc = "both missed the other: the reader finds a reference that is gone")
@State
public class ReferenceStress {

    /** Longer than the writer has patience for: it looks after each frame. */
    private static final int LENGTH = 128;
    private static final int FRAME = FrameDescriptor.HEADER_LENGTH + ReferenceDescriptor.LENGTH;
    private static final MessagePool POOL = new MessagePool(NumberedLane.ARENA, 1 << 28, Cleaner.create());
    private static final MemorySegment ONES = MemorySegment.ofArray(new byte[LENGTH]).fill((byte) 1);

    private final NumberedLane numbered = new NumberedLane();
    private LaneReader reader;
    private long seen;

    @Actor
    public void writer() {
        final Payload payload = POOL.payload(ONES);
        final PayloadHandle handle = PayloadHandle.of(payload);
        final SharedBytes bytes = handle.hold();
        payload.release();
        numbered.writer.makeRoomForPayload();
        final long frame = numbered.writer.claim(FRAME);
        handle.putReference(frame + FrameDescriptor.HEADER_LENGTH);
        numbered.meeting.one();
        numbered.writer.commitReference(FRAME, FrameDescriptor.VERSION_BITS | FrameDescriptor.FLAG_REFERENCE, 0, 0, bytes, LENGTH);
    }

    @Actor
    public void joiner() {
        // Has the line of the tail, so that the writer's store waits for it, and the loads behind that store do not.
        seen = numbered.lane.tail();
        numbered.meeting.other();
        reader = numbered.lane.join();
    }

    @Arbiter
    public void arbiter(final II_Result r) {
        final FrameMessage message = new FrameMessage(numbered.lane.ringSegment(), numbered.lane.publisherId(), streamId -> null);
        message.open(Thread.currentThread());
        r.r2 = 1;
        try {
            r.r1 = reader.poll(message, shown -> r.r2 = shown.length() == LENGTH && shown.getByte(LENGTH - 1) == 1 ? 1 : 0, 2);
        } catch (final KaelixException gone) {
            r.r2 = 0;
        } finally {
            message.clear();
        }
        numbered.release(reader);
    }
}
