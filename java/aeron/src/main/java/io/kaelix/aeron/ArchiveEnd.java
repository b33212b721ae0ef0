// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.aeron.Aeron;
import io.kaelix.config.BridgeConfig;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * One end of a shard of a link in archive mode. It has a thread of its own, as requests to an Archive wait for their answers, which the workers
 * of a streamer must not.
 *
 * <pre>
 *   start ──► session ──► … ──► it fails, or the other end is gone: once more, after a pause ──► … ──► close
 * </pre>
 */
abstract class ArchiveEnd implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger(AeronBridge.class.getName());
    private static final long RETRY_NANOS = 500_000_000;
    private static final long LONGEST_CLOSE_MILLIS = 5_000;

    final BridgeConfig link;
    final int shard;
    final Figures figures;
    private final Thread thread;
    private volatile boolean over;

    ArchiveEnd(final BridgeConfig link, final int shard, final Figures figures) {
        this.link = link;
        this.shard = shard;
        this.figures = figures;
        this.thread = Thread.ofPlatform().daemon().name("kaelix-bridge-" + link.name() + "-" + shard).unstarted(this::run);
    }

    /** Folder that the end of a recorded link has for itself: of its Archive where it sends, of how far it is where it receives. */
    static Path folder(final BridgeConfig link) {
        return Path.of(link.direction() == BridgeConfig.Direction.OUT ? link.archiveDirectory() : link.stateDirectory());
    }

    /** A client of the driver in a directory, whose conductor is the thread that calls it. */
    static Aeron connect(final String driverDirectory, final Figures figures) {
        return Aeron.connect(new Aeron.Context().aeronDirectoryName(driverDirectory).useConductorAgentInvoker(true)
                .errorHandler(AeronClient.told(figures::error))
                .subscriberErrorHandler(AeronClient.told(figures::error)));
    }

    final void start() {
        thread.start();
    }

    private void run() {
        while (!over) {
            try {
                session();
            } catch (final RuntimeException failure) {
                if (!over) {
                    figures.error(AeronClient.text(failure));
                }
            } catch (final Error failure) {
                // No memory, a file that was cut: it may be better the next time.
                figures.error(failure.toString());
                LOGGER.log(System.Logger.Level.ERROR, "link " + link.name(), failure);
            }
            final long until = System.nanoTime() + RETRY_NANOS;
            while (!over && System.nanoTime() - until < 0) {
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    /** Does its work until it {@link #isOver}, or what it works with is gone. An exception says in one line what went wrong. */
    abstract void session();

    /** Whether it was closed. */
    final boolean isOver() {
        return over;
    }

    /** Whether its thread did not end in time: what that uses must not be freed. */
    final boolean isBusy() {
        return thread.isAlive();
    }

    /** Ends it, and waits for its thread. Again is without effect. */
    @Override
    public void close() {
        over = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        final long until = System.nanoTime() + LONGEST_CLOSE_MILLIS * 1_000_000;
        while (thread.isAlive() && thread != Thread.currentThread() && System.nanoTime() - until < 0) {
            try {
                thread.join(LONGEST_CLOSE_MILLIS);
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
