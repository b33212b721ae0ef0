// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import io.kaelix.cli.console.ClosedPipeException;
import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.Terminal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code kaelix sub}, over a streamer of this process. */
@Timeout(60)
class MessagePrinterTest {

    private static final Duration LONG = Duration.ofMinutes(5);

    private final MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withLaneCapacity(64 << 10));
    private final MadeUpExchange exchange = new MadeUpExchange(streamer);

    @AfterEach
    void close() {
        streamer.close();
    }

    private static MessagePrinter.Settings settings(final String pattern, final long count, final boolean json) {
        return new MessagePrinter.Settings(TopicPattern.of(pattern), SubscriberConfig.defaults(), count, json, LONG);
    }

    private Ending start(final MessagePrinter.Settings settings) throws Exception {
        final Ending ending = new Ending();
        return start(ending, ending.terminal, settings);
    }

    /** Started, and subscribed. */
    private Ending start(final Ending ending, final Terminal terminal, final MessagePrinter.Settings settings) throws Exception {
        ending.start(() -> new MessagePrinter(exchange, settings, terminal, ending.stop).execute());
        while (streamer.subscribers().isEmpty()) {
            Thread.sleep(1);
        }
        return ending;
    }

    private static void publish(final Publisher publisher, final String text) {
        while (publisher.offer(text.getBytes(UTF_8)) == Publisher.BACK_PRESSURED) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldWriteEachMessageAsALineAndEndAfterSoMany() throws Exception {
        final Ending ending = start(settings("a.*", 3, false));
        try (Publisher publisher = streamer.publisher("a.b")) {
            for (final String text : new String[] {"one", "", "two\r", "three"}) {
                publish(publisher, text);
            }
            assertThat(ending.status()).isZero();
            assertThat(ending.text()).isEqualTo("one\n\ntwo\r\n");
            assertThat(ending.errors()).isEmpty();
        }
    }

    @Test
    void shouldWriteAllInOrder() throws Exception {
        final Ending ending = start(settings("numbers", 300_000, false));
        try (Publisher publisher = streamer.publisher("numbers")) {
            for (int i = 0; i < 300_000; i++) {
                publish(publisher, Integer.toString(i));
            }
            assertThat(ending.status()).isZero();
        }
        assertThat(ending.text()).isEqualTo(IntStream.range(0, 300_000).mapToObj(i -> i + "\n").collect(Collectors.joining()));
    }

    @Test
    void shouldWriteMessagesLongerThanItsBuffer() throws Exception {
        final Ending ending = start(settings("long", 2, false));
        try (Publisher publisher = streamer.publisher("long")) {
            final String text = "x".repeat(700_000);
            publisher.publish(MemorySegment.ofArray(text.getBytes(UTF_8)), 0, text.length(), LONG);
            publish(publisher, "short");
            assertThat(ending.status()).isZero();
            assertThat(ending.text()).isEqualTo(text + "\nshort\n");
        }
    }

    @Test
    void shouldWriteAtOnceWhatIsTheLastForNow() throws Exception {
        final Ending ending = start(settings("a", Long.MAX_VALUE, false));
        try (Publisher publisher = streamer.publisher("a")) {
            publish(publisher, "one");
            while (!ending.text().equals("one\n")) {
                Thread.sleep(1);
            }
            ending.stop.request();
            assertThat(ending.status()).isEqualTo(130);
        }
    }

    @Test
    void shouldWriteJson() throws Exception {
        final Ending ending = start(settings("a", 2, true));
        try (Publisher publisher = streamer.publisher("a")) {
            publisher.offer(Message.builder().payload("say \"\u00e4\"").header("unit", "ms").timestamp(5));
            publisher.offer(Message.builder().payload(new byte[] {(byte) 0xFF, 0}));
            assertThat(ending.status()).isZero();
            final String common = "{\"topic\":\"a\",\"stream\":0,\"publisher\":" + publisher.id() + ",\"sequence\":";
            assertThat(ending.text()).isEqualTo(
                    common + "0,\"timestamp\":5,\"headers\":[{\"name\":\"unit\",\"value\":\"ms\"}],\"payload\":\"say \\\"\u00e4\\\"\"}\n"
                    + common + "1,\"timestamp\":null,\"headers\":[],\"base64\":\"/wA=\"}\n");
        }
    }

    @Test
    void shouldStopThoughNobodyReadsItsOutput() throws Exception {
        final Pipe pipe = Pipe.open();
        final Ending ending = new Ending();
        final Terminal terminal = new Terminal(Channels.newChannel(new ByteArrayInputStream(new byte[0])), pipe.sink(), System.err, false);
        start(ending, terminal, settings("a", Long.MAX_VALUE, false));
        try (Publisher publisher = streamer.publisher("a")) {
            final byte[] block = new byte[10_000];
            // Until the pipe is full, and the lane behind it.
            long full = 0;
            while (full < 1000) {
                full = publisher.offer(block) == Publisher.BACK_PRESSURED ? full + 1 : 0;
                Thread.sleep(full > 0 ? 1 : 0);
            }
            ending.stop.request();
            assertThat(ending.status()).isEqualTo(130);
        }
    }

    @Test
    void shouldEndWhenTheReaderOfItsOutputIsGone() throws Exception {
        final WritableByteChannel closed = new WritableByteChannel() {
            @Override
            public int write(final ByteBuffer source) throws IOException {
                throw new IOException("Broken pipe");
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {
            }
        };
        final Ending ending = new Ending();
        start(ending, new Terminal(Channels.newChannel(new ByteArrayInputStream(new byte[0])), closed, System.err, false),
                settings("a", Long.MAX_VALUE, false));
        try (Publisher publisher = streamer.publisher("a")) {
            publish(publisher, "one");
            assertThat(ending.failure()).isInstanceOf(ClosedPipeException.class);
        }
    }

    @Test
    void shouldTellThatItWasClosed() throws Exception {
        final Ending ending = start(settings("a", Long.MAX_VALUE, false));
        exchange.trouble = "the server has ended";
        streamer.close();
        assertThat(ending.failure()).isInstanceOf(CommandException.class).hasMessage("there:1 was closed: the server has ended");
    }

    @Test
    void shouldEndWhenTheExchangeIsGone() throws Exception {
        final Ending ending = start(new MessagePrinter.Settings(TopicPattern.of("a"), SubscriberConfig.defaults(), Long.MAX_VALUE, false,
                Duration.ofMillis(50)));
        exchange.state = Exchange.State.CUT;
        assertThat(ending.failure()).isInstanceOf(CommandException.class).hasMessageStartingWith("there:1 is gone and did not come back");
    }

    @Test
    void shouldTellHowManyItLeftOut() throws Exception {
        final Pipe pipe = Pipe.open();
        final Ending ending = new Ending();
        final Terminal terminal = new Terminal(Channels.newChannel(new ByteArrayInputStream(new byte[0])), pipe.sink(),
                ending.terminal.err(), false);
        start(ending, terminal, new MessagePrinter.Settings(TopicPattern.of("a"),
                SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.LOSSY), Long.MAX_VALUE, false, LONG));
        try (Publisher publisher = streamer.publisher("a")) {
            final byte[] block = new byte[10_000];
            for (int i = 0; i < 1000; i++) {
                assertThat(publisher.offer(block)).isNotNegative();
                Thread.sleep(i % 100 == 0 ? 1 : 0);
            }
            final ByteBuffer sink = ByteBuffer.allocate(1 << 20);
            pipe.source().configureBlocking(false);
            while (streamer.subscribers().getFirst().lagBytes() > 0) {
                pipe.source().read(sink.clear());
            }
            ending.stop.request();
            while (!ending.isOver()) {
                pipe.source().read(sink.clear());
            }
            assertThat(ending.status()).isEqualTo(130);
            assertThat(ending.errors()).containsPattern("kaelix: [0-9]+ messages were left out").hasLineCount(1);
        }
    }
}
