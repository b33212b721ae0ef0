// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.cli.verify.HashChain;
import io.kaelix.cli.verify.Received;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Receives lines, and writes them if it is the one to do so. */
final class LineReceiver extends Receiver {

    private final LineOutput output;
    private final LineReader reader;

    /**
     * @param output where the lines go, or null for nowhere
     * @param reader knows how the input ended
     */
    LineReceiver(final Subscriber subscriber, final List<Publisher> publishers, final boolean crowded, final LineOutput output,
            final LineReader reader) {
        super(subscriber, publishers, crowded, HashChain.EMPTY);
        this.output = output;
        this.reader = reader;
    }

    @Override
    public void onMessage(final Message message) {
        if (output != null) {
            write(message);
        }
        final Received from = from(message.publisherId());
        from.accept(message.sequence(), HashChain.append(from.checksum(), message));
        recordLatency(message);
    }

    private void write(final Message message) {
        try {
            output.write(message);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes what has arrived. The reader tells of a missing newline before the line that lacks it is sent: as long as it tells of
     * none, what was received had its newline.
     */
    @Override
    void pause() throws IOException {
        if (output != null) {
            output.flush(reader.hasFinalNewline());
        }
    }
}
