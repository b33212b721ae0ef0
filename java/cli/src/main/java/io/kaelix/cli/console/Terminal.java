// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.console;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * The standard streams of the process, or what a test puts in their place.
 *
 * <p>Input and output are channels: {@link System#out} swallows errors, so that a full disk or a reader that is gone would pass
 * for success.
 *
 * @param in read from where the command line says {@code -}
 * @param out for results
 * @param err for errors and progress
 * @param live whether {@code err} is a terminal, on which a line can be redrawn
 */
public record Terminal(ReadableByteChannel in, WritableByteChannel out, PrintStream err, boolean live) {

    /** Whether standard error is a terminal: Java cannot tell, the launcher script can. */
    static final String LIVE_PROPERTY = "kaelix.stderr.tty";

    /** Adds the stack trace to an error. */
    static final String DEBUG_PROPERTY = "kaelix.debug";

    private static final String BROKEN_PIPE = "Broken pipe";

    /** Whatever the output is, a reader of it that is gone is told from other errors. */
    public Terminal {
        out = new Output(out);
    }

    /** Those of this process. */
    public static Terminal ofProcess() {
        return new Terminal(new FileInputStream(FileDescriptor.in).getChannel(),
                new FileOutputStream(FileDescriptor.out).getChannel(), System.err, Boolean.getBoolean(LIVE_PROPERTY));
    }

    /** Prints a text to the output. */
    public void print(final String text) throws IOException {
        final ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    /** Reports an error, in one line whatever the message holds. */
    public void error(final String message, final Throwable cause) {
        err.println("kaelix: " + oneLine(message));
        if (Boolean.getBoolean(DEBUG_PROPERTY)) {
            cause.printStackTrace(err);
        }
        err.flush();
    }

    /** What the output really is. */
    WritableByteChannel rawOut() {
        return ((Output) out).channel();
    }

    /** The same, if it is not due to a reader that is gone. */
    static IOException named(final IOException e) {
        // There is no error number in Java: the message is all there is.
        return e.getMessage() != null && e.getMessage().contains(BROKEN_PIPE) ? new ClosedPipeException(e) : e;
    }

    private static String oneLine(final String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
    }

    /** Throws {@link ClosedPipeException} if the reader is gone. */
    private record Output(WritableByteChannel channel) implements WritableByteChannel {

        @Override
        public int write(final ByteBuffer source) throws IOException {
            try {
                return channel.write(source);
            } catch (final IOException e) {
                throw named(e);
            }
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
