// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/**
 * How one peer of a {@link Listener} does. Bytes are those of messages with their headers; what the protocol adds is not counted.
 *
 * @param peer its address and port, and its {@linkplain ClientConfig#name name} in front, if it has one: {@code "prices@10.0.0.7:51324"}
 * @param identity who it is, by its token or certificate; {@value ListenConfig#ANYONE} if nobody was asked
 * @param tls whether it is encrypted
 * @param connected false while it is cut off and may come back
 * @param subscriptions how many it has
 * @param sentBytes sent to it
 * @param receivedBytes received from it
 * @param copiedBytes of both, those that were copied in this process rather than sent from the ring or received into it
 * @param sentMessages sent to it; each part of a long message counts
 * @param receivedMessages received from it, counted alike
 * @param lostMessages that its subscriptions did not get, because it was slow and they may lose, or it came back too late
 * @param lagBytes that the slowest of its subscriptions has not acknowledged: what it holds of a lane
 * @param waitingBytes received from it and kept aside now, as its lane has no room for them: a subscriber joined it further back than those
 *     that were there. They are published as it reads, and are not among those received until then; at most {@link ListenConfig#window}
 */
public record SessionStatus(String peer, String identity, boolean tls, boolean connected, int subscriptions, long sentBytes,
        long receivedBytes, long copiedBytes, long sentMessages, long receivedMessages, long lostMessages, long lagBytes,
        long waitingBytes) {
}
