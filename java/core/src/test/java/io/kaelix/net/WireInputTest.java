// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Start;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a peer may not send, one rule after the other, just inside and just outside. */
class WireInputTest {

    private static final int MAX_RUN = WireSamples.MAX_RUN;

    private final WireSamples samples = new WireSamples(new Random(17));

    /** The bytes of something that was sent. */
    private static ByteBuffer bytes(final WireSamples.Sent sent) {
        return ByteBuffer.wrap(WireSamples.bytes(List.of(sent))).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer bytes(final WireMessage message) {
        return bytes(new WireSamples.Whole(message));
    }

    /** An input whose peer has said what comes first. */
    private WireInput met(final boolean server) {
        final WireInput input = new WireInput(server, MAX_RUN);
        input.put(bytes(server ? samples.hello() : samples.welcome()));
        assertThat(input.next()).isEqualTo(server ? WireType.HELLO : WireType.WELCOME);
        return input;
    }

    /** Gives a message to an input that it may be sent to, and reads it with all that it says. */
    private WireType read(final ByteBuffer message, final boolean server) {
        final boolean first = message.get(WireDescriptor.TYPE_OFFSET) == WireType.HELLO.code()
                || message.get(WireDescriptor.TYPE_OFFSET) == WireType.WELCOME.code();
        final WireInput input = first ? new WireInput(server, MAX_RUN) : met(server);
        input.put(message.duplicate());
        final WireType type = input.next();
        switch (type) {
            case null -> { }
            case RUN, CREDIT, BYE, HEARTBEAT, UNSUBSCRIBE -> assertThat(input.flow()).isNotNegative();
            default -> assertThat(input.message().type()).isEqualTo(type);
        }
        return type;
    }

    private void assertRefused(final ByteBuffer message, final boolean server, final String text) {
        assertThatThrownBy(() -> read(message, server)).isInstanceOf(ProtocolException.class).hasMessageContaining(text)
                .hasMessageNotContaining("\n");
    }

    /** One message of each type, as a client sends it, or a server if it alone does. */
    private Map<WireType, ByteBuffer> oneOfEach() {
        final Map<WireType, ByteBuffer> messages = new EnumMap<>(WireType.class);
        for (final WireMessage message : List.of(samples.hello(), samples.welcome(), samples.failure(), samples.subscribe(),
                samples.subscribed(), samples.stream(0), samples.lane(0), samples.laneEnd(0), new WireLost(0, 5), samples.declare())) {
            messages.put(message.type(), bytes(message));
        }
        messages.put(WireType.RUN, bytes(samples.run(0)));
        messages.put(WireType.CREDIT, bytes(samples.credit(1)));
        messages.put(WireType.BYE, bytes(new WireSamples.Bare(WireType.BYE, 0)));
        messages.put(WireType.HEARTBEAT, bytes(new WireSamples.Bare(WireType.HEARTBEAT, 0)));
        messages.put(WireType.UNSUBSCRIBE, bytes(new WireSamples.Bare(WireType.UNSUBSCRIBE, 1)));
        return messages;
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeEachTypeInItsDirectionsAlone(final WireType type) {
        final ByteBuffer message = oneOfEach().get(type);
        for (final boolean server : new boolean[] {true, false}) {
            for (final int flow : new int[] {0, 1, WireDescriptor.MAX_FLOW}) {
                message.putShort(WireDescriptor.FLOW_OFFSET, (short) flow);
                if (type.takesFlow(flow, server)) {
                    assertThat(read(message, server)).isEqualTo(type);
                } else {
                    assertThatThrownBy(() -> read(message, server)).isInstanceOf(ProtocolException.class);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseFlagsThatMeanNothing(final WireType type) {
        final ByteBuffer message = oneOfEach().get(type);
        for (int flag = 1; flag < 0x100; flag <<= 1) {
            message.put(WireDescriptor.FLAGS_OFFSET, (byte) flag);
            if (type != WireType.WELCOME || flag != WireDescriptor.FLAG_RESUMED) {
                assertRefused(message, type.isSent(true), "flags");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseEachReservedByteThatIsNotZero(final WireType type) {
        final ByteBuffer message = oneOfEach().get(type);
        final int[] reserved = switch (type) {
            case HELLO -> range(WireDescriptor.HELLO_RESERVED_OFFSET, WireDescriptor.HELLO_LENGTH);
            case WELCOME -> range(WireDescriptor.WELCOME_RESERVED_OFFSET, WireDescriptor.WELCOME_LENGTH);
            case SUBSCRIBED -> range(WireDescriptor.SUBSCRIBED_RESERVED_OFFSET, WireDescriptor.SUBSCRIBED_LAG_OFFSET);
            case STREAM -> range(WireDescriptor.STREAM_RESERVED_OFFSET, WireDescriptor.STREAM_LENGTH);
            case LANE_END -> range(WireDescriptor.LANE_END_RESERVED_OFFSET, WireDescriptor.LANE_END_LENGTH);
            case RUN -> range(WireDescriptor.RUN_RESERVED_OFFSET, WireDescriptor.RUN_EPOCH_OFFSET);
            case ERROR, BYE, HEARTBEAT, SUBSCRIBE, UNSUBSCRIBE, LANE, CREDIT, LOST, DECLARE -> new int[0];
        };
        for (final int offset : reserved) {
            message.put(offset, (byte) 1);
            assertRefused(message, type.isSent(true), "reserved");
            message.put(offset, (byte) 0);
        }
        assertThat(read(message, type.isSent(true))).isEqualTo(type);
    }

    private static int[] range(final int from, final int to) {
        return IntStream.range(from, to).toArray();
    }

    @Test
    void shouldRefuseReservedBytesOfWhatIsRepeated() {
        final ByteBuffer hello = bytes(new WireHello(1, 1, 1, 2, samples.limits(), "", "", List.of(new WireHello.Resumed(1, 8),
                new WireHello.Resumed(2, 8))));
        final ByteBuffer subscribe = bytes(new WireSubscribe(1, TopicPattern.of("a"), null, 0, 0, Start.latest(), List.of(),
                List.of(new LanePosition(1, 1, 8, 1), new LanePosition(1, 2, 8, 1))));
        for (int i = 0; i < 2; i++) {
            final int flow = WireDescriptor.HELLO_LENGTH + WireDescriptor.RESUMED_LENGTH * i;
            assertReserved(hello, flow + WireDescriptor.RESUMED_RESERVED_OFFSET, flow + WireDescriptor.RESUMED_RECEIVED_OFFSET);
            final int point = WireDescriptor.SUBSCRIBE_LENGTH + WireDescriptor.POINT_LENGTH * i;
            assertReserved(subscribe, point + WireDescriptor.POINT_RESERVED_OFFSET, point + WireDescriptor.POINT_EPOCH_OFFSET);
        }
    }

    private void assertReserved(final ByteBuffer message, final int from, final int to) {
        for (int offset = from; offset < to; offset++) {
            message.put(offset, (byte) 0x80);
            assertRefused(message, true, "reserved byte " + offset);
            message.put(offset, (byte) 0);
        }
    }

    @Test
    void shouldRefuseATimeWithoutTheStartThatItBelongsTo() {
        final ByteBuffer subscribe = bytes(new WireSubscribe(1, TopicPattern.of("a"), null, 0, 0, Start.oldest(), List.of(), List.of()));
        subscribe.putLong(WireDescriptor.SUBSCRIBE_TIME_OFFSET, 1);
        assertRefused(subscribe, true, "a time belongs to start 2 alone");
        subscribe.put(WireDescriptor.SUBSCRIBE_START_OFFSET, (byte) 2);
        assertThat(read(subscribe, true)).isEqualTo(WireType.SUBSCRIBE);
        subscribe.put(WireDescriptor.SUBSCRIBE_START_OFFSET, (byte) 3);
        assertRefused(subscribe, true, "a start is 0, 1 or 2, not 3");
    }

    @Test
    void shouldReadNoFieldBeyondItsMessage() {
        final ByteBuffer bytes = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        final WireBody body = new WireBody(WireType.DECLARE, bytes, 8, 16);
        assertThat(body.integer(12)).isZero();
        assertThat(body.longInteger(8)).isZero();
        assertThat(body.text(16, 0)).isEmpty();
        assertThatThrownBy(() -> body.integer(13)).isInstanceOf(ProtocolException.class).hasMessageContaining("ends behind it");
        assertThatThrownBy(() -> body.longInteger(9)).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> body.unsignedByte(16)).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> body.text(8, 9)).isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> body.text(8, 0xFFFF)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void shouldRefuseBytesBehindTheTextThatAreNotZero() {
        final ByteBuffer message = bytes(WireFailure.of(0, WireError.BUSY, "x"));
        message.put(WireDescriptor.ERROR_LENGTH + 1, (byte) 1);
        assertRefused(message, true, "reserved byte 17");
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseLengthsThatATypeCannotHave(final WireType type) {
        final ByteBuffer message = oneOfEach().get(type);
        final int least = type == WireType.RUN ? type.fixedLength() + 16 : type.fixedLength();
        final int most = type == WireType.RUN ? type.fixedLength() + MAX_RUN
                : type.isFixed() ? type.fixedLength() : WireDescriptor.MAX_CONTROL_LENGTH;
        for (final int length : new int[] {least - 8, least - 1, least + 1, most + 1, most + 8, 0, -8, Integer.MIN_VALUE,
            Integer.MAX_VALUE}) {
            message.putInt(WireDescriptor.LENGTH_OFFSET, length);
            assertRefused(message, type.isSent(true), "of " + length + " bytes");
        }
    }

    @Test
    void shouldTakeTheLongestAndTheShortestRun() {
        for (final int frames : new int[] {16, MAX_RUN}) {
            final ByteBuffer run = ByteBuffer.allocate(48 + frames).order(ByteOrder.LITTLE_ENDIAN);
            run.putLong(0, WireDescriptor.header(WireType.RUN, 0, 0, 48 + frames));
            assertThat(read(run, true)).isEqualTo(WireType.RUN);
        }
    }

    @Test
    void shouldCollectTheLongestMessageAndNoMore() {
        final ByteBuffer message = ByteBuffer.allocate(WireDescriptor.MAX_CONTROL_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        message.putLong(0, WireDescriptor.header(WireType.SUBSCRIBE, 0, 1, WireDescriptor.MAX_CONTROL_LENGTH));
        final WireInput input = met(true);
        message.limit(message.capacity() - 1);
        input.put(message);
        assertThat(input.next()).isNull();
        assertThat(input.wanted().remaining()).isEqualTo(1);
        input.putWanted(ByteBuffer.allocate(1));
        assertThat(input.next()).isEqualTo(WireType.SUBSCRIBE);
        assertThatThrownBy(input::message).isInstanceOf(ProtocolException.class).hasMessageContaining("by its fields");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 17, 127, 128, 255})
    void shouldRefuseTypesThatThereAreNot(final int type) {
        final ByteBuffer message = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 8).put(4, (byte) type);
        assertRefused(message, true, "type " + type + " is none");
        assertRefused(message, false, "type " + type + " is none");
    }

    @Test
    void shouldSayThatSomethingElseSpeaksThere() {
        final WireInput input = new WireInput(true, MAX_RUN);
        input.put(ByteBuffer.wrap("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII)));
        assertThatThrownBy(input::next).isInstanceOf(ProtocolException.class).hasMessageContaining("474554202f204854")
                .hasMessageContaining("something else speaks there");
        final ByteBuffer hello = bytes(samples.hello());
        hello.putInt(WireDescriptor.MAGIC_OFFSET, 0x12345678);
        assertRefused(hello, true, "does not begin with KAEL");
    }

    @Test
    void shouldRefuseAnythingBeforeTheFirstMessageAndASecondOne() {
        final WireInput server = new WireInput(true, MAX_RUN);
        server.put(bytes(samples.declare()));
        assertThatThrownBy(server::next).isInstanceOf(ProtocolException.class).hasMessageContaining("is no HELLO");
        final WireInput fatal = new WireInput(true, MAX_RUN);
        fatal.put(bytes(samples.failure()));
        assertThatThrownBy(fatal::next).isInstanceOf(ProtocolException.class);
        final WireInput client = new WireInput(false, MAX_RUN);
        client.put(bytes(WireFailure.of(0, WireError.BUSY, "full")));
        assertThat(client.next()).isEqualTo(WireType.ERROR);
        final WireInput twice = met(true);
        twice.put(bytes(samples.hello()));
        assertThatThrownBy(twice::next).isInstanceOf(ProtocolException.class).hasMessageContaining("a second HELLO");
    }

    @Test
    void shouldRefusePositionsThatNoLaneHas() {
        final ByteBuffer run = bytes(samples.run(0));
        final int frames = run.capacity() - 48;
        for (final long position : new long[] {-8, 1, 7, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 7 - frames + 8}) {
            run.putLong(WireDescriptor.RUN_POSITION_OFFSET, position);
            assertRefused(run, true, "at position " + position);
        }
        run.putLong(WireDescriptor.RUN_POSITION_OFFSET, (Long.MAX_VALUE - frames) & -8);
        assertThat(read(run, true)).isEqualTo(WireType.RUN);
        run.putLong(WireDescriptor.RUN_MESSAGES_OFFSET, -1);
        assertRefused(run, true, "-1 messages before it");
    }

    @Test
    void shouldRefuseCreditsThatContradictThemselves() {
        for (final long[] credit : new long[][] {{-8, -8}, {0, 8}, {9, 0}, {16, 4}, {Long.MIN_VALUE, 0}}) {
            assertRefused(bytes(new WireSamples.Credit(1, credit[0], credit[1])), true, "CREDIT up to " + credit[0]);
        }
        assertThat(read(bytes(new WireSamples.Credit(1, 8, 8)), true)).isEqualTo(WireType.CREDIT);
    }

    @Test
    void shouldRefuseCountsThatLeadBehindTheMessage() {
        final ByteBuffer subscribe = bytes(samples.subscribe());
        for (final int offset : new int[] {WireDescriptor.SUBSCRIBE_PATTERN_LENGTH_OFFSET, WireDescriptor.SUBSCRIBE_PARTITIONS_OFFSET,
            WireDescriptor.SUBSCRIBE_POINTS_OFFSET}) {
            final short before = subscribe.getShort(offset);
            for (final int count : new int[] {0xFFFF, 0x8000, before + 8}) {
                subscribe.putShort(offset, (short) count);
                assertThatThrownBy(() -> read(subscribe, true)).isInstanceOf(ProtocolException.class);
            }
            subscribe.putShort(offset, before);
        }
        assertThat(read(subscribe, true)).isEqualTo(WireType.SUBSCRIBE);
        final ByteBuffer hello = bytes(samples.hello());
        hello.putShort(WireDescriptor.HELLO_RESUMED_OFFSET, (short) 0xFFFF);
        assertRefused(hello, true, "by its fields");
    }

    @Test
    void shouldRefuseTextThatIsNoText() {
        final ByteBuffer failure = bytes(WireFailure.of(0, WireError.BUSY, "abcd"));
        failure.put(WireDescriptor.ERROR_LENGTH + 1, (byte) 0xFF);
        assertRefused(failure, true, "not UTF-8");
        final ByteBuffer stream = bytes(samples.stream(0));
        stream.put(WireDescriptor.STREAM_LENGTH, (byte) '.');
        assertRefused(stream, true, "STREAM of ");
    }

    @Test
    void shouldNotLetAPeerGarbleTheLogByWhatItIsRefusedFor() {
        final ByteBuffer stream = bytes(new WireStream(0, 1, Topic.of("ab"), 0, 1));
        stream.put(WireDescriptor.STREAM_LENGTH, (byte) '.').put(WireDescriptor.STREAM_LENGTH + 1, (byte) '\n');
        assertRefused(stream, true, "topic '.?' has an empty token");
    }

    @Test
    void shouldNotCountFramesThatCannotHaveArrived() {
        final WireInput input = met(true);
        final ByteBuffer run = bytes(samples.run(0));
        final int frames = run.capacity() - 48;
        run.limit(48);
        input.put(run);
        assertThat(input.next()).isEqualTo(WireType.RUN);
        assertThatThrownBy(() -> input.arrived(frames + 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> input.arrived(-1)).isInstanceOf(IllegalArgumentException.class);
        input.arrived(frames);
        assertThat(input.inRun()).isZero();
        assertThat(input.next()).isNull();
    }

    @Test
    void shouldNotMixFramesThatAreHereWithThoseThatAreNot() {
        final WireInput input = met(true);
        final ByteBuffer run = bytes(samples.run(0));
        run.limit(56);
        input.put(run);
        assertThat(input.next()).isEqualTo(WireType.RUN);
        assertThat(input.buffered()).isEqualTo(8);
        assertThatThrownBy(() -> input.arrived(8)).isInstanceOf(IllegalArgumentException.class);
    }
}
