// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.cli.console.StopSignal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs that end before their work does: stopped, or by a failure while others wait. */
@Timeout(60)
class LifecycleTest {

    /** Standard output that fails. */
    private record Broken(IOException failure) implements WritableByteChannel {

        @Override
        public int write(final ByteBuffer source) throws IOException {
            throw failure;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
        }
    }

    private static CompletableFuture<CommandRun> start(final InputStream in, final WritableByteChannel out,
            final ByteArrayOutputStream written, final StopSignal stop, final String... arguments) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return CommandRun.with(in, out, written, false, stop, arguments);
            } catch (final IOException e) {
                throw new IllegalStateException(e);
            }
        }, command -> new Thread(command, "command").start());
    }

    private static CommandRun end(final CompletableFuture<CommandRun> run) throws Exception {
        return run.get(30, TimeUnit.SECONDS);
    }

    private static void awaitText(final ByteArrayOutputStream written, final String text) throws InterruptedException {
        while (!written.toString(UTF_8).equals(text)) {
            Thread.sleep(5);
        }
    }

    @Test
    void shouldPassLinesOnBeforeTheInputEnds() throws Exception {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final PipedOutputStream feed = new PipedOutputStream();
        try (PipedInputStream in = new PipedInputStream(feed)) {
            final CompletableFuture<CommandRun> run =
                    start(in, Channels.newChannel(out), out, new StopSignal(), "run", "--input", "-", "--output", "-");
            feed.write("first\nsecond\nhal".getBytes(UTF_8));
            feed.flush();
            awaitText(out, "first\nsecond\n");
            feed.write("f".getBytes(UTF_8));
            feed.close();
            assertThat(end(run).text()).isEqualTo("first\nsecond\nhalf");
        }
    }

    @Test
    void shouldReportWhatWasDoneWhenStoppedWhileReading() throws Exception {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final StopSignal stop = new StopSignal();
        final Pipe pipe = Pipe.open();
        final CompletableFuture<CommandRun> run = start(new ByteArrayInputStream(new byte[0]) {
            @Override
            public synchronized int read(final byte[] target, final int offset, final int length) {
                try {
                    return pipe.source().read(ByteBuffer.wrap(target, offset, length));
                } catch (final IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }, Channels.newChannel(out), out, stop, "run", "--input", "-", "--output", "-", "--publishers", "2");
        pipe.sink().write(ByteBuffer.wrap("a\nb\n".getBytes(UTF_8)));
        awaitText(out, "a\nb\n");
        stop.request();
        final CommandRun ended = end(run);
        assertThat(ended.status()).isEqualTo(130);
        assertThat(ended.text()).isEqualTo("a\nb\n");
        assertThat(ended.err()).containsPattern("messages +2 ").contains("interrupted");
    }

    @Test
    void shouldReportWhatWasDoneWhenALoadIsStopped() throws Exception {
        for (final String rate : new String[] {"1", "1000000"}) {
            final ByteArrayOutputStream out = new ByteArrayOutputStream();
            final StopSignal stop = new StopSignal();
            final CompletableFuture<CommandRun> run =
                    start(InputStream.nullInputStream(), Channels.newChannel(out), out, stop, "run", "--duration", "10m", "--rate", rate);
            Thread.sleep(300);
            stop.request();
            assertThat(end(run).status()).isEqualTo(130);
            assertThat(out.toString(UTF_8)).contains("interrupted").containsPattern("lost +0");
        }
    }

    @Test
    void shouldEndWhenTheOutputFailsWhileTheInputIsOpen() throws Exception {
        final Pipe pipe = Pipe.open();
        pipe.sink().write(ByteBuffer.wrap("a\n".getBytes(UTF_8)));
        final InputStream in = Channels.newInputStream(pipe.source());
        final CompletableFuture<CommandRun> run = start(in, new Broken(new IOException("no room")), new ByteArrayOutputStream(),
                new StopSignal(), "run", "--input", "-", "--output", "-", "--publishers", "2", "--subscribers", "2");
        final CommandRun ended = end(run);
        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).startsWith("kaelix: cannot write standard output: no room").hasLineCount(1);
    }

    @Test
    void shouldEndWhenTheInputFails() throws Exception {
        final InputStream in = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("Input/output error");
            }
        };
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final CommandRun run = CommandRun.with(in, Channels.newChannel(out), out, false, new StopSignal(), "run", "--input", "-",
                "--subscribers", "2");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).startsWith("kaelix: cannot read standard input: Input/output error").hasLineCount(1);
    }

    @Test
    void shouldEndInSilenceWhenTheReaderIsGone() throws Exception {
        for (final String[] arguments : new String[][] {{"run", "--input", "-", "--output", "-"}, {"run", "--input", "-"}, {"--help"}}) {
            final CommandRun run = CommandRun.with(new ByteArrayInputStream("a\n".repeat(500_000).getBytes(UTF_8)),
                    new Broken(new IOException("Broken pipe")), new ByteArrayOutputStream(), false, new StopSignal(), arguments);
            assertThat(run.status()).isEqualTo(141);
            assertThat(run.err()).isEmpty();
        }
    }

    @Test
    void shouldTellThatTheReportCouldNotBeWritten() throws Exception {
        final CommandRun run = CommandRun.with(InputStream.nullInputStream(), new Broken(new IOException("no room")),
                new ByteArrayOutputStream(), false, new StopSignal(), "run", "--duration", "10ms");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).startsWith("kaelix: cannot write standard output: no room").hasLineCount(1);
    }

    @Test
    void shouldRedrawAndClearProgressOnATerminal() throws Exception {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final CommandRun run = CommandRun.with(InputStream.nullInputStream(), Channels.newChannel(out), out, true, new StopSignal(),
                "run", "--duration", "700ms", "--rate", "1000");
        assertThat(run.status()).isZero();
        assertThat(run.err()).containsPattern("\r[0-9.]+( k)? msg/s, lag [0-9]+, sent [0-9]+, [0-9]+%\u001b\\[K")
                .endsWith("\r\u001b[K").doesNotContain("\n");
    }
}
