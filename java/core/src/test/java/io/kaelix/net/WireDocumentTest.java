// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.message.FrameDescriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@code docs/wire.md} says what this code does, the bytes of its example included. */
class WireDocumentTest {

    private static final int BYTES_IN_A_LINE = 16;
    private static final WireLimits CLIENT = new WireLimits(65_536, 65_536, 1000, 15_000);
    private static final WireLimits SERVER = new WireLimits(262_144, 262_144, 1000, 15_000);
    private static final long EPOCH = 0x0E0E_0E0EL;

    /** A line of the example: who sends what. */
    private record Line(boolean client, WireSamples.Sent sent, String says) {
    }

    private final String page = page();

    private static String page() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("docs/wire.md"))) {
            root = root.getParent();
        }
        try {
            return Files.readString(root.resolve("docs/wire.md"));
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ByteBuffer frames(final int stream, final int firstSequence, final String... payloads) {
        final ByteBuffer frames = ByteBuffer.allocateDirect(1024).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        for (int i = 0; i < payloads.length; i++) {
            final byte[] payload = payloads[i].getBytes(StandardCharsets.UTF_8);
            final int length = FrameDescriptor.length(payload.length, false);
            frames.putLong(at, FrameDescriptor.firstWord(length, FrameDescriptor.VERSION_BITS));
            frames.putLong(at + FrameDescriptor.STREAM_ID_OFFSET, FrameDescriptor.secondWord(stream, firstSequence + i));
            frames.put(at + FrameDescriptor.HEADER_LENGTH, payload);
            at += FrameDescriptor.step(length);
        }
        return frames.limit(at);
    }

    private static List<Line> example() {
        final List<Line> lines = new ArrayList<>();
        client(lines, new WireHello(1, 1, 0x1111_2222_3333_4444L, 0, CLIENT, "s3cret", "desk", List.of()), "token `s3cret`, name `desk`");
        server(lines, new WireWelcome(false, 1, 0x5555_6666_7777_8888L, 0x0123_4567_89AB_CDEFL, SERVER, 0, 30_000, 64, "trader"),
                "who the client is: `trader`");
        lines.add(new Line(false, new WireSamples.Credit(0, 131_072, 0), "the client may publish 131,072 bytes"));
        client(lines, new WireSubscribe(1, TopicPattern.of("prices.*"), SlowSubscriberPolicy.DISCONNECT, 0, WireSubscribe.SERVERS_STALL,
                Start.latest(), List.of(), List.of()), "as flow 1, policy 2, the server's limits");
        lines.add(new Line(true, new WireSamples.Credit(1, 131_072, 0), "and the server send as much in flow 1"));
        server(lines, new WireSubscribed(1, SlowSubscriberPolicy.DISCONNECT, 786_432), "may be 786,432 bytes behind");
        server(lines, new WireLane(1, 0, 7, EPOCH, 0, 4096, 51), "publisher 7, from position 4096 on, 51 messages before");
        server(lines, new WireStream(1, 3, Topic.of("prices.eur"), 0, 1), "stream 3 is `prices.eur`");
        lines.add(new Line(false, new WireSamples.Run(1, 0, EPOCH, 4096, 51, 0, 0, frames(3, 12, "1.0843", "1.0844")),
                "two frames of 22 bytes, 24 each: `1.0843` and `1.0844`"));
        lines.add(new Line(true, new WireSamples.Credit(1, 131_120, 48), "both have come"));
        client(lines, new WireLane(0, 0, 1, 0x0F0F_0F0FL, 0, 0, 0), "what the client publishes");
        client(lines, new WireStream(0, 0, Topic.of("orders"), 0, 1), "its stream 0 is `orders`");
        lines.add(new Line(true, new WireSamples.Run(0, 0, 0x0F0F_0F0FL, 0, 0, 0, 0, frames(0, 0, "buy")), "one frame: `buy`"));
        lines.add(new Line(false, new WireSamples.Credit(0, 131_096, 24), "it has come"));
        client(lines, new WireStream(0, 1, Topic.of("audit"), 0, 1), "its stream 1 is `audit`");
        server(lines, new WireFailure(0, WireError.DENIED.code(), 1, "trader may not publish to audit"), "code 64, subject 1");
        lines.add(new Line(true, new WireSamples.Bare(WireType.HEARTBEAT, 0), "nothing else to say"));
        lines.add(new Line(true, new WireSamples.Bare(WireType.UNSUBSCRIBE, 1), "no more of flow 1"));
        lines.add(new Line(false, new WireSamples.Bare(WireType.UNSUBSCRIBE, 1), "there is no more"));
        lines.add(new Line(true, new WireSamples.Bare(WireType.BYE, 0), "the end"));
        return lines;
    }

    private static void client(final List<Line> lines, final WireMessage message, final String says) {
        lines.add(new Line(true, new WireSamples.Whole(message), says));
    }

    private static void server(final List<Line> lines, final WireMessage message, final String says) {
        lines.add(new Line(false, new WireSamples.Whole(message), says));
    }

    private static WireType type(final WireSamples.Sent sent) {
        return switch (sent) {
            case WireSamples.Whole(final WireMessage message) -> message.type();
            case WireSamples.Bare(final WireType type, final int flow) -> type;
            case WireSamples.Credit credit -> WireType.CREDIT;
            case WireSamples.Run run -> WireType.RUN;
        };
    }

    private static String dump(final List<Line> lines) {
        final StringBuilder text = new StringBuilder("```\n");
        for (final Line line : lines) {
            text.append(line.client ? "C " : "S ").append(type(line.sent)).append(": ").append(line.says.replace("`", "")).append('\n');
            final byte[] bytes = WireSamples.bytes(List.of(line.sent));
            for (int at = 0; at < bytes.length; at += BYTES_IN_A_LINE) {
                final int end = Math.min(bytes.length, at + BYTES_IN_A_LINE);
                text.append(String.format("  %04x  %s%n", at, HexFormat.ofDelimiter(" ").formatHex(bytes, at, end)));
            }
        }
        return text.append("```\n").toString();
    }

    @Test
    void shouldShowTheBytesThatAreSent() {
        final int from = page.lastIndexOf("\n```\nC HELLO");
        assertThat(from).as("the example begins with C HELLO").isPositive();
        assertThat(page.substring(from + 1)).isEqualTo(dump(example()));
    }

    @Test
    void shouldTakeTheBytesThatAreShown() {
        for (final boolean toServer : new boolean[] {true, false}) {
            final List<WireSamples.Sent> sent = example().stream().filter(line -> line.client == toServer).map(Line::sent).toList();
            final byte[] bytes = WireSamples.bytes(sent);
            final WireReading reading = new WireReading(new WireInput(toServer, WireSamples.MAX_RUN), WireReading.Way.PUT, new Random(1));
            reading.read(bytes, 0, bytes.length);
            assertThat(reading.received()).isEqualTo(sent);
        }
    }

    @Test
    void shouldNameEachTypeWithWhoSendsIt() {
        for (final WireType type : WireType.values()) {
            assertThat(page).contains(String.format("%n| %d | %s | %d | %s | %s |%n", type.code(), type, type.fixedLength(),
                    flows(type, true), flows(type, false)));
        }
        assertThat(page.lines().filter(line -> line.matches("\\| \\d+ \\| [A-Z_]+ \\| \\d+ \\| .*"))).hasSize(WireType.values().length);
    }

    private static String flows(final WireType type, final boolean toServer) {
        if (!type.isSent(toServer)) {
            return "never";
        }
        return type.takesFlow(0, toServer) ? type.takesFlow(1, toServer) ? "any" : "0" : "1 to " + WireDescriptor.MAX_FLOW;
    }

    @Test
    void shouldNameEachErrorByItsCode() {
        for (final WireError error : WireError.values()) {
            assertThat(page).contains(String.format("%n| %d | %s | ", error.code(), error));
        }
        final String errors = page.substring(page.indexOf("\n## Errors"), page.indexOf("\n## Closing"));
        assertThat(errors.lines().filter(line -> line.matches("\\| \\d+ \\| [A-Z_]+ \\| .*"))).hasSize(WireError.values().length);
    }

    @Test
    void shouldNameTheLimitsThatAreChecked() {
        final String limits = page.substring(page.indexOf("\n## Limits"), page.indexOf("\n## A session in bytes"));
        assertThat(limits).contains("a message other than RUN | " + WireDescriptor.MAX_CONTROL_LENGTH + " |",
                "frames in a run | " + WireDescriptor.MAX_RUN_LENGTH + " |", "greatest flow | " + WireDescriptor.MAX_FLOW + " |",
                "resumed by a HELLO | " + WireDescriptor.MAX_RESUMED + " |", "points of a SUBSCRIBE | " + WireDescriptor.MAX_POINTS + " |",
                "partitions of a SUBSCRIBE | " + WireDescriptor.MAX_PARTITIONS_NAMED + " |",
                "a token | " + WireDescriptor.MAX_TOKEN_LENGTH + " |", "an identity | " + WireDescriptor.MAX_NAME_LENGTH + " |",
                "a pattern | " + WireDescriptor.MAX_PATTERN_LENGTH + " |", "an error's text | " + WireDescriptor.MAX_TEXT_LENGTH + " |");
    }
}
