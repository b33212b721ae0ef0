// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.aeron.CommonContext;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.IoUtil;

/**
 * Folders in shared memory of the drivers that bridges have embedded. A driver removes its own with its end; those of processes that were
 * killed are removed by the next bridge. The process is in the name: {@code kaelix-aeron-PID-RANDOM}.
 *
 * <p><b>Threads</b>: any.
 */
final class DriverFolders {

    /** So long after its last sign of life a driver is surely none any more: six times what Aeron's own clients wait. */
    static final Duration SILENCE = Duration.ofMinutes(1);

    private static final Pattern NAME = Pattern.compile("kaelix-aeron-([1-9][0-9]{0,9})-[0-9a-f]{16}");
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final System.Logger LOGGER = System.getLogger(AeronBridge.class.getName());
    /** Times of files and of processes have different clocks. */
    private static final Duration SLACK = Duration.ofSeconds(2);

    private final Path parent;
    private final Duration silence;

    /**
     * Those in a folder.
     *
     * @param silence of a driver that is dead
     */
    DriverFolders(final Path parent, final Duration silence) {
        this.parent = parent;
        this.silence = silence;
    }

    /** Those in shared memory, or where there is none, in the folder for what is temporary. */
    static DriverFolders ofThisMachine() {
        return new DriverFolders(Files.isWritable(SHARED_MEMORY) ? SHARED_MEMORY : Path.of(System.getProperty("java.io.tmpdir")), SILENCE);
    }

    /** One that is not there yet. */
    Path another() {
        return parent.resolve("kaelix-aeron-%d-%016x".formatted(ProcessHandle.current().pid(), new SplittableRandom().nextLong()));
    }

    /** Removes those of this user whose drivers are dead. What can't be removed stays. */
    void clean() {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, "kaelix-aeron-*")) {
            for (final Path folder : folders) {
                final Matcher name = NAME.matcher(folder.getFileName().toString());
                if (name.matches() && isLeft(folder, Long.parseLong(name.group(1)))) {
                    IoUtil.delete(folder.toFile(), true);
                    LOGGER.log(System.Logger.Level.INFO, "removed " + folder + ": the process that used it has ended");
                }
            }
        } catch (final IOException | RuntimeException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "folders of dead drivers in " + parent + " may stay: " + e);
        }
    }

    /** Whether nobody uses it. Both must say so: a process may be one of another container, and a driver may stand still. */
    private boolean isLeft(final Path folder, final long pid) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                || !Files.getOwner(folder).equals(Files.getOwner(Path.of("/proc/self")))) {
            return false;
        }
        return !lives(pid, Files.getLastModifiedTime(folder).toInstant()) && !beats(folder.toFile());
    }

    /** Whether there is such a process, and it is not one that began after the folder. */
    private static boolean lives(final long pid, final Instant used) {
        final Optional<ProcessHandle> process = ProcessHandle.of(pid);
        return process.isPresent()
                && process.get().info().startInstant().filter(start -> start.isAfter(used.plus(SLACK))).isEmpty();
    }

    private boolean beats(final File folder) {
        try {
            return CommonContext.isDriverActive(folder, silence.toMillis(), message -> { });
        } catch (final RuntimeException unreadable) {
            // Of another version of Aeron, or half made.
            return true;
        }
    }
}
