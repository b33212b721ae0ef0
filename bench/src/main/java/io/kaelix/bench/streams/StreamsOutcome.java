// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.streams;

/**
 * What one trial found.
 *
 * @param table the library's table of streams
 * @param streamer a streamer with a publisher of them all, that sent one message to each; its lane is among its memory
 * @param hashMap {@code HashMap<String, Integer>} on the same machine, right after that
 * @param all messages spread over all streams, to a subscriber of everything
 * @param matching the same to a subscriber of a pattern that matches them
 * @param clockNanos what it takes to read the clock, which is in each single lookup, and in no mean
 */
public record StreamsOutcome(Costs table, Costs streamer, Costs hashMap, Flow all, Flow matching, double clockNanos) {

    /**
     * Of one directory.
     *
     * @param createSeconds for all; the topics are there before
     * @param bytesPerStream native and heap together
     * @param nativeBytesPerStream growth of the process's resident memory; the heap was resident as a whole before
     * @param heapBytesPerStream growth of the heap in use, after full collections
     */
    public record Costs(double createSeconds, double bytesPerStream, double nativeBytesPerStream, double heapBytesPerStream,
            Lookups lookupNs) {
    }

    /**
     * Messages from one thread to another.
     *
     * @param streams that got one at least
     * @param sent messages
     * @param received messages
     * @param lost messages that did not arrive
     * @param irregular messages that were not the next of their stream, or not the next of all
     * @param messagesPerSecond from the first sent to the last received
     */
    public record Flow(int streams, long sent, long received, long lost, long irregular, double messagesPerSecond) {
    }

    /**
     * Nanoseconds to find an id by a topic that is there.
     *
     * @param random names in random order, each from a string that lies next to the one before: what misses the caches is the directory
     * @param hot few names again and again
     */
    public record Lookups(Nanos random, Nanos hot) {
    }

    /**
     * Of one lookup.
     *
     * @param mean of lookups one after the other, without a clock in between
     * @param p50 of single lookups, the reading of the clock included
     */
    public record Nanos(double mean, double p50) {
    }
}
