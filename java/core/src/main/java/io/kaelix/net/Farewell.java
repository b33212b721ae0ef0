// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A connection whose last message is on its way: it waits until the peer has closed its side too, since a socket that is closed while
 * unread bytes lie in it takes away from the peer what was sent last. What comes meanwhile is dropped as it is, past any encryption.
 *
 * <p>One thread.
 */
final class Farewell extends Served {

    private static final long LONGEST_NANOS = 1_000_000_000;
    private static final int SCRATCH = 4 << 10;

    private final Connection connection;
    private final long until;
    private final ByteBuffer scratch = ByteBuffer.allocate(SCRATCH);
    private boolean broken;
    private boolean ended;
    private boolean shut;

    private Farewell(final Connection connection, final long now) {
        this.connection = connection;
        this.until = now + LONGEST_NANOS;
    }

    /** Sends what waits, and has a loop look after the rest; without one, there is no more than what the socket takes at once. */
    static Farewell begin(final Loop loop, final Connection connection, final long now) {
        final Farewell farewell = new Farewell(connection, now);
        if (loop == null) {
            farewell.turn(now, false);
            farewell.stop();
            return farewell;
        }
        return begin(loop, farewell, now);
    }

    /** The same where nothing can be sent any more, and the last word is in the socket: a refusal of TLS. */
    static Farewell afterFailure(final Loop loop, final Connection connection, final long now) {
        final Farewell farewell = new Farewell(connection, now);
        farewell.broken = true;
        return begin(loop, farewell, now);
    }

    private static Farewell begin(final Loop loop, final Farewell farewell, final long now) {
        loop.hand(farewell.connection.channel(), farewell);
        loop.add(farewell);
        farewell.turn(now, false);
        return farewell;
    }

    @Override
    int turn(final long now, final boolean readable) {
        if (connection.isClosed()) {
            return 0;
        }
        try {
            if (!shut) {
                if (!broken) {
                    connection.flush();
                    if (!ended && connection.isFlushed()) {
                        ended = true;
                        connection.transport().end();
                    }
                }
                if (broken || connection.isFlushed()) {
                    connection.shutdownOutput();
                    shut = true;
                }
            }
            if (now - until < 0 && (!readable || drain())) {
                return 0;
            }
        } catch (final IOException e) {
            // It is gone already.
        }
        connection.close();
        return 1;
    }

    /** Reads and forgets. False at the end. */
    private boolean drain() throws IOException {
        return connection.channel().read(scratch.clear()) >= 0;
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
