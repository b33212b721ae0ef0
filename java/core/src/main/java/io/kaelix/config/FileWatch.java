// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.config.FolderWatch.Service;
import io.kaelix.config.FolderWatch.Sight;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * Tells that a file may have changed: by what the kernel tells of its folder and of those of the symlinks on the way to it, and by a look
 * at it each second, which finds what no event tells of: network file systems, a folder far up that was moved, watches that are refused.
 *
 * <p>The kernel does not tell Java when a file that is written in place was closed; between the first write and the last it may be empty,
 * or be a shorter file that is valid, too. So it depends on how the file changed:
 *
 * <ul>
 * <li>A file that was renamed over the one before, or is behind a symlink that another was renamed over, was complete before:
 *     {@link Listener#replaced} is called at once, and again for what happened while it ran, however much that was.
 * <li>Otherwise, and after that, {@link Listener#settled} is called once nothing has happened for 20 ms; of a file that never rests, once
 *     a second.
 * </ul>
 *
 * <p>What is called reads the file itself; that something may have changed is all that it is told. Calls come from one daemon thread,
 * {@code kaelix-config}, one at a time. What they throw is logged, and the watch goes on.
 */
final class FileWatch implements AutoCloseable {

    /** Told by the watch's thread; must not wait for a thread that closes the watch. */
    interface Listener {

        /** A complete file was put into its place. */
        void replaced();

        /** The file is as it will be for now; it may be missing. The first call comes after {@link #start}, whatever happened before. */
        void settled();
    }

    private static final Logger LOGGER = System.getLogger(FileWatch.class.getName());
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long QUIET = Duration.ofMillis(20).toNanos();
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Path file;
    private final Listener listener;
    private final FolderWatch folders;
    private final Thread thread;
    private Trail trail;
    /** Whether something happened that {@link Listener#settled} was not called for yet, and when that is to be. */
    private boolean isRestless = true;
    private long quietAt;
    private long latestAt;

    private FileWatch(final Path file, final Listener listener, final Service service) {
        this.file = file;
        this.listener = listener;
        folders = new FolderWatch(file, service);
        thread = Thread.ofPlatform().daemon().name("kaelix-config").unstarted(this::run);
    }

    /** Watches from now on: what happens to the file after this is told. The file need not be there, nor its folder. */
    static FileWatch start(final Path file, final Listener listener) {
        return start(file, listener, Service.SYSTEM);
    }

    /** The same by another way to watch folders. */
    static FileWatch start(final Path file, final Listener listener, final Service service) {
        final FileWatch watch = new FileWatch(file, listener, service);
        watch.go(Trail.of(file));
        watch.quietAt = System.nanoTime();
        watch.latestAt = watch.quietAt;
        try {
            watch.thread.start();
        } catch (final Error e) {
            watch.folders.close();
            throw e;
        }
        return watch;
    }

    private void run() {
        Sight sight = Sight.NOTHING;
        while (sight != Sight.CLOSED) {
            try {
                sight = folders.await(isRestless ? Math.min(untilQuiet(), untilLatest()) : SECOND);
                if (sight != Sight.CLOSED) {
                    turn(sight);
                }
            } catch (final InterruptedException e) {
                // By a listener: nothing but close ends this thread.
                LOGGER.log(Level.DEBUG, "the watch of {0} was interrupted and goes on", Shown.path(file));
            } catch (final RuntimeException | Error e) {
                LOGGER.log(Level.ERROR, "the look at " + Shown.path(file) + " failed and is taken again in a second", e);
                isRestless = true;
                quietAt = System.nanoTime() + SECOND;
                latestAt = quietAt;
            }
        }
    }

    private void turn(final Sight sight) {
        if (sight == Sight.REPLACED) {
            // Before all else: what is looked at after it can wait.
            tell(listener::replaced);
        }
        final boolean isUnchanged = isUnchanged();
        if (sight != Sight.NOTHING || !isUnchanged) {
            final long now = System.nanoTime();
            latestAt = isRestless ? latestAt : now + SECOND;
            quietAt = now + QUIET;
            isRestless = true;
        } else if (isRestless && untilQuiet() <= 0) {
            isRestless = false;
            folders.rest();
            tell(listener::settled);
        }
        if (isRestless && untilLatest() <= 0) {
            latestAt = System.nanoTime() + SECOND;
            tell(listener::settled);
        }
    }

    private long untilQuiet() {
        return quietAt - System.nanoTime();
    }

    private long untilLatest() {
        return latestAt - System.nanoTime();
    }

    private void tell(final Runnable call) {
        if (!folders.isClosed()) {
            try {
                call.run();
            } catch (final RuntimeException | Error e) {
                LOGGER.log(Level.ERROR, "what was told of " + Shown.path(file) + " failed; it is watched further", e);
            }
        }
    }

    /** Looks where the file is now, and follows it there; answers whether it is where it was, and as it was. */
    private boolean isUnchanged() {
        final Trail before = trail;
        final Trail next = Trail.of(file);
        final boolean isSameWay = next.isWayOf(before);
        if (!isSameWay || !folders.isComplete()) {
            go(next);
        }
        trail = next;
        return isSameWay && Objects.equals(next.stamp(), before.stamp());
    }

    private void go(final Trail next) {
        trail = next;
        folders.follow(next);
    }

    /**
     * Ends the watch; idempotent, from any thread. When it returns, nothing is being told and nothing will be, unless it is the listener
     * who closes, or what it does takes longer than five seconds.
     */
    @Override
    public void close() {
        folders.close();
        if (Thread.currentThread() == thread) {
            return;
        }
        try {
            thread.join(PATIENCE);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
