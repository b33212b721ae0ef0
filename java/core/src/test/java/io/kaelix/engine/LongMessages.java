// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Messages whose every byte follows from their number and length. */
final class LongMessages {

    static final Duration LONG = Duration.ofSeconds(EngineFixture.DEADLINE_SECONDS);

    private LongMessages() {
    }

    /** A message that was received. */
    record Received(int number, int length, long sequence) {
    }

    static byte[] bytes(final int number, final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = byteAt(number, i);
        }
        return bytes;
    }

    private static byte byteAt(final int number, final int index) {
        return (byte) (number + index * 7 + (index >>> 8) * 13);
    }

    /** The message, all its bytes checked. */
    static Received check(final Message message) {
        final byte[] bytes = message.toByteArray();
        final int number = bytes.length == 0 ? -1 : bytes[0] & 0xFF;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != byteAt(number, i)) {
                throw new AssertionError("byte " + i + " of " + bytes.length + " of message " + number + " is " + bytes[i]);
            }
        }
        assertThat(message.length()).isEqualTo(bytes.length);
        return new Received(number, bytes.length, message.sequence());
    }

    /** Polls until so many have come. */
    static List<Received> receive(final Subscriber subscriber, final int count) {
        return receive(subscriber, count, message -> { });
    }

    static List<Received> receive(final Subscriber subscriber, final int count, final Consumer<Message> also) {
        final List<Received> received = new ArrayList<>();
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(EngineFixture.DEADLINE_SECONDS);
        while (received.size() < count) {
            subscriber.poll(message -> {
                received.add(check(message));
                also.accept(message);
            }, count - received.size());
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited in vain for " + count + " messages, there are " + received);
            }
        }
        return received;
    }

    /** Polls so often that all that is there has come, and gives it. */
    static List<Received> drain(final Subscriber subscriber) {
        final List<Received> received = new ArrayList<>();
        for (int poll = 0; poll < 64; poll++) {
            subscriber.poll(message -> received.add(check(message)), 100);
        }
        return received;
    }

    static long publish(final Publisher publisher, final int number, final int length, final Duration timeout) {
        return publisher.publish(MemorySegment.ofArray(bytes(number, length)), 0, length, timeout);
    }
}
