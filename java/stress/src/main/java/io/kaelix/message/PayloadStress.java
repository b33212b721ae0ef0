// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.kaelix.Payload;
import io.kaelix.memory.NativeMemory;
import io.kaelix.stress.Meeting;
import io.kaelix.stress.NumberedLane;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Who takes a reference against who gives up the last one: no bytes are read that are another's by then, and none are kept for nobody. */
public final class PayloadStress {

    private static final int LENGTH = 128;
    private static final MessagePool POOL = new MessagePool(NumberedLane.ARENA, 1 << 28, Cleaner.create());
    private static final MemorySegment ONES = MemorySegment.ofArray(new byte[LENGTH]).fill((byte) 1);
    private static final MemorySegment TWOS = MemorySegment.ofArray(new byte[LENGTH]).fill((byte) 2);

    private PayloadStress() {
    }

    /** Whether memory that is held has what was written there. */
    private static int whole(final SharedBytes bytes) {
        for (int i = 0; i < LENGTH; i += Long.BYTES) {
            if (NativeMemory.getLong(bytes.address() + i) != 0x0101_0101_0101_0101L) {
                return 0;
            }
        }
        return 1;
    }

    /** Gives the last reference up, then writes into what memory it gets next: most likely the same. */
    private static int releaseAndReuse(final Payload payload) {
        final int last = payload.release() ? 1 : 0;
        POOL.payload(TWOS).release();
        return last;
    }

    /**
     * A reader that nobody waits for finds a key in a frame.
     *
     * <pre>
     *   release: references 1 → 0, entry = null, memory written         acquire: entry, its generation, references n → n + 1
     * </pre>
     */
    @JCStressTest
    @Description("a reference by key against the last release")
    @Outcome(id = "1, -1, 0", expect = ACCEPTABLE, desc = "release before acquire: there is nothing")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE_INTERESTING, desc = "acquire before release: the bytes are held, and whole")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "acquired, read and given up before the release")
    @Outcome(id = ".*, 0, .*", expect = FORBIDDEN, desc = "bytes of another were read")
    @Outcome(expect = FORBIDDEN, desc = "references are left, or were given up twice")
    @State
    public static class KeyAgainstLastRelease {

        private final Meeting meeting = new Meeting();
        private final Payload payload = POOL.payload(ONES);
        private final SharedBytes bytes;

        public KeyAgainstLastRelease() {
            bytes = PayloadHandle.of(payload).hold();
            bytes.release();
        }

        @Actor
        public void owner(final III_Result r) {
            meeting.one();
            r.r1 = releaseAndReuse(payload);
        }

        @Actor
        public void reader(final III_Result r) {
            meeting.other();
            final SharedBytes found = PayloadTable.PROCESS.acquire(bytes.index(), bytes.generation());
            r.r2 = found == null ? -1 : whole(found);
            if (found != null) {
                found.release();
            }
        }

        @Arbiter
        public void arbiter(final III_Result r) {
            r.r3 = bytes.references();
        }
    }

    /** A handle that two threads use, one of which releases it. */
    @JCStressTest
    @Description("share against release of the same handle, the last")
    @Outcome(id = "1, -1, 0", expect = ACCEPTABLE, desc = "release before share: it throws")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE_INTERESTING, desc = "share before release: the new handle holds the bytes")
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "shared, read and released before the release")
    @Outcome(id = ".*, 0, .*", expect = FORBIDDEN, desc = "bytes of another were read")
    @Outcome(expect = FORBIDDEN, desc = "references are left, or were given up twice")
    @State
    public static class ShareAgainstRelease {

        private final Meeting meeting = new Meeting();
        private final Payload payload = POOL.payload(ONES);
        private final SharedBytes bytes;

        public ShareAgainstRelease() {
            bytes = PayloadHandle.of(payload).hold();
            bytes.release();
        }

        @Actor
        public void owner(final III_Result r) {
            meeting.one();
            r.r1 = releaseAndReuse(payload);
        }

        @Actor
        public void sharer(final III_Result r) {
            meeting.other();
            try {
                final Payload shared = payload.share();
                r.r2 = whole(bytes);
                shared.release();
            } catch (final IllegalStateException released) {
                r.r2 = -1;
            }
        }

        @Arbiter
        public void arbiter(final III_Result r) {
            r.r3 = bytes.references();
        }
    }

    /** Two threads release the same handle, while another handle holds the bytes. */
    @JCStressTest
    @Description("release against release of the same handle")
    @Outcome(id = "0, -1, 1", expect = ACCEPTABLE, desc = "the one was first, the other was refused")
    @Outcome(id = "-1, 0, 1", expect = ACCEPTABLE, desc = "the other way round")
    @Outcome(expect = FORBIDDEN, desc = "what another handle holds was given up")
    @State
    public static class ReleaseAgainstRelease {

        private final Meeting meeting = new Meeting();
        private final Payload payload = POOL.payload(ONES);
        private final Payload other = payload.share();
        private final SharedBytes bytes;

        public ReleaseAgainstRelease() {
            bytes = PayloadHandle.of(payload).hold();
            bytes.release();
        }

        private int release() {
            try {
                return payload.release() ? 1 : 0;
            } catch (final IllegalStateException released) {
                return -1;
            }
        }

        @Actor
        public void one(final III_Result r) {
            meeting.one();
            r.r1 = release();
        }

        @Actor
        public void two(final III_Result r) {
            meeting.other();
            r.r2 = release();
        }

        @Arbiter
        public void arbiter(final III_Result r) {
            r.r3 = bytes.references();
            other.release();
        }
    }
}
