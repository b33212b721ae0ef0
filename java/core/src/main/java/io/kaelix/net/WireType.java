// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

/** Kinds of messages: their codes, how long they are at least, who may send them, and on which flow. */
enum WireType {
    /** The first of a client. */
    HELLO(1, WireDescriptor.HELLO_LENGTH, Flow.ZERO, Flow.NEVER),
    /** The first of a server. */
    WELCOME(2, WireDescriptor.WELCOME_LENGTH, Flow.NEVER, Flow.ZERO),
    /** Something was refused. */
    ERROR(3, WireDescriptor.ERROR_LENGTH, Flow.ANY, Flow.ANY),
    /** The last of either side. */
    BYE(4, WireDescriptor.HEADER_LENGTH, Flow.ZERO, Flow.ZERO),
    /** Sent where nothing else was for a while. */
    HEARTBEAT(5, WireDescriptor.HEADER_LENGTH, Flow.ZERO, Flow.ZERO),
    /** Asks for a flow. */
    SUBSCRIBE(6, WireDescriptor.SUBSCRIBE_LENGTH, Flow.SUBSCRIPTION, Flow.NEVER),
    /** There is one. */
    SUBSCRIBED(7, WireDescriptor.SUBSCRIBED_LENGTH, Flow.NEVER, Flow.SUBSCRIPTION),
    /** Asks for the end of a flow, and answers that. */
    UNSUBSCRIBE(8, WireDescriptor.HEADER_LENGTH, Flow.SUBSCRIPTION, Flow.SUBSCRIPTION),
    /** Which topic a number in frames stands for. */
    STREAM(9, WireDescriptor.STREAM_LENGTH, Flow.ZERO, Flow.SUBSCRIPTION),
    /** Which publisher a number in runs stands for. */
    LANE(10, WireDescriptor.LANE_LENGTH, Flow.ZERO, Flow.SUBSCRIPTION),
    /** Nothing more comes from a publisher. */
    LANE_END(11, WireDescriptor.LANE_END_LENGTH, Flow.ZERO, Flow.SUBSCRIPTION),
    /** Frames. */
    RUN(12, WireDescriptor.RUN_LENGTH, Flow.ZERO, Flow.SUBSCRIPTION),
    /** How much more may be sent: it goes the other way than the flow. */
    CREDIT(13, WireDescriptor.CREDIT_LENGTH, Flow.SUBSCRIPTION, Flow.ZERO),
    /** Messages that a flow has not carried. */
    LOST(14, WireDescriptor.LOST_LENGTH, Flow.ZERO, Flow.SUBSCRIPTION),
    /** How many partitions a topic has. */
    DECLARE(15, WireDescriptor.DECLARE_LENGTH, Flow.ZERO, Flow.ZERO);

    /** What may stand in place of the flow. */
    private enum Flow {
        NEVER, ZERO, SUBSCRIPTION, ANY
    }

    private static final WireType[] BY_CODE = byCode();

    private final int code;
    private final int fixedLength;
    private final Flow toServer;
    private final Flow toClient;

    WireType(final int code, final int fixedLength, final Flow toServer, final Flow toClient) {
        this.code = code;
        this.fixedLength = fixedLength;
        this.toServer = toServer;
        this.toClient = toClient;
    }

    private static WireType[] byCode() {
        final WireType[] all = values();
        final WireType[] types = new WireType[all.length + 1];
        for (final WireType type : all) {
            types[type.code] = type;
        }
        return types;
    }

    /** The type of a code, or null. */
    static WireType of(final int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }

    /** What stands for it on the wire. */
    int code() {
        return code;
    }

    /** Bytes in front of what varies. */
    int fixedLength() {
        return fixedLength;
    }

    /** Whether a message of this type is never longer than its fixed part. */
    boolean isFixed() {
        return switch (this) {
            case BYE, HEARTBEAT, SUBSCRIBED, UNSUBSCRIBE, LANE, LANE_END, CREDIT, LOST -> true;
            case HELLO, WELCOME, ERROR, SUBSCRIBE, STREAM, RUN, DECLARE -> false;
        };
    }

    /** All flags that a message of this type may have. */
    int flags() {
        return this == WELCOME ? WireDescriptor.FLAG_RESUMED : 0;
    }

    /** Whether it may be sent in a direction. */
    boolean isSent(final boolean toServer) {
        return flowRule(toServer) != Flow.NEVER;
    }

    /** Whether it may name a flow in a direction. */
    boolean takesFlow(final int flow, final boolean toServer) {
        return switch (flowRule(toServer)) {
            case NEVER -> false;
            case ZERO -> flow == 0;
            case SUBSCRIPTION -> flow != 0;
            case ANY -> true;
        };
    }

    private Flow flowRule(final boolean toServer) {
        return toServer ? this.toServer : toClient;
    }
}
