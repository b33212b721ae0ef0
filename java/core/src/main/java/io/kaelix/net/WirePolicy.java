// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.SlowSubscriberPolicy;

/** Codes of policies, which outlive the order that the constants happen to stand in. */
final class WirePolicy {

    private static final int BLOCK = 0;
    private static final int LOSSY = 1;
    private static final int DISCONNECT = 2;
    private static final int SERVERS = 3;

    private WirePolicy() {
    }

    /** What stands for a policy; null is what the server is set to. */
    static int code(final SlowSubscriberPolicy policy) {
        return switch (policy) {
            case null -> SERVERS;
            case BLOCK -> BLOCK;
            case LOSSY -> LOSSY;
            case DISCONNECT -> DISCONNECT;
        };
    }

    /** The reverse. */
    static SlowSubscriberPolicy of(final int code) {
        return switch (code) {
            case BLOCK -> SlowSubscriberPolicy.BLOCK;
            case LOSSY -> SlowSubscriberPolicy.LOSSY;
            case DISCONNECT -> SlowSubscriberPolicy.DISCONNECT;
            case SERVERS -> null;
            default -> throw new IllegalArgumentException("a policy is 0, 1, 2 or 3, not " + code);
        };
    }
}
