// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.Topic;
import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.Endpoint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kaelix pub}, over a streamer of this process. */
@Timeout(60)
class LinePublisherTest {

    private static final Topic LINES = Topic.of("lines");
    private static final Duration LONG = Duration.ofMinutes(5);

    private final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(64 << 10));
    private final MadeUpExchange exchange = new MadeUpExchange(streamer);
    private final Subscriber subscriber = streamer.subscriber("lines");
    private final List<String> received = new ArrayList<>();

    @AfterEach
    void close() {
        subscriber.close();
        streamer.close();
    }

    private LinePublisher.Settings settings() {
        return new LinePublisher.Settings(LINES, new Endpoint("-"), 0, null, Duration.ZERO, LONG);
    }

    private Ending start(final LinePublisher.Settings settings, final ReadableByteChannel input) {
        final Ending ending = new Ending();
        return ending.start(() -> new LinePublisher(exchange, settings, ending.terminal, ending.stop).execute(input));
    }

    private Ending start(final byte[] input) {
        return start(settings(), Channels.newChannel(new ByteArrayInputStream(input)));
    }

    private void receive() {
        subscriber.poll(message -> received.add(new String(message.toByteArray(), ISO_8859_1)), 1000);
    }

    private void receiveUntil(final Ending ending) {
        while (!ending.isOver()) {
            receive();
        }
        int before;
        do {
            before = received.size();
            receive();
        } while (received.size() > before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "\n\n", "a", "a\nb", "a\n\nb\n", "\r\n\0\u00ff\u00fe\n x"})
    void shouldSendEachLineAsItIs(final String content) throws Exception {
        final Ending ending = start(content.getBytes(ISO_8859_1));
        receiveUntil(ending);
        assertThat(ending.status()).isZero();
        final List<String> lines = new ArrayList<>(List.of(content.split("\n", -1)));
        if (lines.getLast().isEmpty()) {
            lines.removeLast();
        }
        assertThat(received).isEqualTo(lines);
        assertThat(ending.errors()).isEmpty();
        assertThat(exchange.closed).isTrue();
    }

    @Test
    void shouldWaitForRoomAndLoseNothing() throws Exception {
        final String content = IntStream.range(0, 100_000).mapToObj(i -> i + "\n").collect(Collectors.joining());
        final Ending ending = start(content.getBytes(UTF_8));
        Thread.sleep(200);
        assertThat(ending.isOver()).as("there is no room for so much").isFalse();
        receiveUntil(ending);
        assertThat(ending.status()).isZero();
        assertThat(String.join("\n", received) + "\n").isEqualTo(content);
    }

    @Test
    void shouldSendLinesLongerThanALane() throws Exception {
        final String content = "x".repeat(1_000_000) + "\nshort\n" + "y".repeat(40_000);
        final Ending ending = start(content.getBytes(UTF_8));
        receiveUntil(ending);
        assertThat(ending.status()).isZero();
        assertThat(String.join("\n", received)).isEqualTo(content);
    }

    @Test
    void shouldSendWhatIsBeforeALineThatIsTooLong() throws Exception {
        final byte[] content = ("first\n" + "x".repeat(17 << 20) + "\nlast\n").getBytes(UTF_8);
        final Ending ending = start(content);
        receiveUntil(ending);
        assertThat(ending.failure()).isInstanceOf(CommandException.class).hasMessage("line 2 is too long: it has 17825792 bytes, a message "
                + "has at most 16777216; split the line");
        assertThat(received).containsExactly("first");
    }

    @Test
    void shouldSendWhatItHasReadBeforeMoreComes() throws Exception {
        final Pipe pipe = Pipe.open();
        final Ending ending = start(settings(), pipe.source());
        pipe.sink().write(ByteBuffer.wrap("a\nb\nhal".getBytes(UTF_8)));
        while (received.size() < 2) {
            receive();
        }
        assertThat(ending.isOver()).isFalse();
        pipe.sink().write(ByteBuffer.wrap("f".getBytes(UTF_8)));
        pipe.sink().close();
        receiveUntil(ending);
        assertThat(received).containsExactly("a", "b", "half");
    }

    @Test
    void shouldSendWhatItHasReadWhenStopped() throws Exception {
        final Pipe pipe = Pipe.open();
        final Ending ending = start(settings(), pipe.source());
        pipe.sink().write(ByteBuffer.wrap("a\nb\nhal".getBytes(UTF_8)));
        while (received.size() < 2) {
            receive();
        }
        ending.stop.request();
        assertThat(ending.status()).isEqualTo(130);
        receive();
        assertThat(received).containsExactly("a", "b");
        assertThat(ending.errors()).isEmpty();
    }

    @Test
    void shouldStopThoughNobodyMakesRoom() throws Exception {
        final Ending ending = start("some line\n".repeat(100_000).getBytes(UTF_8));
        Thread.sleep(100);
        ending.stop.request();
        assertThat(ending.status()).isEqualTo(130);
    }

    @Test
    void shouldStopThoughClosingTakesForEver() throws Exception {
        exchange.closeWaits = true;
        final Ending ending = start("a\n".getBytes(UTF_8));
        while (!exchange.closed) {
            Thread.sleep(5);
        }
        ending.stop.request();
        assertThat(ending.status()).isEqualTo(130);
    }

    @Test
    void shouldWaitUntilAllHasArrived() throws Exception {
        exchange.closeWaits = true;
        final Ending ending = start("a\n".getBytes(UTF_8));
        while (!exchange.closed) {
            Thread.sleep(5);
        }
        Thread.sleep(100);
        assertThat(ending.isOver()).isFalse();
        exchange.closeWaits = false;
        assertThat(ending.status()).isZero();
    }

    @Test
    void shouldTellWhatDidNotArrive() throws Exception {
        exchange.lost = 7;
        assertThat(start("a\n".getBytes(UTF_8)).failure()).isInstanceOf(CommandException.class).hasMessageStartingWith("7 messages did not arrive");
    }

    @Test
    void shouldEndWhenWhatItSendsIsDropped() throws Exception {
        exchange.trouble = "alice may not publish to lines";
        exchange.denials = 1;
        assertThat(start(settings(), Pipe.open().source()).failure()).isInstanceOf(CommandException.class)
                .hasMessage("there:1 drops what is published (alice may not publish to lines)");
    }

    @Test
    void shouldEndWhenTheExchangeIsGoneThoughTheInputIsOpen() throws Exception {
        final Pipe pipe = Pipe.open();
        final Ending ending = start(new LinePublisher.Settings(LINES, new Endpoint("-"), 0, null, Duration.ZERO, Duration.ofMillis(50)),
                pipe.source());
        exchange.trouble = "connection reset";
        exchange.state = Exchange.State.CUT;
        assertThat(ending.failure()).isInstanceOf(CommandException.class).hasMessageStartingWith("there:1 is gone (connection reset)")
                .hasMessageContaining("--patience");
        assertThat(ending.errors()).contains("kaelix: there:1 is gone (connection reset); trying again");
    }

    @Test
    void shouldGoOnWhenTheExchangeIsBack() throws Exception {
        final Pipe pipe = Pipe.open();
        final Ending ending = start(settings(), pipe.source());
        exchange.state = Exchange.State.CUT;
        while (!ending.errors().contains("trying again")) {
            Thread.sleep(5);
        }
        exchange.state = Exchange.State.OPEN;
        while (!ending.errors().contains("is back")) {
            Thread.sleep(5);
        }
        pipe.sink().write(ByteBuffer.wrap("a\n".getBytes(UTF_8)));
        pipe.sink().close();
        receiveUntil(ending);
        assertThat(ending.status()).isZero();
        assertThat(received).containsExactly("a");
    }

    @Test
    void shouldTellWhyItWasRefused() throws Exception {
        exchange.trouble = "topic lines is not allowed";
        exchange.state = Exchange.State.ENDED;
        assertThat(start(settings(), Pipe.open().source()).failure()).hasMessage(
                "there:1 ended the connection (topic lines is not allowed)");
    }

    @Test
    void shouldTellThatTheStreamerWasClosed() throws Exception {
        final Pipe pipe = Pipe.open();
        final Ending ending = start(settings(), pipe.source());
        pipe.sink().write(ByteBuffer.wrap("a\n".getBytes(UTF_8)));
        while (received.isEmpty()) {
            receive();
        }
        streamer.close();
        pipe.sink().write(ByteBuffer.wrap("b\n".getBytes(UTF_8)));
        assertThat(ending.failure()).isInstanceOf(CommandException.class).hasMessageStartingWith("there:1 was closed");
    }

    @Test
    void shouldSendNothingUntilSomebodyListens() throws Exception {
        exchange.audience = Exchange.Audience.NOBODY;
        final Ending ending = start(new LinePublisher.Settings(LINES, new Endpoint("-"), 0, null, LONG, LONG),
                Channels.newChannel(new ByteArrayInputStream("a\n".getBytes(UTF_8))));
        Thread.sleep(100);
        receive();
        assertThat(received).isEmpty();
        exchange.audience = Exchange.Audience.SOMEBODY;
        receiveUntil(ending);
        assertThat(received).containsExactly("a");
        assertThat(ending.errors()).isEmpty();
    }

    @Test
    void shouldSayThatNobodyListensAndSend() throws Exception {
        exchange.audience = Exchange.Audience.NOBODY;
        final Ending ending = start(new LinePublisher.Settings(LINES, new Endpoint("-"), 0, null, Duration.ofMillis(20), LONG),
                Channels.newChannel(new ByteArrayInputStream("a\n".getBytes(UTF_8))));
        receiveUntil(ending);
        assertThat(ending.status()).isZero();
        assertThat(received).containsExactly("a");
        assertThat(ending.errors()).startsWith("kaelix: nobody has subscribed to lines").hasLineCount(1);
    }

    @Test
    void shouldSendTheKeyOfEachLine() throws Exception {
        final long key = keyOf("k1");
        final LinePublisher.Settings keyed = new LinePublisher.Settings(LINES, new Endpoint("-"), 0, MessageKey.of("2"), Duration.ZERO, LONG);
        final Ending ending = start(keyed, Channels.newChannel(new ByteArrayInputStream("a k1\nnone\nb k1 c\n".getBytes(UTF_8))));
        final List<Long> keys = new ArrayList<>();
        while (keys.size() < 3) {
            subscriber.poll(message -> keys.add(message.partitionKey()), 10);
        }
        assertThat(ending.status()).isZero();
        assertThat(keys).containsExactly(key, Message.NO_PARTITION_KEY, key);
    }

    private long keyOf(final String text) {
        final long[] key = new long[1];
        try (Subscriber own = streamer.subscriber("key"); Publisher publisher = streamer.publisher("key")) {
            publisher.offer(Message.builder().partitionKey(text.getBytes(UTF_8)));
            own.poll(message -> key[0] = message.partitionKey(), 1);
        }
        return key[0];
    }

    @Test
    void shouldTellOfAnInputThatFails() throws Exception {
        final ReadableByteChannel broken = new ReadableByteChannel() {
            @Override
            public int read(final ByteBuffer target) throws IOException {
                throw new IOException("Input/output error");
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {
            }
        };
        assertThat(start(settings(), broken).failure()).isInstanceOf(CommandException.class)
                .hasMessageStartingWith("cannot read standard input: Input/output error");
    }
}
