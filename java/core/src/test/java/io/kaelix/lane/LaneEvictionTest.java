// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Start;
import io.kaelix.lane.LaneFixture.Frame;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameMessage;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whom the writer evicts, when, and that an evicted reader is handed nothing that was overwritten. */
class LaneEvictionTest {

    private static final int CAPACITY = 1024;

    private final LaneFixture fixture = new LaneFixture(CAPACITY);

    @AfterEach
    void free() {
        fixture.close();
    }

    private LaneReader join(final long maxLag, final long maxStallNanos) {
        return fixture.lane.join(Start.latest(), new Patience(maxLag, maxStallNanos));
    }

    @Test
    void shouldEvictAReaderThatIsFurtherBehindThanItMayBe() {
        final LaneReader slow = join(256, Long.MAX_VALUE);
        while (!slow.isEvicted()) {
            fixture.writeAll(64);
            assertThat(fixture.lane.tail()).as("a sixteenth and a frame beyond the limit at most").isLessThanOrEqualTo(256 + 64 + 64);
        }
        assertThat(slow.eviction().lagBytes()).isGreaterThan(256);
        assertThat(slow.eviction().stallNanos()).isZero();
        assertThat(slow.eviction().timeMillis()).isPositive();
        for (int i = 0; i < 100; i++) {
            fixture.writeAll(64);
        }
        assertThat(fixture.poll(slow, 100)).isEmpty();
        assertThat(slow.isDrained()).isTrue();
    }

    @Test
    void shouldKeepAReaderThatIsAsFarBehindAsItMayBe() {
        final LaneReader reader = join(256, Long.MAX_VALUE);
        for (int i = 0; i < 1_000; i++) {
            fixture.writeAll(64, 64, 64, 64);
            assertThat(fixture.drain(reader)).hasSize(4);
        }
        assertThat(reader.isEvicted()).isFalse();
        assertThat(reader.eviction()).isNull();
    }

    @Test
    void shouldNotCountWhatABatchHoldsBackAsLag() {
        final LaneReader reader = join(64, Long.MAX_VALUE);
        fixture.writer.beginBatch();
        fixture.writeAll(64, 64, 64, 64, 64, 64, 64);
        assertThat(reader.isEvicted()).isFalse();
        fixture.writer.endBatch();
        assertThat(fixture.drain(reader)).hasSize(7);
    }

    @Test
    void shouldEvictAReaderThatHoldsTheWriterUpForTooLong() {
        final LaneReader slow = join(Long.MAX_VALUE, 1_000_000);
        final LaneReader patient = fixture.lane.join();
        fixture.fillWith(64);
        fixture.drain(patient);
        assertThat(slow.isEvicted()).as("at the first refusal").isFalse();
        assertThat(slow.stalledSince()).isNotZero();
        final long since = slow.stalledSince();

        while (fixture.write(64) < 0) {
            assertThat(slow.isEvicted()).isFalse();
            assertThat(slow.stalledSince()).isEqualTo(since);
        }

        assertThat(slow.isEvicted()).isTrue();
        assertThat(slow.eviction().stallNanos()).isGreaterThan(1_000_000);
        assertThat(slow.eviction().lagBytes()).isEqualTo(15 * 64);
        assertThat(patient.isEvicted()).isFalse();
        assertThat(fixture.drain(patient)).containsExactly(15);
    }

    @Test
    void shouldCountTimeAnewOnceTheRoomWasMade() {
        final LaneReader reader = join(Long.MAX_VALUE, 0);
        for (int i = 0; i < 1_000; i++) {
            fixture.fillWith(64);
            assertThat(reader.stalledSince()).isNotZero();
            assertThat(fixture.poll(reader, 3)).hasSize(3);
            assertThat(reader.stalledSince()).isZero();
        }
        assertThat(reader.isEvicted()).isFalse();
    }

    @Test
    void shouldNeverEvictWhoHasAllPatience() {
        final LaneReader reader = fixture.lane.join();
        fixture.fillWith(64);
        for (int i = 0; i < 1_000; i++) {
            assertThat(fixture.write(64)).isEqualTo(LaneWriter.BACK_PRESSURED);
        }
        assertThat(reader.isEvicted()).isFalse();
        assertThat(reader.stalledSince()).isNotZero();
        assertThat(fixture.drain(reader)).hasSize(15);
    }

    @Test
    void shouldEvictAReaderThatIsLeavingButDoesNotCome() {
        final LaneReader reader = join(Long.MAX_VALUE, 0);
        fixture.fillWith(64);
        reader.requestLeave();
        while (fixture.write(64) < 0) {
            Thread.onSpinWait();
        }
        assertThat(reader.isEvicted()).isTrue();
        reader.leave();
        assertThat(fixture.lane.usedSlots()).isZero();
    }

    @Test
    void shouldNotTakeTheNextReaderOfASlotForTheOneThatWasDecidedAbout() {
        final LaneReader first = join(64, 0);
        final long slot = LaneDescriptor.slot(fixture.lane.control(), first.slot());
        final int state = NativeMemory.getInt(slot + LaneDescriptor.SLOT_STATE_OFFSET);
        first.leave();
        final LaneReader second = fixture.lane.join();
        assertThat(second.slot()).isEqualTo(first.slot());

        assertThat(LaneEviction.evict(slot, state, 100, 0)).isFalse();

        assertThat(second.isEvicted()).isFalse();
        fixture.writeAll(64);
        assertThat(fixture.drain(second)).containsExactly(0);
    }

    @Test
    void shouldNotTakeTheWayToTheTailForALag() {
        fixture.writeAll(64, 64, 64);
        for (int i = 0; i < 200; i++) {
            final LaneReader reader = join(16, Long.MAX_VALUE);
            assertThat(reader.start()).isEqualTo(fixture.lane.tail());
            fixture.writeAll(16);
            assertThat(fixture.drain(reader)).hasSize(1);
            assertThat(reader.isEvicted()).isFalse();
            reader.leave();
        }
    }

    @Test
    void shouldHandOverNothingThatWasOverwrittenHoweverTheyMeet() throws Exception {
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        int evictions = 0;
        for (int round = 0; round < 300; round++) {
            final LaneReader reader = join(512, Long.MAX_VALUE);
            final long next = fixture.writer.frames();
            final Thread polling = Thread.ofPlatform().start(() -> {
                try {
                    readUntilEvicted(reader, next);
                } catch (final Throwable e) {
                    failure.set(e);
                }
            });
            while (polling.isAlive()) {
                for (int i = 0; i < 50; i++) {
                    fixture.write(16 + i * 3);
                }
            }
            polling.join();
            assertThat(failure.get()).isNull();
            evictions += reader.isEvicted() ? 1 : 0;
            reader.leave();
        }
        assertThat(evictions).isPositive();
    }

    /** What its handler is at when it is evicted may be torn: each message counts once the next one has come. */
    private void readUntilEvicted(final LaneReader reader, final long first) {
        final FrameMessage message = fixture.messageOf(reader);
        message.open(Thread.currentThread());
        final long[] expected = {first};
        for (int polls = 0; polls < 2_000 && !reader.isEvicted(); polls++) {
            reader.poll(message, shown -> {
                final int sequence = (int) shown.sequence();
                Frame frame = null;
                try {
                    frame = LaneFixture.check(shown);
                } catch (final AssertionError torn) {
                    assertThat(reader.isEvicted()).as("torn without being evicted, %s", torn).isTrue();
                }
                if (frame != null && !reader.isEvicted()) {
                    assertThat(sequence).isEqualTo((int) expected[0]);
                }
                expected[0]++;
            }, 16);
        }
        message.clear();
    }
}
