// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/**
 * A connection whose last message is on its way: it waits until the peer has closed its side too, since a socket that is closed while
 * unread bytes lie in it
 * takes away from the peer what was sent last. One thread.
 */
final class Farewell extends Served {

    private static final long LONGEST_NANOS = 1_000_000_000;

    private final Connection connection;
    private final long until;
    private boolean shut;

    Farewell(final Connection connection, final long now) {
        this.connection = connection;
        this.until = now + LONGEST_NANOS;
    }

    @Override
    int turn(final long now, final boolean readable) {
        if (connection.isClosed()) {
            return 0;
        }
        try {
            if (!shut) {
                connection.flush();
                if (connection.isFlushed()) {
                    connection.shutdownOutput();
                    shut = true;
                }
            }
            if (now - until < 0 && (!readable || connection.drain())) {
                return 0;
            }
        } catch (final IOException e) {
            // It is gone already.
        }
        connection.close();
        return 1;
    }

    SocketChannel channel() {
        return connection.channel();
    }

    @Override
    void stop() {
        connection.close();
    }

    @Override
    boolean isOver() {
        return connection.isClosed();
    }
}
