// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import java.net.DatagramSocket;
import java.net.SocketException;

/** Ports of UDP for tests. */
final class Ports {

    private Ports() {
    }

    /** One that nothing listens on at this moment. */
    static int free() {
        try (DatagramSocket socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        } catch (final SocketException e) {
            throw new IllegalStateException(e);
        }
    }
}
