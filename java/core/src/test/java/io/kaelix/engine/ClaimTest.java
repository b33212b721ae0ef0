// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.fill;
import static io.kaelix.engine.EngineFixture.onThread;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Claim;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A claim is written by its thread, within its bounds, while it is open; else it throws. */
class ClaimTest {

    private final EngineFixture engine = new EngineFixture();
    private final Publisher publisher = engine.publisher("a");
    private final Subscriber subscriber = engine.subscriber("a");

    /** All that touches memory or ends a claim. */
    private static final List<Consumer<Claim>> USES = List.of(
            claim -> claim.putByte(0, (byte) 1),
            claim -> claim.putInt(0, 1),
            claim -> claim.putLong(0, 1),
            claim -> claim.putDouble(0, 1),
            claim -> claim.putBytes(0, new byte[1], 0, 1),
            claim -> claim.putBytes(0, MemorySegment.ofArray(new byte[1]), 0, 1),
            Claim::commit,
            claim -> claim.commit(0),
            Claim::abort);

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void shouldWriteEveryKindAtAnyOffset() {
        final Claim claim = publisher.tryClaim(64, 5);
        assertThat(claim.isOpen()).isTrue();
        assertThat(claim.length()).isEqualTo(64);
        assertThat(claim.result()).isNotNegative();
        final byte[] bytes = {9, 8, 7, 6};
        final long end = claim.putByte(0, (byte) -1).putInt(1, 0x01020304).putLong(5, -2).putDouble(13, Math.PI)
                .putBytes(21, bytes, 1, 2).putBytes(23, MemorySegment.ofArray(bytes), 2, 2).putByte(63, (byte) 63).commit();

        assertThat(end).isEqualTo(16 + 8 + 64);
        assertThat(claim.isOpen()).isFalse();
        assertThat(claim.length()).isZero();
        assertThat(subscriber.poll(message -> {
            assertThat(message.timestamp()).isEqualTo(5);
            assertThat(message.length()).isEqualTo(64);
            assertThat(message.getByte(0)).isEqualTo((byte) -1);
            assertThat(message.getInt(1)).isEqualTo(0x01020304);
            assertThat(message.getByte(1)).as("little-endian").isEqualTo((byte) 4);
            assertThat(message.getLong(5)).isEqualTo(-2);
            assertThat(message.getDouble(13)).isEqualTo(Math.PI);
            assertThat(message.getInt(21)).isEqualTo(0x06070708);
            assertThat(message.getByte(63)).isEqualTo((byte) 63);
        }, 1)).isEqualTo(1);
    }

    @Test
    void shouldRefuseOffsetsOutsideAndStayOpen() {
        final Claim claim = publisher.tryClaim(8);
        final byte[] bytes = new byte[16];
        for (final int offset : new int[] {-1, 8, 9, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertOutside(() -> claim.putByte(offset, (byte) 1));
            assertOutside(() -> claim.putInt(offset, 1));
            assertOutside(() -> claim.putLong(offset, 1));
            assertOutside(() -> claim.putDouble(offset, 1));
            assertOutside(() -> claim.putBytes(offset, bytes, 0, 4));
            assertOutside(() -> claim.putBytes(offset, MemorySegment.ofArray(bytes), 0, 4));
        }
        assertOutside(() -> claim.putInt(5, 1));
        assertOutside(() -> claim.putLong(1, 1));
        assertOutside(() -> claim.putDouble(1, 1));
        assertOutside(() -> claim.putBytes(0, bytes, 0, 9));
        assertOutside(() -> claim.putBytes(0, bytes, 0, -1));
        assertOutside(() -> claim.putBytes(0, bytes, 13, 4));
        assertOutside(() -> claim.putBytes(0, MemorySegment.ofArray(bytes), 13, 4));
        assertOutside(() -> claim.putBytes(0, MemorySegment.ofArray(bytes), -1, 4));
        assertOutside(() -> claim.commit(9));
        assertOutside(() -> claim.commit(-1));
        assertOutside(() -> claim.commit(Integer.MIN_VALUE));

        assertThat(claim.isOpen()).isTrue();
        claim.putLong(0, 42).commit();
        assertThat(drain(subscriber)).containsExactly(42L);
    }

    private static void assertOutside(final ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldPublishTheFirstBytesAloneWhenShortened() {
        publisher.tryClaim(100).putLong(0, 1).putLong(8, -1).commit(8);
        send(publisher, 2);
        assertThat(drain(subscriber)).containsExactly(1L, 2L);
    }

    @Test
    void shouldNotBeUsableWhenItIsNotOpen() {
        final Claim committed = publisher.tryClaim(8);
        committed.putLong(0, 1).commit();
        assertDead(committed);
        final Claim aborted = publisher.tryClaim(8);
        aborted.abort();
        assertDead(aborted);
        final Claim tooLong = publisher.tryClaim(1 << 20);
        assertDead(tooLong);
        assertThatThrownBy(() -> tooLong.putByte(0, (byte) 1)).hasMessageContaining("" + Publisher.TOO_LONG);
        fill(publisher);
        final Claim backPressured = publisher.tryClaim(8);
        assertThat(backPressured.result()).isEqualTo(Publisher.BACK_PRESSURED);
        assertDead(backPressured);
        engine.streamer.close();
        final Claim closed = publisher.tryClaim(8);
        assertThat(closed.result()).isEqualTo(Publisher.CLOSED);
        assertDead(closed);
    }

    @Test
    void shouldNotBeUsableOnceItsPublisherIsClosed() {
        final Claim claim = publisher.tryClaim(8);
        publisher.close();
        assertDead(claim);
        assertThat(drain(subscriber)).isEmpty();
    }

    private static void assertDead(final Claim claim) {
        assertThat(claim.isOpen()).isFalse();
        assertThat(claim.length()).isZero();
        for (final Consumer<Claim> use : USES) {
            assertThatThrownBy(() -> use.accept(claim)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldNotBeUsableByAnotherThread() throws Exception {
        final Claim claim = publisher.tryClaim(8).putLong(0, 1);
        onThread(() -> {
            for (final Consumer<Claim> use : USES) {
                assertThatThrownBy(() -> use.accept(claim)).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("the thread that claimed");
            }
            return null;
        });
        claim.commit();
        assertThat(drain(subscriber)).containsExactly(1L);
    }

    @Test
    void shouldBeCommittedOrAbortedBeforeTheNext() {
        final Claim claim = publisher.tryClaim(8);
        assertThatThrownBy(() -> publisher.tryClaim(8)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("commit or abort");
        assertThatThrownBy(() -> publisher.offer(new byte[1])).isInstanceOf(IllegalStateException.class);
        claim.putLong(0, 5).commit();
        assertThatThrownBy(() -> publisher.tryClaim(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(drain(subscriber)).containsExactly(5L);
    }

    @Test
    void shouldLeaveNoGapWhereItWasAborted() {
        final int before = fill(publisher);
        drain(subscriber);
        for (int i = 0; i < 100_000; i++) {
            publisher.tryClaim(1_000).putLong(0, i).abort();
        }
        send(publisher, 3);
        assertThat(subscriber.poll(message -> assertThat(message.sequence()).isEqualTo(before), 10)).isEqualTo(1);
    }

    /** The stack ends at each place within the call, one after the other. */
    @Test
    void shouldNotBeOpenWhenClaimingFailed() throws Exception {
        final Publisher other = engine.publisher("a");
        final Claim[] claim = new Claim[1];
        final Thread thread = new Thread(null, () -> {
            claim[0] = other.tryClaim(8);
            claim[0].abort();
            for (int depth = 20_000; depth > 0; depth--) {
                try {
                    claimAt(other, depth);
                    break;
                } catch (final StackOverflowError deep) {
                    assertThat(claim[0].isOpen()).isFalse();
                }
            }
            claim[0].abort();
            assertThat(other.offer(new byte[8])).isPositive();
        }, "shallow", 256 << 10);
        final Throwable[] failure = new Throwable[1];
        thread.setUncaughtExceptionHandler((t, e) -> failure[0] = e);
        thread.start();
        thread.join();
        assertThat(failure[0]).isNull();
    }

    private static void claimAt(final Publisher publisher, final int depth) {
        if (depth > 0) {
            claimAt(publisher, depth - 1);
        } else {
            publisher.tryClaim(8);
        }
    }
}
