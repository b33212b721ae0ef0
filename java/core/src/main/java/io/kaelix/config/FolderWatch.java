// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.config.Trail.Folder;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What the kernel tells of the folders on a {@link Trail}, told apart by what it means for the file. For one thread, but for
 * {@link #close()}.
 *
 * <p>Where folders cannot be watched (the user's limit of watches is reached, the file system knows none, the folder may not be read) that
 * is said once, and {@link #await} just takes its time: whoever waits must look on its own. A folder that was refused is tried again
 * whenever a trail is followed.
 */
final class FolderWatch implements AutoCloseable {

    /** What happened to the names on the trail. */
    enum Sight {
        /** Nothing. */
        NOTHING,
        /** Something that leaves open whether the file is complete: it is made or written in place, or removed. */
        TOUCHED,
        /** Something, a symlink too, was renamed over a name on the trail: what is behind it now was complete before. */
        REPLACED,
        /** This watch was closed. */
        CLOSED
    }

    /** How folders are watched. */
    interface Service {

        /** {@code java.nio}'s, which is inotify on Linux. */
        Service SYSTEM = new Service() {
            @Override
            public WatchService open(final Path file) throws IOException {
                return file.getFileSystem().newWatchService();
            }

            @Override
            public WatchKey register(final WatchService service, final Path folder) throws IOException {
                return folder.register(service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE,
                        StandardWatchEventKinds.ENTRY_MODIFY);
            }
        };

        /** For the file system that a file is on. */
        WatchService open(Path file) throws IOException;

        /** A key for a folder; the key that it has if it is registered already. */
        WatchKey register(WatchService service, Path folder) throws IOException;
    }

    private static final Logger LOGGER = System.getLogger(FolderWatch.class.getName());

    private final Service system;
    private final Path file;
    /** Null where there is none. */
    private final WatchService service;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<Object, WatchKey> watched = new HashMap<>();
    private Trail trail;
    private boolean hasComplained;
    /**
     * Whether all names on the trail are there for sure. What is made at one of them then was renamed over it, since nothing else can be
     * made where there is something; otherwise it may be an empty file that is about to be written.
     */
    private boolean isWhole;


    FolderWatch(final Path file, final Service system) {
        this.file = file;
        this.system = system;
        WatchService opened = null;
        try {
            opened = system.open(file);
        } catch (final IOException | UnsupportedOperationException e) {
            complain(e, "fs.inotify.max_user_instances");
        }
        service = opened;
    }

    /** Watches the folders of this trail from now on, and no others. What happened before it returns may never be told. */
    void follow(final Trail next) {
        trail = next;
        isWhole &= next.end() != null;
        if (service == null || isClosed()) {
            return;
        }
        for (final Iterator<Map.Entry<Object, WatchKey>> all = watched.entrySet().iterator(); all.hasNext();) {
            final Map.Entry<Object, WatchKey> entry = all.next();
            if (!next.folders().containsKey(entry.getKey())) {
                entry.getValue().cancel();
                all.remove();
            }
        }
        next.folders().forEach((id, folder) -> {
            if (!watched.containsKey(id)) {
                register(id, folder.path());
            }
        });
    }

    private void register(final Object id, final Path folder) {
        try {
            watched.put(id, system.register(service, folder));
        } catch (final IOException e) {
            // Gone since the trail was looked at: whoever follows it looks again.
            if (Files.isDirectory(folder)) {
                complain(e, "fs.inotify.max_user_watches");
            }
        } catch (final ClosedWatchServiceException e) {
            // By another thread: await tells.
            LOGGER.log(Level.TRACE, "closed while it was followed", e);
        }
    }

    private void complain(final Exception e, final String limit) {
        if (!hasComplained) {
            hasComplained = true;
            LOGGER.log(Level.WARNING, "{0} is looked at once a second, its folders cannot be watched: {1}", Shown.path(file),
                    reason(e, limit));
        }
    }

    private static String reason(final Exception e, final String limit) {
        return switch (e) {
            case FileSystemException failure when failure.getFile() != null ->
                    Shown.path(failure.getFile()) + ": " + FileText.reason(Path.of(failure.getFile()), failure);
            // What the user's limits refuse has no file in it.
            case IOException failure -> failure.getMessage() + ": raise it, sysctl " + limit;
            default -> "its file system does not tell of changes";
        };
    }

    /** Whether all folders of the trail are watched. */
    boolean isComplete() {
        return service != null && watched.keySet().containsAll(trail.folders().keySet());
    }

    /** Says that all has been told that happened before the trail was followed: if it leads to a file, that is there. */
    void rest() {
        isWhole = trail.end() != null;
    }

    /** Waits until something happens on the trail, or for a time, and tells all that has happened. */
    Sight await(final long nanos) throws InterruptedException {
        if (service == null) {
            return closed.await(nanos, TimeUnit.NANOSECONDS) ? Sight.CLOSED : Sight.NOTHING;
        }
        final long end = System.nanoTime() + nanos;
        Sight sight = Sight.NOTHING;
        try {
            do {
                WatchKey key = service.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                // Each folder once: what goes on and on must not keep from telling what was.
                for (int left = watched.size(); key != null; left--) {
                    sight = last(sight, take(key));
                    key = left > 1 ? service.poll() : null;
                }
            } while (sight == Sight.NOTHING && end - System.nanoTime() > 0);
            return sight;
        } catch (final ClosedWatchServiceException e) {
            return Sight.CLOSED;
        }
    }

    private Sight take(final WatchKey key) {
        Sight sight = Sight.NOTHING;
        for (final Map.Entry<Object, WatchKey> entry : watched.entrySet()) {
            if (entry.getValue() == key) {
                final Folder folder = trail.folders().get(entry.getKey());
                for (final WatchEvent<?> event : key.pollEvents()) {
                    sight = last(sight, meaning(event, folder));
                }
            }
        }
        if (!key.reset() && watched.values().removeIf(gone -> gone == key)) {
            // The folder was deleted.
            return Sight.TOUCHED;
        }
        return sight;
    }

    private Sight meaning(final WatchEvent<?> event, final Folder folder) {
        if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
            isWhole = false;
            return Sight.TOUCHED;
        }
        if (!folder.names().contains(event.context().toString())) {
            return Sight.NOTHING;
        }
        isWhole &= event.kind() != StandardWatchEventKinds.ENTRY_DELETE;
        return isWhole && event.kind() == StandardWatchEventKinds.ENTRY_CREATE ? Sight.REPLACED : Sight.TOUCHED;
    }

    /** What was renamed to its name and then written is not complete. */
    private static Sight last(final Sight before, final Sight now) {
        return now == Sight.NOTHING ? before : now;
    }

    boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** Ends what waits, by {@link Sight#CLOSED}, and gives the kernel's watches back. From any thread. */
    @Override
    public void close() {
        closed.countDown();
        if (service != null) {
            try {
                service.close();
            } catch (final IOException e) {
                LOGGER.log(Level.DEBUG, "a watch was not closed", e);
            }
        }
    }
}
