// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

/**
 * Why a peer was refused something. The range of a code says what follows, also for codes that are not known here: below 32 the connection
 * ends and another attempt would fare no better, below 64 it ends and the client may come back, from 64 on the connection goes on.
 */
enum WireError {
    /** Bytes came that the protocol does not allow. */
    PROTOCOL(1),
    /** No version is spoken by both. */
    VERSION(2),
    /** The token is none that the server knows, or one is asked for and there is none. */
    UNAUTHORIZED(3),
    /** Another connection took the session over. */
    REPLACED(4),
    /** The server has as many connections, or as much memory in use for this peer, as it is set to. */
    BUSY(32),
    /** The handshake took too long. */
    HANDSHAKE_TIMEOUT(33),
    /** Nothing was heard for longer than the handshake said. */
    SILENT(34),
    /** The server closes. */
    CLOSING(35),
    /** The server failed; it is not the client's fault. */
    INTERNAL(36),
    /** Rules do not let this identity subscribe to the pattern: the flow ends; or publish the subject: that stream's frames are dropped. */
    DENIED(64),
    /** What was asked for is well-formed and makes no sense: the flow is not there. */
    INVALID(65),
    /** The session has as many subscriptions as the server allows. */
    TOO_MANY_SUBSCRIPTIONS(66),
    /** The subscription was too far behind, or held a publisher up for too long, and was cut off: its flow ends. */
    DISCONNECTED(67),
    /** The topic has another number of partitions. */
    CONFLICT(68),
    /** There are as many streams, or lanes, as the receiver has room for. */
    EXHAUSTED(69);

    private static final int FIRST_TO_RETRY = 32;
    private static final int FIRST_TO_GO_ON = 64;

    private final int code;

    WireError(final int code) {
        this.code = code;
    }

    /** What stands for it on the wire. */
    int code() {
        return code;
    }

    /** Whether the connection ends. */
    boolean isFatal() {
        return isFatal(code);
    }

    /** The one with a code, or null if there is none here: then the code's range says what to do. */
    static WireError of(final int code) {
        for (final WireError error : values()) {
            if (error.code == code) {
                return error;
            }
        }
        return null;
    }

    /** Whether the connection ends behind an error of this code. */
    static boolean isFatal(final int code) {
        return code < FIRST_TO_GO_ON;
    }

    /** Whether, once the connection has ended, a client may try again. */
    static boolean isPassing(final int code) {
        return code >= FIRST_TO_RETRY;
    }
}
