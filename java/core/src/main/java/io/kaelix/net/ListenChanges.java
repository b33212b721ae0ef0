// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.ListenConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Which settings of a listener can change while it listens: the others are part of what its clients were told. */
final class ListenChanges {

    private ListenChanges() {
    }

    /**
     * Looks for those that cannot.
     *
     * @throws IllegalArgumentException if any of them differs; it names them all
     */
    static void check(final ListenConfig now, final ListenConfig next) {
        final List<String> cold = new ArrayList<>();
        compare(cold, "host", now.host(), next.host());
        compare(cold, "port", now.port(), next.port());
        compare(cold, "tls", now.tls(), next.tls());
        compare(cold, "maxFrameLength", now.maxFrameLength(), next.maxFrameLength());
        compare(cold, "window", now.window(), next.window());
        compare(cold, "heartbeat", now.heartbeat(), next.heartbeat());
        compare(cold, "silence", now.silence(), next.silence());
        if (!cold.isEmpty()) {
            throw new IllegalArgumentException("cannot be changed while it listens: " + String.join(", ", cold)
                    + "; listen anew, or leave them as they are");
        }
    }

    private static void compare(final List<String> cold, final String what, final Object now, final Object next) {
        if (!Objects.equals(now, next)) {
            cold.add(what + " (" + now + " to " + next + ")");
        }
    }
}
