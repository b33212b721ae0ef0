// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.config.Trail.Stamp;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Looks at a few files twice a second, and tells when some have changed and all have come to rest: certificates, keys and tokens, which are
 * renewed one after the other, and must be read together.
 *
 * {@snippet :
 * KaelixConfig config = ConfigLoader.of().file(Path.of("kaelix.toml")).load();
 * FileRounds rounds = FileRounds.of(() -> config.network().files());
 * Listener listener = streamer.listen(config.network().listeners().getFirst());
 * rounds.start(() -> listener.reconfigure(config.network().listeners().getFirst()));
 * }
 *
 * <p>A change is another file behind the path, through whatever symlinks, another length, or another time of writing. A file may come and
 * go.
 *
 * <p>One daemon thread, {@code kaelix-files}, looks and calls; what it calls blocks the next look alone, and what that throws is logged.
 */
public final class FileRounds implements AutoCloseable {

    private static final Logger LOGGER = System.getLogger(FileRounds.class.getName());
    private static final long INTERVAL_NANOS = 500_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Supplier<List<Path>> files;
    private final long interval;
    private final Thread thread = Thread.ofPlatform().daemon().name("kaelix-files").unstarted(this::run);
    /** As they were when they were read last, and at the last look. */
    private Map<Path, Stamp> read;
    private Map<Path, Stamp> seen;
    private Runnable changed;
    private volatile boolean isClosed;

    private FileRounds(final Supplier<List<Path>> files, final long interval) {
        this.files = files;
        this.interval = interval;
        read = look();
        seen = read;
    }

    /**
     * Takes note of how the files are: made before they are read for the first time, so that no change is missed.
     *
     * @param files to look at, asked for each time
     */
    public static FileRounds of(final Supplier<List<Path>> files) {
        return of(files, INTERVAL_NANOS);
    }

    /** @param interval nanoseconds from one look to the next */
    static FileRounds of(final Supplier<List<Path>> files, final long interval) {
        return new FileRounds(files, interval);
    }

    /**
     * Begins; once.
     *
     * @param onChange called when files have changed since it was called last, and none has since the look before
     */
    public void start(final Runnable onChange) {
        changed = onChange;
        thread.start();
    }

    private void run() {
        while (!isClosed) {
            LockSupport.parkNanos(this, interval);
            // Nobody has a reason to interrupt it; and else it would not rest any more.
            Thread.interrupted();
            if (!isClosed) {
                try {
                    round();
                } catch (final RuntimeException | Error e) {
                    LOGGER.log(Level.ERROR, "files that have changed could not be taken over; they are looked at further", e);
                }
            }
        }
    }

    private void round() {
        final Map<Path, Stamp> now = look();
        final boolean isAtRest = now.equals(seen);
        seen = now;
        if (isAtRest && !now.equals(read)) {
            read = now;
            changed.run();
        }
    }

    private Map<Path, Stamp> look() {
        final Map<Path, Stamp> found = new HashMap<>();
        files.get().forEach(file -> found.put(file, Trail.of(file).stamp()));
        return found;
    }

    /** Ends it, and waits for a call that is under way, five seconds at most, unless it is that which closes. Again is without effect. */
    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(thread);
        if (Thread.currentThread() != thread && thread.isAlive()) {
            try {
                thread.join(PATIENCE);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
