// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * The command run in this process, and what it left behind.
 *
 * @param status it would have exited with
 * @param out bytes on standard output
 * @param err text on standard error
 */
record CommandRun(int status, byte[] out, String err) {

    static CommandRun kaelix(final String... arguments) throws IOException {
        return withInput(new byte[0], arguments);
    }

    static CommandRun withInput(final byte[] input, final String... arguments) throws IOException {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        return with(new ByteArrayInputStream(input), Channels.newChannel(out), out, false, new StopSignal(), arguments);
    }

    static CommandRun with(final InputStream in, final WritableByteChannel out, final ByteArrayOutputStream written,
            final boolean live, final StopSignal stop, final String... arguments) throws IOException {
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            final int status = new Kaelix(new Terminal(Channels.newChannel(in), out, errors, live), stop).execute(arguments);
            return new CommandRun(status, written.toByteArray(), err.toString(StandardCharsets.UTF_8));
        }
    }

    String text() {
        return new String(out, StandardCharsets.UTF_8);
    }
}
