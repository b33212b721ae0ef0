// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import org.junit.jupiter.api.Test;

class TerminalTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Terminal terminal(final WritableByteChannel channel) {
        return new Terminal(Channels.newChannel(new ByteArrayInputStream(new byte[0])), channel,
                new PrintStream(err, true, UTF_8), false);
    }

    @Test
    void shouldReportErrorsInOneLine() {
        terminal(Channels.newChannel(out)).error("cannot read a\u0007\u001b[31mb:\n  twice\r\n broken\n", new IOException());
        assertThat(err.toString(UTF_8)).isEqualTo("kaelix: cannot read a??[31mb: twice broken\n");
        assertThat(out.size()).isZero();
    }

    @Test
    void shouldWriteAllToAChannelThatTakesLittle() throws IOException {
        final WritableByteChannel bytewise = new WritableByteChannel() {
            @Override
            public int write(final ByteBuffer source) {
                out.write(source.get());
                return 1;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {
            }
        };
        terminal(bytewise).print("h\u00e9llo\n");
        assertThat(out.toString(UTF_8)).isEqualTo("h\u00e9llo\n");
    }

    @Test
    void shouldRunActionOnceWhateverComesFirst() {
        final int[] runs = new int[2];
        final StopSignal before = new StopSignal();
        before.onRequest(() -> runs[0]++);
        before.request();
        before.request();
        final StopSignal after = new StopSignal();
        after.request();
        after.onRequest(() -> runs[1]++);
        assertThat(runs).containsExactly(1, 1);
        assertThat(after.isRequested()).isTrue();
    }
}
