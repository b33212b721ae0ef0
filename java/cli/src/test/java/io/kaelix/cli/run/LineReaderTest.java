// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.Endpoint;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines as they are cut, whatever the pieces that they arrive in. */
class LineReaderTest {

    private static final int MAX_LINE = 1000;

    private final RegionArena arena =
            new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 64L << 20);
    private final Platform platform = Platforms.current();

    @AfterEach
    void close() {
        arena.close();
    }

    /** Hands out bytes in pieces of a size. */
    private record Pieces(ByteBuffer bytes, int size) implements ReadableByteChannel {

        @Override
        public int read(final ByteBuffer target) {
            if (!bytes.hasRemaining()) {
                return -1;
            }
            final int count = Math.min(Math.min(size, bytes.remaining()), target.remaining());
            target.put(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
        }
    }

    private List<String> read(final String content, final int pieceSize, final boolean finalNewline)
            throws IOException, InterruptedException {
        final List<String> lines = new ArrayList<>();
        final ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.ISO_8859_1));
        try (LineReader reader = new LineReader(new Endpoint("test"), new Pieces(bytes, pieceSize), platform, arena, MAX_LINE, LineTooLong.IN_LANE);
                LineBlock block = reader.newBlock()) {
            while (reader.next(block)) {
                assertThat(block.firstLine()).isEqualTo(lines.size() + 1);
                int start = 0;
                for (int line = 0; line < block.lines(); line++) {
                    final int end = block.end(line);
                    final byte[] text = new byte[end - start];
                    MemorySegment.copy(block.data(), ValueLayout.JAVA_BYTE, start, text, 0, text.length);
                    lines.add(new String(text, StandardCharsets.ISO_8859_1));
                    start = end + 1;
                }
            }
            assertThat(reader.next(block)).as("once ended, always").isFalse();
            assertThat(reader.hasFinalNewline()).isEqualTo(finalNewline);
            assertThat(reader.bytesRead()).isEqualTo(content.length());
        }
        return lines;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 64, 999, 1_000_000})
    void shouldCutLinesWhateverThePieces(final int pieceSize) throws Exception {
        final Random random = new Random(pieceSize);
        final List<String> expected = new ArrayList<>();
        for (int line = 0; line < 2000; line++) {
            final byte[] bytes = new byte[random.nextInt(10) == 0 ? random.nextInt(MAX_LINE + 1) : random.nextInt(20)];
            random.nextBytes(bytes);
            expected.add(new String(bytes, StandardCharsets.ISO_8859_1).replace('\n', '\r'));
        }
        expected.add("the last");
        final String content = String.join("\n", expected);
        assertThat(read(content, pieceSize, false)).isEqualTo(expected);
        assertThat(read(content + "\n", pieceSize, true)).isEqualTo(expected);
    }

    @Test
    void shouldFindNoLineInNothing() throws Exception {
        assertThat(read("", 10, true)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 300, 1_000_000})
    void shouldMeasureALineThatNoBlockHolds(final int pieceSize) {
        final String content = "first\n" + "x".repeat(300_000);
        assertThatThrownBy(() -> read(content + "\nmore", pieceSize, true)).isInstanceOf(CommandException.class)
                .hasMessageContaining("line 2 is too long: it has 300000 bytes, the limit with this lane is 1000; use --lane 2m");
        assertThatThrownBy(() -> read(content, pieceSize, true)).isInstanceOf(CommandException.class)
                .hasMessageContaining("line 2 is too long: it has 300000 bytes");
    }
}
