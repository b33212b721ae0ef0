// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What waits to be sent: pieces of memory in order, whatever a short write leaves. */
class WireOutputTest {

    private final WireOutput output = new WireOutput(8);
    private final ByteBuffer ring = ByteBuffer.allocateDirect(4096);

    /** Writes as a socket does that has room for so many bytes. */
    private static void write(final WireOutput output, final int most, final ByteArrayOutputStream written) {
        int left = most;
        for (int i = output.first(); i < output.first() + output.count() && left > 0; i++) {
            final ByteBuffer piece = output.buffers()[i];
            for (; piece.hasRemaining() && left > 0; left--) {
                written.write(piece.get());
            }
        }
        output.written(most - left);
    }

    private boolean run(final int offset, final int length) {
        return output.run(1, 2, 3, 64, 5, 0, 0, ring.slice(offset, length));
    }

    @Test
    void shouldGatherMessagesAndFramesInOrder() {
        assertThat(output.bare(WireType.HEARTBEAT, 0)).isTrue();
        assertThat(output.credit(3, 64, 32)).isTrue();
        assertThat(run(64, 128)).isTrue();
        assertThat(run(192, 32)).isTrue();
        assertThat(output.count()).isEqualTo(4);
        assertThat(output.pending()).isEqualTo(8 + 24 + 48 + 128 + 48 + 32);
        assertThat(output.buffers()[output.first()].remaining()).isEqualTo(8 + 24 + 48);
    }

    @Property(tries = 200)
    void shouldWriteTheSameHoweverShortTheWrites(@ForAll final Random random, @ForAll final boolean toServer,
            @ForAll @IntRange(min = 1, max = 30) final int messages, @ForAll @IntRange(min = 1, max = 5000) final int longestWrite) {
        final List<WireSamples.Sent> sent = new WireSamples(random).conversation(toServer, messages);
        final WireOutput small = new WireOutput(4);
        final ByteArrayOutputStream written = new ByteArrayOutputStream();
        for (final WireSamples.Sent next : sent) {
            while (!WireSamples.add(next, small)) {
                assertThat(small.pending()).as("an empty output takes anything").isPositive();
                write(small, 1 + random.nextInt(longestWrite), written);
            }
            if (random.nextBoolean()) {
                write(small, 1 + random.nextInt(longestWrite), written);
            }
        }
        while (small.pending() > 0) {
            write(small, longestWrite, written);
        }
        assertThat(written.toByteArray()).isEqualTo(WireSamples.bytes(sent));
        assertThat(small.count()).isZero();
        assertThat(small.runs()).isEqualTo(small.runsWritten())
                .isEqualTo(sent.stream().filter(next -> next instanceof WireSamples.Run).count());
    }

    @Test
    void shouldTakeNoMoreThanThereIsRoomForAndLoseNothing() {
        final List<Boolean> taken = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            taken.add(run(0, 16));
        }
        assertThat(taken).containsExactly(true, true, true, true, false, false);
        assertThat(output.runs()).isEqualTo(4);
        assertThat(output.pending()).isEqualTo(4 * (48 + 16));
        final ByteArrayOutputStream written = new ByteArrayOutputStream();
        write(output, 48 + 16, written);
        assertThat(output.runsWritten()).isEqualTo(1);
        assertThat(run(0, 16)).isTrue();
    }

    @Test
    void shouldKeepTheRunOfAShortWriteUntilItsLastByte() {
        assertThat(run(0, 16)).isTrue();
        final ByteArrayOutputStream written = new ByteArrayOutputStream();
        write(output, 63, written);
        assertThat(output.runsWritten()).isZero();
        assertThat(output.pending()).isEqualTo(1);
        write(output, 1, written);
        assertThat(output.runsWritten()).isEqualTo(1);
    }

    @Test
    void shouldNotGrowByWhatIsNeverWritten() {
        int taken = 0;
        while (output.bare(WireType.HEARTBEAT, 0)) {
            taken++;
            assertThat(taken).isLessThan(100_000);
        }
        assertThat(output.pending()).isEqualTo(8L * taken).isLessThanOrEqualTo(WireDescriptor.MAX_CONTROL_LENGTH);
        final ByteArrayOutputStream written = new ByteArrayOutputStream();
        write(output, 12, written);
        assertThat(output.bare(WireType.BYE, 0)).as("the room of what was written is used again").isTrue();
        write(output, Integer.MAX_VALUE, written);
        final byte[] bytes = written.toByteArray();
        assertThat(bytes.length).isEqualTo(8 * (taken + 1));
        assertThat(bytes[bytes.length - 4]).isEqualTo((byte) WireType.BYE.code());
        assertThat(bytes[bytes.length - 12]).isEqualTo((byte) WireType.HEARTBEAT.code());
    }

    @Test
    void shouldAllocateNothingForRunsAndCredits() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final WireInput input = new WireInput(true, 4096);
        input.put(ByteBuffer.wrap(WireSamples.bytes(List.of(new WireSamples.Whole(new WireSamples(new Random(3)).hello())))));
        assertThat(input.next()).isEqualTo(WireType.HELLO);
        final ByteBuffer frames = ring.slice(0, 64);
        sendAndReceive(frames, input, 100);
        final long before = threads.getCurrentThreadAllocatedBytes();
        final long received = sendAndReceive(frames, input, 10_000);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(20_000);
        assertThat(received).isEqualTo(10_000L * (64 + 64 + 8));
    }

    /** What arrives: bytes of frames, and what credits say. */
    private long sendAndReceive(final ByteBuffer frames, final WireInput input, final int rounds) {
        long received = 0;
        for (int i = 0; i < rounds; i++) {
            output.run(0, 1, 2, 64, i, 0, 0, frames.clear());
            output.credit(7, 64, 8);
            output.bare(WireType.HEARTBEAT, 0);
            int bytes = 0;
            for (int piece = output.first(); piece < output.first() + output.count(); piece++) {
                bytes += output.buffers()[piece].remaining();
                input.put(output.buffers()[piece]);
            }
            output.written(bytes);
            for (WireType type = input.next(); type != null; type = input.next()) {
                if (type == WireType.RUN) {
                    received += input.buffered();
                    input.discard();
                } else if (type == WireType.CREDIT) {
                    received += input.creditLimit() + input.creditAcknowledged();
                }
            }
        }
        return received;
    }

    @Test
    void shouldForgetEverythingWhenTheConnectionIsGone() {
        run(0, 16);
        output.credit(1, 8, 8);
        output.clear();
        assertThat(output.pending()).isZero();
        assertThat(output.count()).isZero();
        assertThat(output.runsWritten()).isEqualTo(output.runs());
        output.bare(WireType.BYE, 0);
        assertThat(WireSamples.drain(output)).containsExactly(8, 0, 0, 0, WireType.BYE.code(), 0, 0, 0);
    }
}
