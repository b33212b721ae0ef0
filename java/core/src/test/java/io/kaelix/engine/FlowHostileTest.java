// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Start;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.net.FlowSink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A sink whose peer sends what no publisher would: nothing of it is shown to a reader, and no reader fails for it. */
class FlowHostileTest {

    private static final int VERSION = 1 << 8;
    private static final int FRAGMENT = 4;
    private static final int MORE = 8;
    private static final int REFERENCE = 16;
    private static final int HEADERS = 2;

    private final LocalStreamer streamer = (LocalStreamer) EngineFixture.launch();
    private final FlowSink sink = streamer.flows().sink("peer", SinkStreams.MOST_STREAMS);
    private final Subscriber subscriber = streamer.subscriber(">");

    @AfterEach
    void close() {
        streamer.close();
    }

    private void announce(final int remote, final String topic, final boolean allowed) {
        assertThat(sink.stream(remote, Topic.of(topic), 0, 1, allowed)).isZero();
    }

    private static ByteBuffer frames(final int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer frame(final ByteBuffer target, final int length, final int flags, final int stream, final byte... body) {
        final int start = target.position();
        target.putInt(length).putInt(flags).putInt(stream).putInt(77).put(body);
        return target.position(start + (length + 7 & -8));
    }

    private int send(final ByteBuffer frames) {
        frames.flip();
        final int claimed = sink.claim(frames.remaining());
        if (claimed < 0) {
            return claimed;
        }
        sink.put(frames);
        return sink.commit();
    }

    private List<String> received() {
        final List<String> texts = new ArrayList<>();
        // A poll that found parts alone hands over nothing.
        for (int idle = 0; idle < 4; idle++) {
            idle = subscriber.poll(message -> {
                message.headers().count();
                texts.add(message.topic() + " " + message.sequence() + " " + message.length());
            }, 100) > 0 ? 0 : idle;
        }
        return texts;
    }

    @Test
    void shouldGiveFramesTheNumbersOfThisStreamer() {
        streamer.publisher("other");
        announce(1_000_000, "a", true);
        announce(3, "b", true);
        final ByteBuffer run = frames(96);
        frame(run, 20, VERSION, 1_000_000, (byte) 1);
        frame(run, 16, VERSION, 3);
        frame(run, 24, VERSION, 1_000_000);
        frame(run, 19, VERSION, 3);
        assertThat(send(run)).isEqualTo(88);
        assertThat(received()).containsExactly("a 0 4", "b 0 0", "a 1 8", "b 1 3");
        assertThat(sink.received()).isEqualTo(88);
        assertThat(sink.messages()).isEqualTo(4);
    }

    @Test
    void shouldLeaveOutWhatIsDeniedAndKeepWhatIsNot() {
        announce(1, "denied", false);
        announce(2, "a", true);
        final ByteBuffer run = frames(64);
        frame(run, 24, VERSION, 1);
        frame(run, 24, VERSION, 2);
        frame(run, 16, VERSION, 1);
        assertThat(send(run)).isEqualTo(64);
        assertThat(received()).containsExactly("a 0 8");
        assertThat(sink.denied()).isEqualTo(2);
        assertThat(sink.messagesOfRun()).isEqualTo(3);
    }

    @Test
    void shouldTakeAnotherMeaningOfANumber() {
        announce(1, "a", true);
        assertThat(send(frame(frames(16), 16, VERSION, 1))).isEqualTo(16);
        announce(1, "b", true);
        assertThat(send(frame(frames(16), 16, VERSION, 1))).isEqualTo(16);
        announce(1, "a", true);
        assertThat(send(frame(frames(16), 16, VERSION, 1))).isEqualTo(16);
        assertThat(received()).containsExactly("a 0 0", "b 0 0", "a 1 0");
    }

    @Test
    void shouldRefuseAFrameOfAStreamThatWasNotAnnounced() {
        refused(frame(frames(16), 16, VERSION, 1), "stream 1, which was not announced");
    }

    @Test
    void shouldRefuseANumberOutOfRange() {
        assertThat(sink.stream(-1, Topic.of("a"), 0, 1, true)).isEqualTo(FlowSink.PROTOCOL_ERROR);
        assertThat(sink.stream(Integer.MAX_VALUE, Topic.of("a"), 0, 1, true)).isEqualTo(FlowSink.PROTOCOL_ERROR);
        assertThat(sink.error()).contains("stream number");
    }

    @Test
    void shouldRefuseAReferenceToMemory() {
        announce(1, "a", true);
        refused(frame(frames(40), 40, VERSION | REFERENCE, 1), "memory of another process");
    }

    @Test
    void shouldRefuseLengthsThatAreNone() {
        for (final int length : new int[] {0, -16, -1, 15, 17, 25, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            final FlowSink another = streamer.flows().sink("another", SinkStreams.MOST_STREAMS);
            assertThat(another.stream(1, Topic.of("a"), 0, 1, true)).isZero();
            final ByteBuffer run = frames(16).putInt(length).putInt(VERSION).putInt(1).putInt(0);
            assertThat(another.claim(16)).isZero();
            another.put(run.flip());
            assertThat(another.commit()).as("length %d", length).isEqualTo(FlowSink.PROTOCOL_ERROR);
            assertThat(another.error()).contains("a frame of " + length + " bytes");
            assertThat(another.claim(16)).isEqualTo(FlowSink.PROTOCOL_ERROR);
            another.close();
        }
        assertThat(received()).isEmpty();
    }

    @Test
    void shouldRefuseHeadersThatDoNotAddUp() {
        announce(1, "a", true);
        refused(frame(frames(32), 32, VERSION | HEADERS | 16 << 16, 1, (byte) 1, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0,
                (byte) 0, (byte) 200), "a header runs over their end");
    }

    @Test
    void shouldRefusePartsThatDoNotAddUp() {
        announce(1, "a", true);
        assertThat(send(frame(frames(32), 32, VERSION | MORE, 1, (byte) 20))).isEqualTo(32);
        refused(frame(frames(24), 24, VERSION | FRAGMENT, 1), "parts of a message do not add up");
    }

    @Test
    void shouldRefuseAFirstPartWithoutRoomForItsLength() {
        announce(1, "a", true);
        refused(frame(frames(24), 23, VERSION | MORE, 1), "has no room for its length");
    }

    @Test
    void shouldLeaveOutPartsWhoseFirstDidNotCome() {
        announce(1, "a", true);
        assertThat(send(frame(frames(24), 24, VERSION | FRAGMENT | MORE, 1))).isEqualTo(24);
        assertThat(send(frame(frames(24), 24, VERSION | FRAGMENT, 1))).isEqualTo(24);
        assertThat(send(frame(frames(16), 16, VERSION, 1))).isEqualTo(16);
        assertThat(received()).containsExactly("a 0 0");
        assertThat(sink.denied()).isEqualTo(1);
    }

    @Test
    void shouldLeaveOutARestThatAnotherMessageInterrupted() {
        announce(1, "a", true);
        assertThat(send(frame(frames(32), 32, VERSION | MORE, 1, (byte) 20))).isEqualTo(32);
        assertThat(send(frame(frames(16), 16, VERSION, 1))).isEqualTo(16);
        assertThat(send(frame(frames(32), 28, VERSION | FRAGMENT, 1))).isEqualTo(32);
        assertThat(send(frame(frames(16), 16, VERSION, 1))).isEqualTo(16);
        assertThat(received()).hasSize(2);
    }

    @Test
    void shouldRefuseRunsThatAreTooShortTooLongOrNotWhole() {
        for (final int bytes : new int[] {0, 8, 20, -16, sink.maxFrameLength() + 8}) {
            final FlowSink another = streamer.flows().sink("another", SinkStreams.MOST_STREAMS);
            assertThat(another.claim(bytes)).as("%d bytes", bytes).isEqualTo(FlowSink.PROTOCOL_ERROR);
            another.close();
        }
    }

    @Test
    void shouldTakeNothingOnceItIsClosed() {
        announce(1, "a", true);
        assertThat(sink.claim(16)).isZero();
        sink.close();
        sink.close();
        assertThat(sink.missing()).isZero();
        assertThat(sink.commit()).isEqualTo(FlowSink.CLOSED);
        assertThat(sink.claim(16)).isEqualTo(FlowSink.CLOSED);
        assertThat(sink.room()).isZero();
    }

    @Test
    void shouldTakeNothingOnceItsStreamerIsClosed() {
        announce(1, "a", true);
        assertThat(sink.claim(16)).isZero();
        streamer.close();
        sink.put(frame(frames(16), 16, VERSION, 1).flip());
        assertThat(sink.commit()).isEqualTo(FlowSink.CLOSED);
        sink.close();
        assertThatThrownBy(() -> streamer.flows().sink("late", SinkStreams.MOST_STREAMS)).isInstanceOf(IllegalStateException.class);
    }

    private void refused(final ByteBuffer run, final String why) {
        final int before = received().size();
        assertThat(before).isZero();
        assertThat(send(run)).isEqualTo(FlowSink.PROTOCOL_ERROR);
        assertThat(sink.error()).contains(why);
        assertThat(received()).isEmpty();
        assertThat(sink.claim(16)).isEqualTo(FlowSink.PROTOCOL_ERROR);
    }

    @Property(tries = 300)
    void shouldShowReadersNothingThatFailsThem(@ForAll final long seed) {
        final FlowHostileTest own = new FlowHostileTest();
        try {
            own.sendHostile(new Random(seed));
        } finally {
            own.close();
        }
    }

    private void sendHostile(final Random random) {
        for (int stream = 0; stream < 4; stream++) {
            announce(stream, "topic." + stream, stream > 0);
        }
        for (int round = 0; round < 200 && sink.error() == null; round++) {
            final ByteBuffer run = frames(4096);
            while (run.position() < 64 + random.nextInt(1000)) {
                hostile(run, random);
            }
            run.flip();
            if (sink.claim(run.remaining()) != 0) {
                break;
            }
            while (sink.missing() > 0 && sink.error() == null) {
                final int piece = Math.min(run.remaining(), 1 + random.nextInt(100));
                sink.put(run.slice().limit(piece));
                run.position(run.position() + piece);
                sink.commit();
            }
            received();
        }
        // Whoever comes later, and begins in the middle, does not fail either.
        received();
        try (Subscriber late = streamer.subscriber(">", SubscriberConfig.defaults().withStart(Start.oldest()))) {
            for (int i = 0; i < 100; i++) {
                late.poll(message -> message.headers().count(), 1000);
            }
        }
        assertThat(subscriber.poll(message -> { }, 1)).isZero();
    }

    /** A frame that is nearly right, now and then not at all. */
    private static void hostile(final ByteBuffer run, final Random random) {
        final int body = random.nextInt(8) * 8;
        final int flags = switch (random.nextInt(9)) {
            case 0 -> VERSION | MORE;
            case 1 -> VERSION | FRAGMENT | MORE;
            case 2 -> VERSION | FRAGMENT;
            case 3 -> random.nextInt(60) == 0 ? random.nextInt() : VERSION | 1;
            default -> VERSION;
        };
        final int length = random.nextInt(60) == 0 ? random.nextInt(80) - 8 : 32 + body - random.nextInt(4);
        final int start = run.position();
        run.putInt(length).putInt(flags).putInt(random.nextInt(random.nextInt(300) == 0 ? 6 : 4)).putInt(random.nextInt());
        run.putLong(random.nextBoolean() ? 40 + random.nextInt(100) : random.nextLong());
        while (run.position() < start + 32 + body) {
            run.putLong(random.nextLong());
        }
    }
}
