// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.Terminal;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks after an exchange while another thread works with it: says on standard error when it was cut off and is back, and when it is gone for
 * good lets it know.
 *
 * <p><b>Threads</b>: one of its own, a daemon; the rest may be called from any.
 */
final class Watch implements AutoCloseable {

    private static final long INTERVAL_NANOS = 50_000_000;

    private final Exchange exchange;
    private final Terminal terminal;
    private final Duration limit;
    private final Patience patience;
    private final Runnable onFailure;
    private final Thread thread = new Thread(this::run, "kaelix-watch-exchange");
    private boolean told;
    private volatile boolean closed;
    private volatile boolean closing;
    private volatile CommandException failure;

    /**
     * @param limit for how long it is waited for
     * @param onFailure called once, by its thread, when it is gone for good
     */
    Watch(final Exchange exchange, final Terminal terminal, final Duration limit, final Runnable onFailure) {
        this.exchange = exchange;
        this.terminal = terminal;
        this.limit = limit;
        this.onFailure = onFailure;
        this.patience = new Patience(limit);
        thread.setDaemon(true);
    }

    /** Begins. */
    Watch start() {
        thread.start();
        return this;
    }

    private void run() {
        while (!closed && failure == null) {
            look(exchange.state());
            LockSupport.parkNanos(INTERVAL_NANOS);
        }
    }

    private void look(final Exchange.State state) {
        final CommandException denied = denial();
        if (denied != null) {
            failure = denied;
            onFailure.run();
            return;
        }
        if (state == Exchange.State.ENDED && closing) {
            return;
        }
        if (state == Exchange.State.CUT && !told) {
            note("is gone" + because() + "; trying again for " + limit.toMillis() + "ms");
            told = true;
        } else if (state == Exchange.State.OPEN && told) {
            note("is back");
            told = false;
        }
        if (patience.isOver(state, System.nanoTime())) {
            failure = CommandException.failed(state == Exchange.State.ENDED
                    ? exchange.name() + " ended the connection" + because()
                    : exchange.name() + " is gone" + because() + " and did not come back within " + limit.toMillis()
                            + "ms; start 'kaelix serve' there, or give it more time with --patience");
            onFailure.run();
        }
    }

    /** Null if nothing that is published here is dropped there. */
    private CommandException denial() {
        return exchange.denials() == 0 ? null : CommandException.failed(exchange.name() + " drops what is published" + because());
    }

    private String because() {
        final String trouble = exchange.trouble();
        return trouble.isEmpty() ? "" : " (" + trouble + ")";
    }

    private void note(final String what) {
        terminal.err().println("kaelix: " + exchange.name() + " " + what);
        terminal.err().flush();
    }

    /** The exchange is being closed: that it ends is no trouble from now on. */
    void closing() {
        closing = true;
    }

    /** Whether it is gone for good. */
    boolean hasFailed() {
        return failure != null;
    }

    /** @throws CommandException if it is gone for good, or drops what is published */
    void check() {
        final CommandException known = failure != null ? failure : denial();
        if (known != null) {
            throw known;
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
