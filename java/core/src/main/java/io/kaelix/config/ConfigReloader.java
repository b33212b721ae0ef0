// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * Keeps a configuration up to date with its file while the program runs.
 *
 * {@snippet :
 * ConfigLoader loader = ConfigLoader.of().file(Path.of("kaelix.toml")).environment(System.getenv());
 * try (ConfigReloader reloader = ConfigReloader.start(loader, loader.load(), change -> System.out.println(change.changed()))) {
 *     Duration latency = reloader.current().runtime().targetLatency();
 * }
 * }
 *
 * <p>A changed file is loaded as at the start, with the same layers around it, and becomes {@link #current()} as a whole, or not at all: of
 * a file that is wrong somewhere, or gone, nothing is taken, and the configuration before goes on.
 *
 * <ul>
 * <li>Hot keys change at once. What a hot key is without the file, or by the profile that it names, follows the file too.
 * <li>Keys that need a restart keep the value in {@link #current()} that they had at {@link #start}: it is always what the program
 *     runs with. What the file wants of them is told once, and is in {@link #needRestart()} until then.
 * <li>A hot value that contradicts a running one of those makes the file one that is refused, as {@code memory.limit} below two of the
 *     buffers that are in use.
 * </ul>
 *
 * <p>When: a file that is renamed over the one before, or behind a symlink that another is renamed over, at once; whatever happens
 * meanwhile is read after that, once, however much it was. A file that is written in place, or removed and made again, when nothing has
 * happened to it for 20 ms: before, it may be half a file that is valid, too. One that never rests is taken as it is each second. What the
 * kernel tells nothing of (network file systems, folders that are moved, writing through another hard link, limits of inotify that are
 * reached) is seen within a second.
 *
 * <p>One daemon thread, {@code kaelix-config}, watches, loads and calls the listener; it waits five seconds at most for a file that does
 * not answer, which {@code kaelix-config-reader}, a thread that ends when it has nothing to do, reads for it. {@link #current()} and the
 * figures are for all threads and never block.
 */
public final class ConfigReloader implements AutoCloseable {

    /**
     * Learns of changes, one at a time and in their order, on the thread that loads: the watch's, or the one that called {@link #reload()}.
     * May close the reloader or reload; must not wait for another thread that does. What it throws is logged and changes nothing.
     */
    @FunctionalInterface
    public interface Listener {

        /**
         * The snapshot has changed, and is {@link #current()} already.
         *
         * @param change what it was and is, which hot keys changed, and which others would with a restart and were not told of yet
         */
        void changed(ConfigChange change);

        /**
         * A file was refused, and the configuration before goes on. Told once for each such file, and only of one that stays for a while:
         * what is replaced by the next within 20 ms is not told of.
         *
         * @param reason with all that is wrong with it; a file that is gone or cannot be read is one, too
         */
        default void refused(final ConfigException reason) {
        }
    }

    /** What became of a file. */
    public enum Outcome {
        /** The snapshot is another, or something new needs a restart; the listener was told. */
        CHANGED,
        /** All values are what they were. */
        UNCHANGED,
        /** The file is wrong, or gone; the configuration before goes on. */
        REFUSED
    }

    private static final Logger LOGGER = System.getLogger(ConfigReloader.class.getName());

    private final ConfigLoader loader;
    private final Path file;
    private final Listener listener;
    /** What the program runs with until it is started again: the values of keys that need that are these. */
    private final KaelixConfig running;
    private final AtomicLong reloads = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    /** Held while a file is loaded and told of. */
    private final ReentrantLock lock = new ReentrantLock();
    private volatile KaelixConfig current;
    private volatile List<Setting> needRestart = List.of();
    private volatile long reloadNanos;
    private volatile boolean isClosed;
    /** What the current snapshot was loaded from; null as long as that is not known. */
    private String taken;
    /** Of the file that was refused and told of last, unless a good one came to rest since. */
    private List<ConfigProblem> told = List.of();
    private FileWatch watch;

    private ConfigReloader(final ConfigLoader loader, final Path file, final KaelixConfig current, final Listener listener) {
        this.loader = loader;
        this.file = file;
        this.listener = listener;
        this.running = current;
        this.current = current;
    }

    /**
     * Watches the file of a loader from now on. A file that has changed since it was loaded is seen at once.
     *
     * @param loader that the configuration was loaded by, and will be
     * @param current what the program runs with
     * @param listener of changes
     * @throws IllegalArgumentException if the loader has no file
     */
    public static ConfigReloader start(final ConfigLoader loader, final KaelixConfig current, final Listener listener) {
        Objects.requireNonNull(current, "current");
        Objects.requireNonNull(listener, "listener");
        final Path file = loader.file();
        if (file == null) {
            throw new IllegalArgumentException("the loader has no file to watch: give it one by ConfigLoader.file");
        }
        final ConfigReloader reloader = new ConfigReloader(loader, file, current, listener);
        reloader.lock.lock();
        try {
            // The watch's first call waits for the lock: a listener that closes finds the watch.
            reloader.watch = FileWatch.start(file, new FileWatch.Listener() {
                @Override
                public void replaced() {
                    reloader.load(false);
                }

                @Override
                public void settled() {
                    reloader.load(true);
                }
            });
        } finally {
            reloader.lock.unlock();
        }
        return reloader;
    }

    /** The configuration that is in force: one immutable snapshot. A volatile read. */
    public KaelixConfig current() {
        return current;
    }

    /** What the file wants of keys that need a restart, where that is not what the program runs with. */
    public List<Setting> needRestart() {
        return needRestart;
    }

    /**
     * Loads the file now, as it is, and tells the listener, on this thread; waits for a load that is under way.
     *
     * @throws IllegalStateException if the reloader is closed
     */
    public Outcome reload() {
        if (isClosed) {
            throw new IllegalStateException("the reloader of " + Shown.path(file) + " is closed: start another");
        }
        return load(true);
    }

    /** How often the listener was told of a change. */
    public long reloads() {
        return reloads.get();
    }

    /** How often it was told of a file that is refused. */
    public long refused() {
        return refused.get();
    }

    /** How long the last change took, from before the file was read until the snapshot was published; zero as long as there was none. */
    public Duration reloadTime() {
        return Duration.ofNanos(reloadNanos);
    }

    private Outcome load(final boolean isSettled) {
        lock.lock();
        try {
            return isClosed ? Outcome.UNCHANGED : take(isSettled);
        } finally {
            lock.unlock();
        }
    }

    private Outcome take(final boolean isSettled) {
        final long start = System.nanoTime();
        try {
            final FileText content = FileText.read(file, ConfigFile.MOST_BYTES);
            if (content.problem() != null) {
                throw new ConfigException(List.of(content.problem()));
            }
            if (content.text().equals(taken)) {
                forgetRefusal(isSettled);
                return Outcome.UNCHANGED;
            }
            final KaelixConfig wanted = loader.load(ConfigFile.parse(file.toString(), content.text()));
            // Nodes are of keys that need a restart alone: they are checked with all else that the file wants.
            final KaelixConfig after = HotValues.of(running, wanted, loader.limitsButNodes());
            forgetRefusal(isSettled);
            taken = content.text();
            return publish(after, ConfigChange.between(running, wanted).needRestart(), start);
        } catch (final ConfigException e) {
            if (isSettled && !e.problems().equals(told)) {
                told = e.problems();
                refuse(e);
            }
            return Outcome.REFUSED;
        }
    }

    /** One that comes back after a good one is told of again, unless they only take turns. */
    private void forgetRefusal(final boolean isSettled) {
        if (isSettled) {
            told = List.of();
        }
    }

    private Outcome publish(final KaelixConfig after, final List<Setting> restarts, final long start) {
        final KaelixConfig before = current;
        final List<Setting> changed = ConfigChange.between(before, after).changed();
        final List<Setting> untold = new ArrayList<>(restarts);
        untold.removeIf(setting -> needRestart.stream().anyMatch(old -> old.key() == setting.key() && old.value().equals(setting.value())));
        needRestart = restarts;
        if (!after.settings().equals(before.settings())) {
            current = after;
        }
        if (changed.isEmpty() && untold.isEmpty()) {
            return Outcome.UNCHANGED;
        }
        reloadNanos = System.nanoTime() - start;
        reloads.incrementAndGet();
        // What acts on it does not wait for a console.
        tell(() -> listener.changed(new ConfigChange(before, after, changed, untold)));
        LOGGER.log(Level.INFO, () -> Shown.path(file) + ": " + texts("changed: ", changed)
                + (changed.isEmpty() || untold.isEmpty() ? "" : "; ") + texts("a restart is needed for ", untold));
        return Outcome.CHANGED;
    }

    private static String texts(final String first, final List<Setting> settings) {
        return settings.isEmpty() ? ""
                : settings.stream().map(setting -> setting.key().path() + " = " + setting.text())
                        .collect(Collectors.joining(", ", first, ""));
    }

    private void refuse(final ConfigException reason) {
        refused.incrementAndGet();
        tell(() -> listener.refused(reason));
        LOGGER.log(Level.WARNING, () -> "the configuration before goes on: " + reason.getMessage());
    }

    private void tell(final Runnable call) {
        try {
            call.run();
        } catch (final RuntimeException | Error e) {
            LOGGER.log(Level.ERROR, "the listener of " + Shown.path(file) + " failed; the configuration is what it was told of", e);
        }
    }

    /**
     * Ends the watch; idempotent, from any thread, the listener's too. Waits for a listener that is being called by the watch, unless it is
     * the one that closes, and five seconds at most. {@link #current()} and the figures stay as they are.
     */
    @Override
    public void close() {
        isClosed = true;
        watch.close();
    }
}
