// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

/**
 * A system under test: something that moves messages from producer threads to one consumer thread.
 *
 * <pre>
 *   producer 0 ── sender(0) ──►┐
 *   producer 1 ── sender(1) ──►┤ system ├──► receiver() ── consumer ── Sink
 * </pre>
 *
 * <p>The same work is done for each system: the producer writes the payload as 8-byte {@linkplain Words words} where the system wants them
 * (in place if it can), the consumer reads and sums every word where it finds them. No object is made per message. A system is set up as
 * its own documentation has it for speed; what was set stands in {@link #settings}.
 *
 * <p><b>Life</b>: {@link #start}; then each producer's thread calls {@link #sender} for itself and the consumer's thread {@link #receiver}; these
 * threads end; {@link #stop}. One JVM runs one scenario (two of the same kind for ping-pong), so that every call site sees one class.
 */
public interface Scenario {

    /** Sets the system up. Called once, by the thread that calls {@link #stop}. */
    void start(Load load) throws Exception;

    /** For the calling thread, which is the producer of this number, from 0 on. */
    Sender sender(int producer);

    /** For the calling thread, the one consumer of what all producers send, with all its subscribers. */
    Receiver receiver();

    /** Releases what it holds: memory, files, threads. */
    void stop() throws Exception;

    /** What was set, beside the defaults, in one line: {@code "ring 65536, busy-spin"}. */
    String settings();

    /** Messages that were lost where it may lose some, counted by itself; 0 where it loses nothing. After its threads ended. */
    default long lost() {
        return 0;
    }

    /** A producer's end. */
    @FunctionalInterface
    interface Sender {

        /**
         * Sends the next message, or in a batching mode the next messages: the first one's words begin with {@code first}, the next one's
         * with {@code first + 1}, and so on. Never blocks.
         *
         * @return how many were sent; 0 if there is no room, so that the caller tries again
         */
        int send(long first);
    }

    /** The consumer's end. */
    @FunctionalInterface
    interface Receiver {

        /**
         * Hands what has arrived to the sink, each message once per subscriber. Never blocks.
         *
         * @return how many were handed over; 0 if there is nothing
         */
        int receive(Sink sink);
    }

    /** Where received messages go. */
    @FunctionalInterface
    interface Sink {

        /**
         * A message has arrived.
         *
         * @param first its first word
         * @param sum of all its words
         */
        void onMessage(long first, long sum);
    }
}
