// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What both sides of a connection do alike: they send what there is, read, and look whether the other is alive.
 *
 * <p>One thread, but for figures.
 */
abstract class Session extends Served implements Connection.Receiver {

    /**
     * From here on received bytes are to be acknowledged, if there are few of them: along with the next run that goes out. A write of its own
     * takes as long as a message, and one message in a hundred would wait for it; so that comes when there were no runs for as long, or when
     * twice the time is over.
     */
    static final long QUIET_NANOS = 1_000_000;

    /** Figures for reports, of any thread: at least as new as the turn before the last. */
    final AtomicLong sentBytes = new AtomicLong();
    final AtomicLong receivedBytes = new AtomicLong();
    final AtomicLong copiedBytes = new AtomicLong();
    final AtomicLong lostMessages = new AtomicLong();

    /** Null while it is cut off. */
    Connection connection;
    /** Of this turn. */
    long now;
    /** When something was heard, said, and granted the last time. */
    private long lastIn;
    private long lastOut;
    private long lastGrant;
    private long lastRun;
    /** Whether, in this turn, acknowledgements go along with runs. */
    private boolean due;
    private long heartbeatNanos;
    private long silenceNanos;
    /** Copied on connections before this. */
    private long copiedBefore;

    /** Begins to use a connection on which both sides have met. */
    final void attach(final Connection next, final long time, final long heartbeat, final long silence) {
        connection = next;
        now = time;
        lastIn = time;
        lastOut = time;
        heartbeatNanos = heartbeat;
        silenceNanos = silence;
        next.receiver(this);
    }

    @Override
    final int turn(final long time, final boolean readable) {
        now = time;
        if (connection == null) {
            return detachedTurn();
        }
        try {
            return turn(readable || time - lastIn > silenceNanos);
        } catch (final ProtocolException e) {
            offended(e);
        } catch (final IOException e) {
            cut("the connection was lost: " + text(e));
        } catch (final RuntimeException | Error e) {
            failed(e);
        }
        return 1;
    }

    /** Sends first: what was published since the last turn should not wait for a look at the socket, which takes longer than all else. */
    private int turn(final boolean readable) throws IOException {
        due = now - lastGrant > QUIET_NANOS;
        final boolean quiet = due && now - lastRun > QUIET_NANOS;
        int done = send(quiet || now - lastGrant > 2 * QUIET_NANOS);
        if (connection != null && readable) {
            final int received = receive();
            done += received;
            if (received > 0 && quiet && connection != null) {
                // The first that came in a while is acknowledged at once.
                done += send(true);
            }
        }
        if (done > 0 && connection != null) {
            copiedBytes.setRelease(copiedBefore + connection.copied() + copiedBySources());
        }
        return done;
    }

    private int send(final boolean quiet) throws IOException {
        int done = serve(quiet);
        if (connection == null) {
            return 1;
        }
        if (done > 0) {
            lastRun = now;
        }
        if (quiet || goesAlong(done)) {
            lastGrant = now;
        }
        if (now - lastOut > heartbeatNanos && connection.isFlushed()) {
            connection.send(WireType.HEARTBEAT, 0);
        }
        if (connection.flush() > 0) {
            lastOut = now;
            done++;
        }
        return done;
    }

    /** Whether acknowledgements are to go along with what a turn sent, so that they need no write of their own. */
    final boolean goesAlong(final int sent) {
        return due && sent > 0;
    }

    private int receive() throws IOException {
        final int read = connection.read();
        if (read < 0) {
            cut("the other side closed the connection");
            return 1;
        }
        if (connection == null) {
            return 1;
        }
        if (read > 0) {
            lastIn = now;
            return 1;
        }
        if (now - lastIn > silenceNanos) {
            silent(silenceNanos / 1_000_000);
            return 1;
        }
        return 0;
    }

    /** Sends and grants what there is. @return how much was done */
    abstract int serve(boolean quiet);

    /** What a turn without a connection is for. */
    abstract int detachedTurn();

    /** Bytes that sources copied. */
    abstract long copiedBySources();

    /** The connection is lost, for this reason, and may be replaced. */
    abstract void cut(String reason);

    /** The peer broke a rule. */
    abstract void offended(ProtocolException offence);

    /** Something went wrong here. */
    abstract void failed(Throwable failure);

    /** Nothing was heard for so long. */
    void silent(final long millis) {
        cut("nothing was heard for " + millis + " ms");
    }

    /** Gives up the connection; what waits is dropped. */
    final void drop() {
        if (connection != null) {
            copiedBefore += connection.copied();
            connection.close();
            connection = null;
        }
    }

    /** Takes the connection away without closing it. */
    final Connection release() {
        final Connection released = connection;
        copiedBefore += released.copied();
        connection = null;
        return released;
    }

    static String text(final Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
