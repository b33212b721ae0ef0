// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Headers;
import io.kaelix.KaelixException;
import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.Topic;
import io.kaelix.memory.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Headers of a frame: what was written is read, and lengths that lie are never followed. */
class FrameHeadersTest {

    private static final Topic TOPIC = Topic.of("t");
    private static final int SPACE = 128 << 10;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(SPACE, 8);
    private final FrameMessage message = new FrameMessage(memory.asReadOnly(), 1, id -> TOPIC);
    private final MessageBuilder builder = Message.builder();

    @AfterEach
    void close() {
        arena.close();
    }

    /** Writes what the builder holds as a frame, and points the message at it. */
    private FrameMessage show() {
        final FrameBuilder frame = FrameBuilder.of(builder, TOPIC);
        final int length = frame.headerLength() + frame.payloadLength();
        memory.fill((byte) 0x5A);
        NativeMemory.putLong(memory.address(), FrameDescriptor.firstWord(length, frame.flags()));
        frame.encode(memory.address());
        message.open(Thread.currentThread());
        assertThat(message.wrap(memory.address(), length, frame.flags())).isTrue();
        return message;
    }

    private void poke(final int offset, final int value) {
        memory.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
    }

    @Test
    void shouldLieInTheFrameAsTheDescriptorDrawsIt() {
        builder.header("ab", new byte[] {7}).header(new byte[] {-1}, new byte[0]).partitionKey("abc").payload(new byte[] {9});
        show();
        final byte[] headers = memory.asSlice(16, 24).toArray(ValueLayout.JAVA_BYTE);
        assertThat(headers).containsExactly(2, 0, 1, 0, 0xFF, 0x53, 0xD1, 0x32, 2, 1, 0, 'a', 'b', 7, 1, 0, 0, -1, 0, 0, 0, 0, 0, 0);
        assertThat(FrameBuilder.of(builder, TOPIC).flags()).isEqualTo(0x0018_0102);
        assertThat(message.payload().address() - memory.address()).isEqualTo(40);
        assertThat(message.toByteArray()).containsExactly(9);
        assertThat(message.partitionKey()).isEqualTo(0x32D153FFL);
    }

    @Test
    void shouldBeNoneWhereThereAreNone() {
        builder.payload("x");
        show();
        assertThat(message.headers().count()).isZero();
        assertThat(message.headers().contains("a")).isFalse();
        assertThat(message.headers().valueLength("a")).isEqualTo(-1);
        assertThat(message.headers().getBytes("a")).isNull();
        assertThat(message.headers().getString("a")).isNull();
        assertThat(message.headers().getLong("a", 5)).isEqualTo(5);
        message.headers().forEach(header -> {
            throw new AssertionError(header);
        });
        assertThat(message.partitionKey()).isEqualTo(Message.NO_PARTITION_KEY);
        builder.partitionKey(1L).timestamp(3);
        show();
        assertThat(message.headers().count()).as("a key is no header").isZero();
        assertThat(message.partitionKey()).isNotNegative();
        assertThat(message.timestamp()).isEqualTo(3);
    }

    @Test
    void shouldFindTheFirstOfAName() {
        builder.header("n", 5).header("text", "Grüße").header("n", 6).header("", "empty name").timestamp(1).payload("p");
        final Headers headers = show().headers();
        assertThat(headers.count()).isEqualTo(4);
        assertThat(headers.getLong("n", -1)).isEqualTo(5);
        assertThat(headers.getString("text")).isEqualTo("Grüße");
        assertThat(headers.valueLength("text")).isEqualTo(7);
        assertThat(headers.getString("")).isEqualTo("empty name");
        assertThat(headers.contains("tex")).isFalse();
        assertThat(headers.contains("text ")).isFalse();
        assertThat(headers.contains("text".getBytes(StandardCharsets.UTF_8))).isTrue();
        assertThatThrownBy(() -> headers.getLong("text", 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'text'").hasMessageContaining("7 bytes");
        assertThat(headers).hasToString("Headers[n (8 bytes), text (7 bytes), n (8 bytes),  (10 bytes)]");
        assertThat(message.asString()).isEqualTo("p");
    }

    @Test
    void shouldTakeNamesAndValuesOfAnyBytes() {
        final SplittableRandom random = new SplittableRandom(3);
        final List<byte[]> names = new ArrayList<>();
        for (int length = 0; length <= 255; length += 5) {
            final byte[] name = new byte[length];
            random.nextBytes(name);
            names.add(name);
            builder.header(name, Arrays.copyOf(name, length / 2));
        }
        final Headers headers = show().headers();
        for (final byte[] name : names) {
            assertThat(headers.contains(name)).isTrue();
            assertThat(headers.getBytes(name)).isEqualTo(Arrays.copyOf(name, name.length / 2));
        }
        final List<byte[]> seen = new ArrayList<>();
        headers.forEach(header -> seen.add(header.nameBytes()));
        assertThat(seen).containsExactlyElementsOf(names);
        builder.clear().header("Grüße, 世界 🦊", 1L);
        assertThat(show().headers().getLong("Grüße, 世界 🦊", 0)).isEqualTo(1);
        assertThat(message.headers().contains("Grüße, 世界 🦊".getBytes(StandardCharsets.UTF_8))).isTrue();
    }

    @Test
    void shouldShowEachInOrder() {
        builder.header("a", "x").header("b", 9);
        final List<String> seen = new ArrayList<>();
        final List<Headers.Header> views = new ArrayList<>();
        show().headers().forEach(header -> {
            views.add(header);
            final byte[] value = new byte[header.valueLength() + 1];
            header.copyValue(value, 1);
            assertThat(Arrays.copyOfRange(value, 1, value.length)).isEqualTo(header.toByteArray());
            assertThatThrownBy(() -> header.copyValue(value, 2)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(header.isNamed(header.name())).isTrue();
            assertThat(header.isNamed(header.nameBytes())).isTrue();
            assertThat(header.isNamed("c")).isFalse();
            assertThat(header.nameLength()).isEqualTo(1);
            seen.add(header.name() + "=" + (header.isNamed("b") ? header.asLong() : header.asString()));
            message.headers().forEach(inner -> seen.add(inner.name()));
            seen.add(header.toString());
        });
        assertThat(seen).containsExactly("a=x", "a", "b", "Header[a, 1 bytes]", "b=9", "a", "b", "Header[b, 8 bytes]");
        assertThatThrownBy(() -> views.getFirst().name()).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not shown any more");
    }

    @Test
    void shouldEndWithTheMessageAndBelongToItsThread() throws Exception {
        builder.header("a", 1);
        final Headers headers = show().headers();
        final Thread other = Thread.ofPlatform().start(() -> assertEnded(headers));
        other.join();
        message.clear();
        assertEnded(headers);
        assertThatThrownBy(message::headers).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(message::partitionKey).isInstanceOf(IllegalStateException.class);
    }

    private static void assertEnded(final Headers headers) {
        final byte[] name = {'a'};
        final List<Runnable> reads = List.of(headers::count, () -> headers.contains("a"), () -> headers.contains(name),
                () -> headers.getBytes("a"), () -> headers.getBytes(name), () -> headers.getString("a"), () -> headers.getLong("a", 0),
                () -> headers.valueLength("a"), () -> headers.forEach(header -> { }));
        for (final Runnable read : reads) {
            assertThatThrownBy(read::run).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldShowTheHeadersOfWhateverTheMessageShows() {
        builder.header("a", 1);
        final Headers headers = show().headers();
        builder.clear().header("bb", 2);
        show();
        assertThat(headers.contains("a")).isFalse();
        assertThat(headers.getLong("bb", 0)).isEqualTo(2);
        builder.clear();
        show();
        assertThat(headers.count()).isZero();
    }

    @Test
    void shouldRefuseWhatDoesNotFitAndStayAsItWas() {
        builder.header("kept", "x");
        assertThatThrownBy(() -> builder.header(new byte[256], new byte[0])).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("255 bytes of name").hasMessageContaining("256");
        assertThatThrownBy(() -> builder.header("n", new byte[65_536])).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65536");
        // 8 + 3 + 4 + 1 are used.
        assertThatThrownBy(() -> builder.header("", new byte[65_528 - 16 - 3 + 1])).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65528 bytes in all").hasMessageContaining("65529");
        assertThat(show().headers()).hasToString("Headers[kept (1 bytes)]");
        builder.header("", new byte[65_528 - 16 - 3]);
        assertThat(show().headers().valueLength("")).isEqualTo(65_509);
        assertThat(message.payload().address() - memory.address()).isEqualTo(16 + 65_528);
        assertThatThrownBy(() -> builder.header("", "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldTellCorruptLengthsAndNotFollowThem() {
        builder.header("name", "value").header("b", 1).payload(new byte[100]);
        final int first = FrameDescriptor.HEADER_LENGTH + HeaderDescriptor.FIRST_OFFSET;
        show();
        poke(first, 200);
        assertCorrupt("runs over");
        show();
        poke(first + 1, 0xFF);
        assertCorrupt("runs over");
        show();
        poke(FrameDescriptor.HEADER_LENGTH, 3);
        assertCorrupt("begins at byte");
        show();
        poke(FrameDescriptor.HEADER_LENGTH, 1);
        assertCorrupt("they end at byte 20 of 32");
        show();
        poke(FrameDescriptor.FLAGS_OFFSET, 0);
        assertCorrupt("flag not set");
        builder.clear();
        show();
        poke(FrameDescriptor.FLAGS_OFFSET, FrameDescriptor.FLAG_HEADERS);
        assertCorrupt("flag set");
    }

    private void assertCorrupt(final String why) {
        assertThatThrownBy(message::headers).isInstanceOf(KaelixException.class).hasMessageContaining("corrupt headers")
                .hasMessageContaining(why);
    }

    /** Random bytes in place of the headers: all that is read lies inside of them, or it is an exception; never another. */
    @Test
    void shouldReadNothingBeyondTheEndWhateverTheHeadersHold() {
        final SplittableRandom random = new SplittableRandom(11);
        int right = 0;
        for (int round = 0; round < 20_000; round++) {
            builder.clear();
            for (int i = random.nextInt(4); i > 0; i--) {
                builder.header("n" + i, random.nextInt(40));
            }
            builder.partitionKey(round).payload(new byte[3]);
            show();
            final int length = (int) (message.payload().address() - memory.address()) - 16;
            for (int i = random.nextInt(3); i >= 0; i--) {
                poke(16 + random.nextInt(length), random.nextInt(256));
            }
            try {
                final int[] bytes = {HeaderDescriptor.FIRST_OFFSET};
                message.headers().forEach(header -> bytes[0] += 3 + header.nameBytes().length + header.toByteArray().length);
                assertThat(bytes[0]).isLessThanOrEqualTo(length);
                message.headers().getBytes("n1");
                right++;
            } catch (final KaelixException corrupt) {
                assertThat(corrupt).hasMessageContaining("corrupt headers");
            }
        }
        assertThat(right).as("some were not hurt").isBetween(100, 19_900);
    }
}
