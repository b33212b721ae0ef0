// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.MessageBatch.StreamCount;
import java.util.Arrays;

/**
 * Counts messages by stream: a table that is probed one place after the other, never more than half full, kept from one count to the next.
 *
 * <p><b>Threads</b>: one at a time.
 */
final class StreamTally {

    private static final int FEW = 16;
    private static final int SPREAD = 0x9E3779B9;

    /** Place in the order of first appearance, plus one, by hash; 0 where there is none. */
    private int[] places = new int[2 * FEW];
    private int[] streams = new int[FEW];
    private int[] counts = new int[FEW];
    private int size;

    void clear() {
        size = 0;
        Arrays.fill(places, 0);
    }

    /** Counts so many messages of a stream. */
    void add(final int stream, final int messages) {
        int at = hash(stream);
        while (places[at] != 0 && streams[places[at] - 1] != stream) {
            at = at + 1 & places.length - 1;
        }
        if (places[at] != 0) {
            counts[places[at] - 1] += messages;
            return;
        }
        streams[size] = stream;
        counts[size] = messages;
        places[at] = ++size;
        if (size == streams.length) {
            grow();
        }
    }

    private int hash(final int stream) {
        return stream * SPREAD >>> Integer.numberOfLeadingZeros(places.length) + 1;
    }

    private void grow() {
        streams = Arrays.copyOf(streams, 2 * size);
        counts = Arrays.copyOf(counts, 2 * size);
        places = new int[4 * size];
        for (int place = 1; place <= size; place++) {
            int at = hash(streams[place - 1]);
            while (places[at] != 0) {
                at = at + 1 & places.length - 1;
            }
            places[at] = place;
        }
    }

    void forEach(final StreamCount each) {
        for (int i = 0; i < size; i++) {
            each.count(streams[i], counts[i]);
        }
    }
}
