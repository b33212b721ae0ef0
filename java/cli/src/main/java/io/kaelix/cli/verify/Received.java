// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.verify;

/**
 * What one subscriber received of one publisher.
 *
 * <p><b>Threads</b>: the subscriber's, until that has ended.
 */
public final class Received {

    private final int publisherId;
    private final SequenceCheck sequence = new SequenceCheck();
    /** In place of that, once a message came that names its stream. */
    private StreamSequenceCheck streams;
    private long messages;
    private long checksum;

    /**
     * @param publisherId number of the publisher
     * @param checksum of nothing, what the publisher's starts with
     */
    public Received(final int publisherId, final long checksum) {
        this.publisherId = publisherId;
        this.checksum = checksum;
    }

    /** Number of the publisher. */
    public int publisherId() {
        return publisherId;
    }

    /** Of all that arrived so far. */
    public long checksum() {
        return checksum;
    }

    /** One message has arrived; the checksum has it in. */
    public void accept(final long sequenceNumber, final long newChecksum) {
        sequence.accept(sequenceNumber);
        messages++;
        checksum = newChecksum;
    }

    /** The same where each stream of the publisher counts by itself. */
    public void accept(final int stream, final long sequenceNumber, final long newChecksum) {
        if (streams == null) {
            streams = new StreamSequenceCheck();
        }
        streams.accept(stream, sequenceNumber);
        messages++;
        checksum = newChecksum;
    }

    /** Streams that a message arrived of; 0 if none came that names its stream. */
    public int streams() {
        return streams == null ? 0 : streams.reached();
    }

    /** Messages that never arrived, if the publisher sent this many. */
    long lost(final long sent) {
        return streams == null ? sequence.lost(sent) : streams.lost(sent);
    }

    /** Messages that arrived again. */
    long duplicated() {
        return streams == null ? sequence.duplicated() : streams.duplicated();
    }

    /** Messages that arrived behind a later one. */
    long reordered() {
        return streams == null ? sequence.reordered() : streams.reordered();
    }

    /** Whether count and content are the publisher's. */
    boolean matches(final Sent sent) {
        return messages == sent.messages() && checksum == sent.checksum();
    }
}
