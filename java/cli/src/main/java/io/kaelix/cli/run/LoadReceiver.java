// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.Message;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.cli.verify.Received;
import java.util.List;

/** Reads every word of what a {@link LoadSender} sent. */
final class LoadReceiver extends Receiver {

    private final boolean spread;

    /** @param spread whether the messages are of many streams, each of which counts by itself */
    LoadReceiver(final Subscriber subscriber, final List<Publisher> publishers, final boolean crowded, final boolean spread) {
        super(subscriber, publishers, crowded, 0);
        this.spread = spread;
    }

    @Override
    public void onMessage(final Message message) {
        final int length = message.length();
        long sum = 0;
        int offset = 0;
        for (; offset <= length - Long.BYTES; offset += Long.BYTES) {
            sum += message.getLong(offset);
        }
        for (; offset < length; offset++) {
            sum += message.getByte(offset);
        }
        final Received from = from(message.publisherId());
        if (spread) {
            from.accept(message.streamId(), message.sequence(), from.checksum() + sum);
        } else {
            from.accept(message.sequence(), from.checksum() + sum);
        }
        recordLatency(message);
    }
}
