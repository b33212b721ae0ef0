// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.verify;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Looks at the sequence numbers that arrive from one publisher of many streams, each of which counts by itself.
 *
 * <p>Four bytes for a stream whose messages arrive in order, which all should; only one that does not gets a {@link SequenceCheck}.
 */
final class StreamSequenceCheck {

    private static final int FEW = 1024;

    private final Map<Integer, SequenceCheck> irregular = new HashMap<>();
    private int[] next = {};
    /** Messages that arrived as the next of their stream, before that became irregular. */
    private long regular;

    void accept(final int stream, final long sequence) {
        if (stream >= next.length) {
            next = Arrays.copyOf(next, Math.max(Math.max(FEW, stream + 1), next.length << 1));
        }
        if (next[stream] == (int) sequence && irregular.isEmpty()) {
            next[stream]++;
            regular++;
        } else {
            acceptWithIrregular(stream, sequence);
        }
    }

    private void acceptWithIrregular(final int stream, final long sequence) {
        final SequenceCheck known = irregular.get(stream);
        if (known != null) {
            known.accept(sequence);
        } else if (next[stream] == (int) sequence) {
            next[stream]++;
            regular++;
        } else {
            final SequenceCheck check = new SequenceCheck(Integer.toUnsignedLong(next[stream]));
            regular -= check.expected();
            check.accept(sequence);
            irregular.put(stream, check);
        }
    }

    /** Streams that a message arrived of, at least. */
    int reached() {
        return (int) (Arrays.stream(next).filter(number -> number != 0).count()
                + irregular.keySet().stream().filter(stream -> next[stream] == 0).count());
    }

    /** Messages that never arrived, if the publisher sent this many in all. */
    long lost(final long sent) {
        final long expected = regular + irregular.values().stream().mapToLong(SequenceCheck::expected).sum();
        return irregular.values().stream().mapToLong(check -> check.lost(0)).sum() + Math.max(0, sent - expected);
    }

    long duplicated() {
        return irregular.values().stream().mapToLong(SequenceCheck::duplicated).sum();
    }

    long reordered() {
        return irregular.values().stream().mapToLong(SequenceCheck::reordered).sum();
    }
}
