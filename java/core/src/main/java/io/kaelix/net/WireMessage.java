// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.nio.ByteBuffer;

/**
 * A message that is rare enough to be an object. Runs, credits and what has no body are not: {@link WireInput} and {@link WireOutput} have
 * methods for them.
 *
 * <p>Constructors check what a message may say, so that none which cannot be sent exists; what came from a peer is made by the same
 * constructors, and refused by them.
 */
sealed interface WireMessage permits WireHello, WireWelcome, WireFailure, WireSubscribe, WireSubscribed, WireStream, WireLane, WireLaneEnd,
        WireLost, WireDeclare {

    /** Its kind. */
    WireType type();

    /** The flow that it is about, or 0. */
    int flow();

    /** Its flags. */
    default int flags() {
        return 0;
    }

    /** Bytes that it takes, a multiple of {@link WireDescriptor#ALIGNMENT}. */
    int length();

    /** Writes everything behind the header; reserved bytes and those at the end are zero already. */
    void encode(ByteBuffer target, int at);

    /**
     * The message of a type that is not {@linkplain WireType#RUN a run}, a credit, or without a body.
     *
     * @throws ProtocolException if it breaks a rule; the text says which
     */
    static WireMessage decode(final WireType type, final WireBody body) {
        try {
            return switch (type) {
                case HELLO -> WireHello.decode(body);
                case WELCOME -> WireWelcome.decode(body);
                case ERROR -> WireFailure.decode(body);
                case SUBSCRIBE -> WireSubscribe.decode(body);
                case SUBSCRIBED -> WireSubscribed.decode(body);
                case STREAM -> WireStream.decode(body);
                case LANE -> WireLane.decode(body);
                case LANE_END -> WireLaneEnd.decode(body);
                case LOST -> WireLost.decode(body);
                case DECLARE -> WireDeclare.decode(body);
                case RUN, CREDIT, BYE, HEARTBEAT, UNSUBSCRIBE -> throw new IllegalStateException(type + " is no object");
            };
        } catch (final IllegalArgumentException e) {
            throw body.wrong(e.getMessage());
        }
    }

    /** For constructors: refuses what is out of range. */
    static void require(final boolean holds, final String otherwise, final long found) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise + ", not " + found);
        }
    }
}
