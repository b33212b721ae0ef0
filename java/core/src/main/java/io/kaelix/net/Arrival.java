// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.io.IOException;
import java.util.function.Function;

/**
 * A connection that was accepted, until its client has said who it is. One thread.
 */
final class Arrival extends Served implements Connection.Receiver {

    private static final System.Logger LOGGER = System.getLogger("io.kaelix.Listener");

    private final Listening listening;
    private final Connection connection;
    private final long until;
    private boolean over;
    private long now;
    /** That the client has now; null if it was refused, or has not said who it is. */
    private Session session;

    Arrival(final Listening listening, final Function<Connection.Receiver, Connection> opening, final long now) {
        this.listening = listening;
        this.connection = opening.apply(this);
        this.until = now + listening.config().handshakeTimeout().toNanos();
        this.now = now;
    }

    @Override
    int turn(final long time, final boolean readable) {
        now = time;
        if (over) {
            return 0;
        }
        try {
            int done = 0;
            if (readable) {
                done = connection.read();
                if (done < 0 && !over) {
                    close();
                    return 1;
                }
            }
            if (!over) {
                connection.flush();
                if (time - until > 0) {
                    refuse(WireError.HANDSHAKE_TIMEOUT, "nobody said HELLO within " + listening.config().handshakeTimeout().toMillis()
                            + " ms");
                }
            }
            return done;
        } catch (final ProtocolException e) {
            if (session != null) {
                // Said right behind the HELLO.
                session.offended(e);
                return 1;
            }
            LOGGER.log(System.Logger.Level.WARNING, "peer " + connection.peer() + " is refused, since it broke the protocol: "
                    + e.getMessage());
            refuse(e.error(), e.getMessage());
        } catch (final IOException e) {
            if (session != null) {
                session.cut("the connection was lost: " + Session.text(e));
                return 1;
            }
            lost(Session.text(e));
        }
        return 1;
    }

    @Override
    public void message(final WireType type, final WireInput input) {
        if (type != WireType.HELLO) {
            throw new ProtocolException("the first message is a " + type + ", not HELLO");
        }
        over = true;
        session = listening.meet(connection, (WireHello) input.message(), now);
    }

    @Override
    public FlowSink run(final WireInput input, final int bytes) {
        throw new ProtocolException("a RUN before HELLO");
    }

    @Override
    public void committed(final int bytes) {
        throw new IllegalStateException("nothing is received before HELLO");
    }

    /** Without a word, or with one of TLS, which the peer is given the time to read. */
    private void lost(final String why) {
        if (connection.transport().isHandshaken()) {
            LOGGER.log(System.Logger.Level.DEBUG, "peer " + connection.peer() + " was lost before it said who it is: " + why);
            close();
            return;
        }
        LOGGER.log(System.Logger.Level.INFO, "peer " + connection.peer() + " is not let in: " + why);
        over = true;
        listening.sendOffAfterFailure(connection);
        listening.left(this);
    }

    /** Others wait for its place. It has a last turn before: who has said HELLO by now is in. */
    void giveWay(final long time) {
        turn(time, true);
        if (!over) {
            over = true;
            LOGGER.log(System.Logger.Level.DEBUG, "peer " + connection.peer() + " gives way to others, having said nothing");
            connection.send(WireFailure.of(0, WireError.BUSY, "too many wait to say who they are, and this was the first:"
                    + " say HELLO at once"));
            try {
                connection.flush();
            } catch (final IOException e) {
                // It is gone already.
            }
            connection.close();
        }
    }

    private void refuse(final WireError error, final String why) {
        over = true;
        connection.send(WireFailure.of(0, error, why));
        listening.sendOff(connection);
        listening.left(this);
    }

    private void close() {
        over = true;
        connection.close();
        listening.left(this);
    }

    @Override
    void stop() {
        if (!over) {
            close();
        }
    }

    @Override
    boolean isOver() {
        return over;
    }
}
