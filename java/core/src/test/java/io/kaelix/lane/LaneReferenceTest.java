// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.Payload;
import io.kaelix.Start;
import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.RegionArena;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameMessage;
import io.kaelix.message.MessagePool;
import io.kaelix.message.PayloadHandle;
import io.kaelix.message.ReferenceDescriptor;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames that refer to payloads: who holds these and until when, and references that no writer writes. */
class LaneReferenceTest {

    private static final int CAPACITY = 4096;
    private static final int FRAME = FrameDescriptor.HEADER_LENGTH + ReferenceDescriptor.LENGTH;
    private static final int BYTES = 200;

    private final LaneFixture fixture = new LaneFixture(CAPACITY);
    private final RegionArena arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 16 << 20);
    private final MessagePool pool = new MessagePool(arena, 16 << 20, Cleaner.create());
    private int sent;

    @AfterEach
    void free() {
        fixture.lane.release();
        fixture.close();
        assertThat(pool.statistics().outstanding()).as("when the lane is gone").isZero();
        pool.close();
        arena.close();
        assertThat(arena.mappedBytes()).isZero();
    }

    private long outstanding() {
        return pool.statistics().outstanding();
    }

    /** Sends a reference to bytes that all say the number of the frame, and keeps none. */
    private boolean send() {
        try (Payload payload = pool.payload(BYTES)) {
            payload.writable().fill((byte) sent);
            return send(payload);
        }
    }

    private boolean send(final Payload payload) {
        final PayloadHandle handle = PayloadHandle.of(payload);
        final var bytes = handle.hold();
        fixture.writer.makeRoomForPayload();
        final long frame = fixture.writer.claim(FRAME);
        if (frame < 0) {
            bytes.releaseSoon();
            return false;
        }
        handle.putReference(frame + FrameDescriptor.HEADER_LENGTH);
        fixture.writer.commitReference(FRAME, FrameDescriptor.VERSION_BITS | FrameDescriptor.FLAG_REFERENCE, LaneFixture.STREAM,
                (int) fixture.writer.frames(), bytes, payload.length());
        sent++;
        return true;
    }

    /** Numbers of the frames of one poll, each byte of each checked. */
    private List<Integer> poll(final PollableLane reader, final int limit) {
        final List<Integer> numbers = new ArrayList<>();
        final FrameMessage message = fixture.messageOf(reader);
        message.open(Thread.currentThread());
        try {
            assertThat(reader.poll(message, shown -> {
                assertThat(shown.length()).isEqualTo(BYTES);
                for (int i = 0; i < BYTES; i++) {
                    assertThat(shown.getByte(i)).isEqualTo((byte) shown.sequence());
                }
                numbers.add((int) shown.sequence());
            }, limit)).isEqualTo(numbers.size());
        } finally {
            message.clear();
        }
        return numbers;
    }

    @Test
    void shouldHoldPayloadsUntilTheSlowestReaderHasPassedThem() {
        final LaneReader fast = fixture.lane.join();
        final LaneReader slow = fixture.lane.join();
        for (int i = 0; i < 50; i++) {
            assertThat(send()).isTrue();
        }
        assertThat(poll(fast, 100)).hasSize(50);
        assertThat(outstanding()).isEqualTo(50);
        assertThat(poll(slow, 20)).hasSize(20);
        send();
        send();
        assertThat(outstanding()).as("looks each sixteenth of the ring, in bytes of payload").isEqualTo(32);
        fast.leave();
        slow.leave();
    }

    @Test
    void shouldHoldForNobodyIfNobodyReads() {
        for (int i = 0; i < 1_000; i++) {
            send();
            assertThat(outstanding()).isLessThan(3);
        }
    }

    @Test
    void shouldGoRoundWithEveryMixOfSlowReaders() {
        final Random random = new Random(5);
        final List<LaneReader> readers = List.of(fixture.lane.join(), fixture.lane.join(), fixture.lane.join());
        final int[] next = new int[readers.size()];
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(4) != 0) {
                send();
            } else if (fixture.writer.claim(24) > 0) {
                // A plain frame in between, which no reader is to show as a payload: it is claimed and forgotten.
                fixture.writer.beginBatch();
                fixture.writer.endBatch();
            }
            final int which = random.nextInt(readers.size());
            for (final int number : poll(readers.get(which), 1 + random.nextInt(5))) {
                assertThat(number).isEqualTo(next[which]++);
            }
            assertThat(outstanding()).isLessThanOrEqualTo(CAPACITY / FRAME + 3L);
        }
        assertThat(sent).isGreaterThan(5_000);
        readers.forEach(LaneReader::leave);
    }

    @Test
    void shouldGiveThemUpWhenTheLastParticipantIsGone() {
        final LaneReader reader = fixture.lane.join();
        for (int i = 0; i < 10; i++) {
            send();
        }
        fixture.lane.closeWriter();
        fixture.lane.close();
        assertThat(outstanding()).isEqualTo(10);
        assertThat(poll(reader, 5)).hasSize(5);
        reader.leave();
    }

    @Test
    void shouldLetALossyReaderThatJoinedLateTakeWhatIsThereAndCountTheRest() {
        final LaneReader gating = fixture.lane.join();
        for (int i = 0; i < 20; i++) {
            send();
        }
        final LossyLaneReader lossy = fixture.lane.joinLossy(Start.oldest());
        assertThat(poll(lossy, 5)).containsExactly(0, 1, 2, 3, 4);
        assertThat(poll(gating, 15)).hasSize(15);
        send();
        send();
        assertThat(poll(lossy, 100)).isSubsetOf(15, 16, 17, 18, 19, 20, 21).endsWith(20, 21);
        assertThat(lossy.lost()).isEqualTo(10);
        assertThat(lossy.isDrained()).isFalse();
        gating.leave();
        lossy.leave();
    }

    @Test
    void shouldCountWhatAGatingReaderFindsGoneThatStartsInThePast() {
        for (int i = 0; i < 21; i++) {
            send();
        }
        final LaneReader reader = fixture.lane.join(Start.oldest(), Patience.UNLIMITED);
        final List<Integer> seen = poll(reader, 100);
        assertThat(seen).isNotEmpty().endsWith(20);
        assertThat(reader.lost()).isEqualTo(21 - seen.size());
        send();
        assertThat(poll(reader, 10)).containsExactly(21);
        reader.leave();
    }

    @Test
    void shouldDropThoseOfABatchThatIsNeverPublished() {
        final LaneReader reader = fixture.lane.join();
        send();
        fixture.writer.beginBatch();
        send();
        send();
        assertThat(outstanding()).isEqualTo(3);
        fixture.writer.dropBatch();
        sent = 1;
        assertThat(outstanding()).isEqualTo(1);
        send();
        assertThat(poll(reader, 10)).containsExactly(0, 1);
        reader.leave();
    }

    @Test
    void shouldStopAnEvictedReaderAtAReferenceThatIsGone() {
        final LaneReader evicted = fixture.lane.join();
        for (int i = 0; i < 10; i++) {
            send();
        }
        fixture.lane.evict(evicted);
        send();
        send();
        assertThat(outstanding()).isLessThan(4);
        assertThat(poll(evicted, 10)).isEmpty();
        evicted.leave();
    }

    /** Each field overwritten: index, generation, start and length of the bytes. */
    @ParameterizedTest
    @CsvSource({"0, -1", "0, 1000000", "0, 2147483647", "0, -2147483648", "4, -5", "4, 77", "8, 1", "8, -1", "8, 2147483647", "12, 1",
        "12, -1", "16, 201", "16, -1", "16, 2147483647", "20, 1", "20, -2147483648", "20, -1"})
    void shouldReportAReferenceThatLeadsNowhere(final int offset, final int value) {
        final LaneReader gating = fixture.lane.join();
        send();
        send();
        NativeMemory.putInt(fixture.address(FRAME) + FrameDescriptor.HEADER_LENGTH + offset, value);
        assertThat(poll(gating, 1)).containsExactly(0);
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(() -> poll(gating, 1)).isInstanceOf(KaelixException.class).hasMessageContaining("byte " + FRAME)
                    .hasMessageContaining("reference").hasMessageContaining("publisher " + LaneFixture.PUBLISHER);
            assertThat(gating.position()).isEqualTo(FRAME);
        }
        assertThat(gating.lost()).isZero();
        gating.leave();
    }

    /** A flag that is set on a frame which is none: of any other length than a reference has. */
    @ParameterizedTest
    @CsvSource({"16", "24", "39", "41", "64"})
    void shouldReportAFlagOnAFrameThatHoldsNoReference(final int length) {
        final LaneReader gating = fixture.lane.join();
        final LossyLaneReader lossy = fixture.lane.joinLossy();
        fixture.writeAll(length);
        NativeMemory.putInt(fixture.address(0) + FrameDescriptor.FLAGS_OFFSET,
                FrameDescriptor.VERSION_BITS | FrameDescriptor.FLAG_REFERENCE);
        for (final PollableLane reader : List.of(gating, lossy)) {
            assertThatThrownBy(() -> poll(reader, 1)).isInstanceOf(KaelixException.class).hasMessageContaining("reference");
            assertThat(reader.position()).isZero();
            reader.leave();
        }
    }

    @Test
    void shouldSurviveRandomBytesInPlaceOfAReference() {
        final Random random = new Random(11);
        final LaneReader gating = fixture.lane.join();
        try (Payload payload = pool.payload(MemorySegment.ofArray(new byte[BYTES]))) {
            send(payload);
            final long reference = fixture.address(0) + FrameDescriptor.HEADER_LENGTH;
            for (int i = 0; i < 100_000; i++) {
                for (int at = 0; at < ReferenceDescriptor.LENGTH; at += Integer.BYTES) {
                    if (random.nextBoolean()) {
                        NativeMemory.putInt(reference + at, random.nextInt(4) == 0 ? random.nextInt(300) : random.nextInt());
                    }
                }
                final FrameMessage message = fixture.messageOf(gating);
                message.open(Thread.currentThread());
                if (message.wrap(fixture.address(0), FRAME, FrameDescriptor.VERSION_BITS | FrameDescriptor.FLAG_REFERENCE)) {
                    assertThat(message.length()).isLessThanOrEqualTo(BYTES);
                    assertThat(message.toByteArray()).containsOnly(0);
                }
                message.clear();
            }
            assertThat(payload.toString()).contains("2 references");
        }
        gating.leave();
    }
}
