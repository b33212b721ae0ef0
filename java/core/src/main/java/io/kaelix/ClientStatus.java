// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/**
 * How a {@link KaelixClient} does. Bytes are those of messages with their headers; what the protocol adds is not counted.
 *
 * @param state whether it is connected
 * @param lastError why it is not, or why it last was not: one line; empty if it always was
 * @param reconnects how often it was connected again
 * @param lostMessages that were published here and of which the server has not said that it has them, or that were sent there and did not
 *     reach subscribers here. Of what was published: all that was accepted and is sent no more, because the server had forgotten this
 *     client when it came back, or the client has ended, be it by {@link ClientConfig#closeTimeout} or {@link State#REFUSED}; what was on
 *     its way then may have arrived. Of what was sent there: what the server had overwritten, or left out for a subscriber that may lose.
 *     Each message counts once, however many parts it was sent in; one that was not accepted as a whole does not count
 * @param sentBytes sent to the server
 * @param receivedBytes received from it
 * @param copiedBytes of both, those that were copied in this process rather than sent from the ring or received into it
 * @param denials how often the server said that it drops what is published here to a topic, since its rules do not let this client
 */
public record ClientStatus(State state, String lastError, long reconnects, long lostMessages, long sentBytes, long receivedBytes,
        long copiedBytes, long denials) {

    /** Whether a client is connected. */
    public enum State {
        /** It is. */
        CONNECTED,
        /** It was, and tries to be again: publishers go on until their lanes are full, subscribers receive nothing new. */
        CONNECTING,
        /** The server will not have it, or it was told to try no longer: publishers and subscribers answer that they are closed. */
        REFUSED,
        /** {@link KaelixClient#close} was called. */
        CLOSED
    }
}
