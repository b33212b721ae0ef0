// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.console;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;

/** What somebody types. */
public final class Typed {

    private static final int LONGEST = 1000;

    private Typed() {
    }

    /**
     * Waits for a line, of which no more than is needed is taken. Who asks must look at the signal before it acts on an answer.
     *
     * @param stop ends the waiting
     * @return without its end; null at the end of the input, or if all shall end
     */
    public static String line(final Terminal terminal, final StopSignal stop) throws IOException {
        stop.onRequest(Thread.currentThread()::interrupt);
        try {
            return line(terminal);
        } catch (final ClosedByInterruptException ended) {
            return null;
        } finally {
            stop.onRequest(() -> { });
            Thread.interrupted();
        }
    }

    private static String line(final Terminal terminal) throws IOException {
        final StringBuilder line = new StringBuilder();
        final ByteBuffer one = ByteBuffer.allocate(1);
        while (line.length() < LONGEST && terminal.in().read(one.clear()) > 0) {
            if (one.get(0) == '\n') {
                return line.toString();
            }
            line.append(StandardCharsets.ISO_8859_1.decode(one.flip()));
        }
        return line.isEmpty() ? null : line.toString();
    }
}
