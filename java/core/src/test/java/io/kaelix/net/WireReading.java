// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Reads bytes through a {@link WireInput} as a session reads a socket: in pieces, in each of the ways that there are. */
final class WireReading {

    /** How frames come to where they belong. */
    enum Way {
        /** Everything is read somewhere and put into the input. */
        PUT,
        /** No more is put than the input wants; frames are copied from where they are. */
        PUT_WANTED,
        /** Headers are read into the input, frames into the claim, with the next header behind. */
        DIRECT,
        /** The next read fills a claim in advance behind the header. */
        GUESS
    }

    /** Whatever comes, no more memory is used for it. */
    private static final int MOST_MEMORY = 80 * 1024;
    private static final int CLAIM = WireSamples.MAX_RUN;

    private final WireInput input;
    private final Way way;
    private final Random random;
    private final List<WireSamples.Sent> received = new ArrayList<>();
    private final ByteBuffer claim = ByteBuffer.allocateDirect(CLAIM);
    /** Frames that have come of the run under way. */
    private final ByteBuffer frames = ByteBuffer.allocateDirect(CLAIM);

    WireReading(final WireInput input, final Way way, final Random random) {
        this.input = input;
        this.way = way;
        this.random = random;
    }

    /** Everything that came whole. */
    List<WireSamples.Sent> received() {
        return received;
    }

    /** All of a piece of the stream. */
    void read(final byte[] bytes, final int from, final int to) {
        final ByteBuffer source = ByteBuffer.wrap(bytes, from, to - from);
        while (source.hasRemaining()) {
            switch (way) {
                case PUT -> input.put(source);
                case PUT_WANTED -> putWanted(source);
                case DIRECT -> direct(source);
                case GUESS -> guess(source);
            }
            poll();
            if (input.wanted().capacity() > MOST_MEMORY) {
                throw new AssertionError("an input has grown to " + input.wanted().capacity() + " bytes");
            }
        }
    }

    private void putWanted(final ByteBuffer source) {
        if (input.inRun() == 0) {
            input.putWanted(source);
        } else {
            input.arrived(move(source, frames, input.inRun()));
        }
    }

    private void direct(final ByteBuffer source) {
        int count = 0;
        if (input.inRun() > 0) {
            count = move(source, frames, input.inRun());
        }
        if (count == input.inRun()) {
            final ByteBuffer wanted = input.wanted();
            move(source, wanted, wanted.remaining());
        }
        input.arrived(count);
    }

    private void guess(final ByteBuffer source) {
        if (input.inRun() > 0) {
            direct(source);
            return;
        }
        final ByteBuffer wanted = input.wanted();
        move(source, wanted, wanted.remaining());
        claim.clear();
        move(source, claim, random.nextInt(CLAIM + 1));
        claim.flip();
        // What the header turns out to be decides whose these bytes are.
        poll();
        if (input.inRun() > 0 && input.buffered() == 0) {
            input.arrived(move(claim, frames, input.inRun()));
        }
        while (claim.hasRemaining()) {
            poll();
            input.put(claim);
        }
    }

    private static int move(final ByteBuffer source, final ByteBuffer target, final int most) {
        final int count = Math.min(Math.min(source.remaining(), target.remaining()), most);
        target.put(target.position(), source, source.position(), count);
        target.position(target.position() + count);
        source.position(source.position() + count);
        return count;
    }

    private void poll() {
        while (true) {
            while (input.buffered() > 0) {
                input.take(frames);
            }
            if (input.inRun() == 0 && frames.position() > 0) {
                endRun();
            }
            final WireType type = input.next();
            if (type == null) {
                return;
            }
            switch (type) {
                case RUN -> frames.clear();
                case CREDIT -> received.add(new WireSamples.Credit(input.flow(), input.creditLimit(), input.creditAcknowledged()));
                case BYE, HEARTBEAT, UNSUBSCRIBE -> received.add(new WireSamples.Bare(type, input.flow()));
                default -> received.add(new WireSamples.Whole(input.message()));
            }
        }
    }

    private void endRun() {
        frames.flip();
        received.add(new WireSamples.Run(input.flow(), input.lane(), input.epoch(), input.position(), input.messagesBefore(),
                input.origin(), input.hops(), ByteBuffer.allocate(frames.remaining()).put(frames).flip()));
        frames.clear();
    }
}
