// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import io.kaelix.KaelixException;
import io.kaelix.platform.OwnFolder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folder of counter files: whose it must be, what the files in it are called, which of their processes live, and the removal of those
 * whose process is dead.
 *
 * <pre>
 *   PID-START-N-NAME.counters          what readers open
 *   .PID-START-N-NAME.lock             locked by the process as long as it lives: the kernel drops the lock when it dies, however it dies
 *   .PID-START-N-NAME.lock.new         before that, until it is locked
 *   .PID-START-N-NAME.counters.new     before it is complete
 * </pre>
 *
 * <p><b>Why two files</b>: the kernel drops a process's lock when the process closes any descriptor of the file. Readers in the same
 * process, and whoever copies a counter file, open and close that one; nobody but this class opens the other.
 *
 * <p><b>Races</b>: a file is locked before it gets the name under which others look for it, and who finds that name gone knows that it
 * was taken for a dead one's. Where processes of several namespaces have the same id, and began in the same hundredth of a second, their
 * files differ by the numbers. A lock that is held by someone who only looks counts as a life: the file goes next time.
 */
final class CounterFolder {

    static final String SUFFIX = ".counters";
    private static final String LOCK = ".lock";
    private static final String NEW = ".new";

    private static final OwnFolder FOLDER = new OwnFolder("counters", "written");
    /** Of files that are looked at when dead ones are removed; those that are not complete go with their locks. */
    private static final Pattern NAMES = Pattern.compile("\\.?(\\d+-\\d+-\\d+-[A-Za-z0-9._-]*?)(\\.counters|\\.lock|\\.lock\\.new)");
    private static final int NAME = 1;
    private static final System.Logger LOGGER = System.getLogger(CounterFile.class.getName());
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    /** When this process started, milliseconds since 1970; 0 where the system does not tell. */
    static final long STARTED = ProcessHandle.current().info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    /** What marks the files of this process. */
    static final String OWN_PREFIX = ProcessHandle.current().pid() + "-" + STARTED + "-";

    private CounterFolder() {
    }

    /** Where counter files lie unless someone says otherwise. */
    static Path byDefault() {
        final boolean shared = Files.isDirectory(SHARED_MEMORY) && Files.isWritable(SHARED_MEMORY);
        return (shared ? SHARED_MEMORY : Path.of(System.getProperty("java.io.tmpdir")))
                .resolve("kaelix-" + fileName(System.getProperty("user.name")));
    }

    /** A text as a part of a file's name. */
    static String fileName(final String text) {
        final String name = text.replaceAll("[^A-Za-z0-9._-]", "_");
        return name.substring(0, Math.min(name.length(), CounterDescriptor.MAX_NAME_LENGTH / 2));
    }

    /**
     * Makes the folder, for its owner alone, or checks that it is such a one.
     *
     * @throws io.kaelix.KaelixException if somebody else may write in it
     */
    static void secure(final Path folder) throws IOException {
        FOLDER.create(folder);
    }

    /** Creates a file of this process that nobody else has. */
    static FileChannel createNew(final Path path) throws IOException {
        final Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return OwnFolder.hasPosixModes(path.getParent()) ? FileChannel.open(path, options, OwnFolder.FILE_MODE) : FileChannel.open(path, options);
    }

    static Path file(final Path folder, final String name) {
        return folder.resolve(name + SUFFIX);
    }

    static Path newFile(final Path folder, final String name) {
        return folder.resolve("." + name + SUFFIX + NEW);
    }

    static Path lockFile(final Path folder, final String name) {
        return folder.resolve("." + name + LOCK);
    }

    static Path newLockFile(final Path folder, final String name) {
        return folder.resolve("." + name + LOCK + NEW);
    }

    /** Removes what dead processes left, and nothing that is not named as they name their files. */
    static void removeDead(final Path folder) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (final Path entry : entries) {
                final Matcher matcher = NAMES.matcher(entry.getFileName().toString());
                if (matcher.matches() && !matcher.group(NAME).startsWith(OWN_PREFIX)
                        && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                    try {
                        removeIfDead(folder, matcher.group(NAME), entry);
                    } catch (final IOException e) {
                        // Another user's, such as root's, who may write everywhere: nothing that a new file depends on.
                        LOGGER.log(System.Logger.Level.DEBUG, "cannot remove " + entry, e);
                    }
                }
            }
        } catch (final DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static void removeIfDead(final Path folder, final String name, final Path entry) throws IOException {
        if (entry.equals(file(folder, name))) {
            // With a lock file it is judged by that.
            if (!Files.exists(lockFile(folder, name), LinkOption.NOFOLLOW_LINKS)) {
                Files.deleteIfExists(entry);
            }
            return;
        }
        synchronized (CounterFolder.class) {
            try (FileChannel channel = FileChannel.open(entry, StandardOpenOption.READ, StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS)) {
                if (channel.tryLock() != null) {
                    // In this order: who dies here leaves a lock file, by which the rest is found again.
                    Files.deleteIfExists(newFile(folder, name));
                    Files.deleteIfExists(file(folder, name));
                    Files.deleteIfExists(entry);
                }
            } catch (final NoSuchFileException e) {
                // Its process has closed it, or another one has removed it.
                return;
            } catch (final OverlappingFileLockException e) {
                // Loaded twice in this process: the other one is looking at it.
                return;
            }
        }
    }

    /**
     * Whether the process lives that wrote a file.
     *
     * @param path of the counter file
     */
    static boolean isAlive(final Path path) throws IOException {
        final String text = path.getFileName().toString();
        if (!text.endsWith(SUFFIX)) {
            return false;
        }
        final String name = text.substring(0, text.length() - SUFFIX.length());
        final Path lockFile = lockFile(path.toAbsolutePath().getParent(), name);
        if (name.startsWith(OWN_PREFIX)) {
            // Its own lock is not for this process to test: the kernel would drop it.
            return Files.exists(path) && Files.exists(lockFile);
        }
        if (!Files.isRegularFile(lockFile, LinkOption.NOFOLLOW_LINKS)) {
            // Not there; or a pipe, which would keep the opener waiting, in the folder of somebody else.
            return false;
        }
        final boolean interrupted = Thread.interrupted();
        synchronized (CounterFolder.class) {
            try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
                return channel.tryLock(0, Long.MAX_VALUE, true) == null;
            } catch (final NoSuchFileException e) {
                return false;
            } catch (final OverlappingFileLockException e) {
                return true;
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
