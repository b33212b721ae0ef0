// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Headers;
import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.RetainedMessage;
import io.kaelix.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A message that was retained: the same to everybody while references are held, an exception from then on. */
class RetainedFrameTest {

    /** All that reads it. */
    private static final List<Consumer<RetainedMessage>> READS = List.of(
            Message::topic, Message::streamId, Message::publisherId, Message::sequence, Message::timestamp, Message::length,
            message -> message.getByte(0), message -> message.getInt(0), message -> message.getLong(0), message -> message.getDouble(0),
            Message::payload, Message::toByteArray, Message::asString, Message::headers, Message::partitionKey,
            message -> message.copyTo(0, new byte[1], 0, 1), message -> message.copyTo(0, MemorySegment.ofArray(new byte[1]), 0, 1),
            RetainedMessage::retain, RetainedMessage::release, RetainedMessage::close);

    private final PoolFixture fixture = new PoolFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void shouldShowWhatTheOriginalDid() {
        try (Arena arena = Arena.ofConfined(); RetainedMessage retained = retainBuilt(arena)) {
            assertThat(retained.topic()).isEqualTo(PoolFixture.TOPIC);
            assertThat(retained.streamId()).isEqualTo(5);
            assertThat(retained.publisherId()).isEqualTo(PoolFixture.PUBLISHER);
            assertThat(retained.sequence()).as("unsigned").isEqualTo(0xFFFF_FFFFL);
            assertThat(retained.timestamp()).isEqualTo(77);
            assertThat(retained.partitionKey()).isEqualTo(0x32D153FFL);
            assertThat(retained.headers().getString("h")).isEqualTo("value");
            assertThat(retained.asString()).isEqualTo("0123456789");
            assertThat(retained.length()).isEqualTo(10);
            final MemorySegment bytes = MemorySegment.ofArray(retained.toByteArray());
            assertThat(retained.getByte(9)).isEqualTo((byte) '9');
            assertThat(retained.getInt(3)).isEqualTo(bytes.get(ValueLayout.JAVA_INT_UNALIGNED, 3));
            assertThat(retained.getLong(2)).isEqualTo(bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, 2));
            assertThat(retained.getDouble(1)).isEqualTo(bytes.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 1));
            final byte[] part = new byte[4];
            retained.copyTo(1, part, 1, 3);
            assertThat(part).containsExactly(0, '1', '2', '3');
            retained.copyTo(4, MemorySegment.ofArray(part), 0, 2);
            assertThat(part).containsExactly('4', '5', '2', '3');
            assertThat(retained.payload().isReadOnly()).isTrue();
            assertThat(retained.payload().toArray(ValueLayout.JAVA_BYTE)).isEqualTo("0123456789".getBytes());
            assertThat(retained.payload().address() % 8).isZero();
            assertThat(retained).hasToString("RetainedMessage[t of publisher 7, 10 bytes, 1 references]");
        }
    }

    private RetainedMessage retainBuilt(final Arena arena) {
        final MessageBuilder builder = Message.builder().payload("0123456789").header("h", "value").partitionKey("abc").timestamp(77);
        final FrameBuilder frame = FrameBuilder.of(builder, PoolFixture.TOPIC);
        final int length = frame.headerLength() + frame.payloadLength();
        final MemorySegment memory = arena.allocate(length, 8);
        NativeMemory.putLong(memory.address(), FrameDescriptor.firstWord(length, frame.flags()));
        NativeMemory.putLong(memory.address() + FrameDescriptor.STREAM_ID_OFFSET, FrameDescriptor.secondWord(5, -1));
        frame.encode(memory.address());
        final FrameMessage message = new FrameMessage(memory.asReadOnly(), PoolFixture.PUBLISHER, id -> PoolFixture.TOPIC, fixture.pool);
        message.open(Thread.currentThread());
        assertThat(message.wrap(memory.address(), length, frame.flags())).isTrue();
        final RetainedMessage retained = message.retain();
        memory.fill((byte) 0);
        return retained;
    }

    @Test
    void shouldRefuseOffsetsOutside() {
        try (RetainedMessage retained = fixture.retain(8, 1)) {
            for (final int offset : new int[] {-1, 8, 9, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                assertThatThrownBy(() -> retained.getByte(offset)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> retained.getInt(offset)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> retained.getLong(offset)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> retained.getDouble(offset)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> retained.copyTo(offset, new byte[8], 0, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            }
            assertThatThrownBy(() -> retained.getInt(5)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> retained.getLong(1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> retained.copyTo(0, new byte[9], 0, 9)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void shouldLiveUntilTheLastReference() {
        final RetainedMessage retained = fixture.retain(100, 42);
        assertThat(retained.retain()).isSameAs(retained);
        assertThat(retained.references()).isEqualTo(2);
        assertThat(retained.release()).isFalse();
        assertThat(PoolFixture.holds(retained, 100, 42)).isTrue();
        assertThat(retained.release()).isTrue();
        assertThat(retained.references()).isZero();
        assertReleased(retained);
        assertThat(fixture.pool.statistics().outstanding()).isZero();
    }

    private static void assertReleased(final RetainedMessage retained) {
        for (final Consumer<RetainedMessage> read : READS) {
            assertThatThrownBy(() -> read.accept(retained)).isInstanceOf(IllegalStateException.class).hasMessageContaining("was released");
        }
        assertThat(retained).hasToString("RetainedMessage[released]");
    }

    @Test
    void shouldNotCountReleasesThatAreTooMany() {
        final RetainedMessage first = fixture.retain(10, 1);
        first.release();
        assertReleased(first);
        final List<RetainedMessage> others = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            others.add(fixture.retain(10, i));
        }
        assertReleased(first);
        assertThat(fixture.pool.statistics().outstanding()).isEqualTo(1000);
        for (int i = 0; i < others.size(); i++) {
            assertThat(PoolFixture.holds(others.get(i), 10, i)).isTrue();
            others.get(i).close();
        }
        assertThat(fixture.pool.statistics().outstanding()).isZero();
    }

    @Test
    void shouldEndHeadersWithIt() {
        try (Arena arena = Arena.ofConfined()) {
            final RetainedMessage retained = retainBuilt(arena);
            final Headers headers = retained.headers();
            headers.forEach(header -> {
                assertThat(header.asString()).isEqualTo("value");
                retained.retain().release();
                assertThat(header.name()).isEqualTo("h");
            });
            assertThatThrownBy(() -> headers.forEach(header -> {
                retained.release();
                header.name();
            })).isInstanceOf(IllegalStateException.class).hasMessageContaining("was released");
            assertThatThrownBy(headers::count).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> headers.getString("h")).isInstanceOf(IllegalStateException.class);
        }
    }

    /**
     * Readers without a reference of their own race with the release, and with others who take the buffer at once: each read answers right, or
     * throws.
     */
    @Test
    void shouldNeverShowAnothersBytesToALateReader() throws InterruptedException {
        final AtomicReference<RetainedMessage> shared = new AtomicReference<>();
        final AtomicReference<String> wrong = new AtomicReference<>();
        final AtomicInteger late = new AtomicInteger();
        final CountDownLatch end = new CountDownLatch(1);
        final List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            readers.add(Thread.ofPlatform().start(() -> {
                while (end.getCount() > 0) {
                    final RetainedMessage message = shared.get();
                    if (message != null) {
                        try {
                            final long first = message.getLong(0);
                            final byte[] all = message.toByteArray();
                            for (final byte b : all) {
                                if (b != (byte) first) {
                                    wrong.set(first + " and " + b);
                                }
                            }
                        } catch (final IllegalStateException released) {
                            late.incrementAndGet();
                        }
                    }
                }
            }));
        }
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        // On a busy machine it takes until the readers run at all.
        for (int round = 0; round < 100_000 || late.get() == 0 && System.nanoTime() - deadline < 0; round++) {
            final RetainedMessage message = fixture.retain(64, round);
            shared.set(message);
            if (round % 8 == 0) {
                Thread.yield();
            }
            message.release();
        }
        end.countDown();
        for (final Thread reader : readers) {
            reader.join();
        }
        assertThat(wrong.get()).isNull();
        assertThat(late).as("some came too late").hasPositiveValue();
    }
}
