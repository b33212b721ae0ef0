// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import io.kaelix.KaelixException;
import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The kernel's locks on the bytes of one file: byte 0 for changes, byte 1 + n for the life of participant n.
 *
 * <p>A process has one of them for a directory, which all its streamers there share: the kernel drops all locks that a process has on a
 * file when that closes any descriptor of the file, so that nobody else may open it. The channel is one that an interrupt does not close.
 *
 * <p><b>The end of the file</b>: who removes it holds byte 0, and cuts it to no bytes first, while one that is in use has one byte. Who
 * has waited for byte 0 of a file that was removed finds it so, and opens the next one.
 *
 * <p><b>Threads</b>: any. Between threads of the process a mutex comes before the kernel's lock, which knows processes alone.
 */
final class DirectoryLock {

    private static final Map<Path, DirectoryLock> OPEN = new HashMap<>();
    /** Tells copies of this class in the process which files are open. */
    private static final String PROPERTY = "kaelix.directory.open:";
    private static final long PAUSE_NANOS = 50_000;
    private static final long OPENING_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int SPINS = 20;

    private final Path path;
    private final AsynchronousFileChannel channel;
    private final ReentrantLock mutex = new ReentrantLock();
    private final Map<Integer, FileLock> lives = new HashMap<>();
    private FileLock change;
    private int references = 1;

    private DirectoryLock(final Path path, final AsynchronousFileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * The one of this process, with byte 0 locked.
     *
     * @param create whether to make the file if there is none
     * @throws NoSuchFileException if there is none
     */
    static DirectoryLock openLocked(final Path path, final boolean create, final long nanos) throws IOException {
        final long deadline = System.nanoTime() + Math.min(nanos, OPENING_NANOS);
        while (true) {
            final DirectoryLock lock = open(path, create);
            try {
                lock.lock(nanos, () -> 0);
                if (lock.channel.size() > 0 && Files.exists(path)) {
                    return lock;
                }
                lock.unlock();
            } catch (final IOException | RuntimeException | Error e) {
                lock.close();
                throw e;
            }
            // Removed while this waited; or made a moment ago, and its one byte is not there yet.
            lock.close();
            if (System.nanoTime() - deadline > 0) {
                if (!Files.exists(path)) {
                    // A thread of this process that was the last to leave has it open still, and does not run.
                    throw new NoSuchFileException(path.toString());
                }
                throw new KaelixException(path + " is empty: its process ended while it made it; remove the file");
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static DirectoryLock open(final Path path, final boolean create) throws IOException {
        synchronized (OPEN) {
            final DirectoryLock known = OPEN.get(path);
            if (known != null) {
                known.references++;
                return known;
            }
            if (create && !Files.exists(path)) {
                OwnFiles.createOneByte(path);
            }
            if (System.getProperties().putIfAbsent(PROPERTY + path, Boolean.TRUE.toString()) != null) {
                throw new KaelixException(path.getParent() + " is open in this process by another copy of this library, loaded by another"
                        + " class loader: load it once, as the two would drop each other's locks");
            }
            try {
                final DirectoryLock lock = new DirectoryLock(path,
                        AsynchronousFileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
                OPEN.put(path, lock);
                return lock;
            } finally {
                if (!OPEN.containsKey(path)) {
                    System.clearProperty(PROPERTY + path);
                }
            }
        }
    }

    /** The caller uses it no more. With the last of the process, all locks go. */
    void close() {
        synchronized (OPEN) {
            if (--references > 0) {
                return;
            }
            OPEN.remove(path, this);
            try {
                channel.close();
                System.clearProperty(PROPERTY + path);
            } catch (final IOException e) {
                throw new KaelixException("cannot close " + path + ": " + e, e);
            }
        }
    }

    /**
     * Waits for the changes of others to be done.
     *
     * @param process that changes it now, for the error
     * @throws KaelixException if it takes too long
     */
    void lock(final long nanos, final LongSupplier process) {
        final long deadline = System.nanoTime() + nanos;
        boolean interrupted = false;
        try {
            int attempt = 0;
            while (!tryLock()) {
                if (!channel.isOpen()) {
                    // The last streamer of this process has left while its thread waited.
                    throw new IllegalStateException("the streamer is closed");
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new KaelixException("no change of " + path.getParent() + " was possible for "
                            + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms: process " + process.getAsLong()
                            + " holds its lock, and is stopped or hangs; let it go on, or end it");
                }
                if (++attempt < SPINS) {
                    Thread.yield();
                } else {
                    interrupted |= Thread.interrupted();
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether it is the caller's now. A thread that has it already is not given it again. */
    boolean tryLock() {
        if (mutex.isHeldByCurrentThread() || !mutex.tryLock()) {
            return false;
        }
        boolean locked = false;
        try {
            change = take(0);
            locked = change != null;
            return locked;
        } finally {
            if (!locked) {
                mutex.unlock();
            }
        }
    }

    /** Where the file lies. */
    Path folder() {
        return path.getParent();
    }

    boolean isHeldByCurrentThread() {
        return mutex.isHeldByCurrentThread();
    }

    void unlock() {
        try {
            give(change);
            change = null;
        } finally {
            mutex.unlock();
        }
    }

    /** Takes a life, unless somebody has it. Under the lock, as all of the following. */
    boolean live(final int participant) {
        final FileLock life = take(1 + participant);
        if (life != null) {
            lives.put(participant, life);
        }
        return life != null;
    }

    /** Gives up a life. */
    void die(final int participant) {
        give(lives.remove(participant));
    }

    /** Whether a participant's process has its byte, as it does until it dies. */
    boolean lives(final int participant) {
        if (lives.containsKey(participant)) {
            return true;
        }
        final FileLock life = take(1 + participant);
        if (life != null) {
            give(life);
        }
        return life == null;
    }

    /** Marks the file as one that is used no more, and removes it. */
    void remove() throws IOException {
        channel.truncate(0);
        Files.deleteIfExists(path);
    }

    private FileLock take(final int at) {
        try {
            return channel.tryLock(at, 1, false);
        } catch (final OverlappingFileLockException e) {
            // A thread of this process has it, through another channel.
            return null;
        } catch (final ClosedChannelException e) {
            // The last streamer of this process has left meanwhile.
            return null;
        } catch (final IOException e) {
            throw new KaelixException("cannot lock byte " + at + " of " + path + ": " + e, e);
        }
    }

    private static void give(final FileLock lock) {
        try {
            lock.release();
        } catch (final ClosedChannelException e) {
            // Dropped with the channel.
            return;
        } catch (final IOException e) {
            throw new KaelixException("cannot unlock " + lock + ": " + e, e);
        }
    }
}
