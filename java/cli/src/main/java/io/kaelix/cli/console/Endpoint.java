// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.console;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file as the command line names it, {@code -} for a standard stream.
 *
 * @param name as given
 */
public record Endpoint(String name) {

    private static final String STANDARD = "-";

    /**
     * @throws CommandException if it cannot name a file
     */
    public Endpoint {
        if (name.isEmpty()) {
            throw CommandException.usage("an empty file name: name a file, or - for the standard stream");
        }
        try {
            Path.of(name);
        } catch (final InvalidPathException e) {
            throw CommandException.usage("'" + name + "' cannot be the name of a file: " + e.getReason());
        }
    }

    /** Whether it is a standard stream. */
    public boolean isStandard() {
        return name.equals(STANDARD);
    }

    /**
     * Opens it for reading.
     *
     * @throws CommandException if it is no file that can be read
     */
    public ReadableByteChannel openInput(final Terminal terminal) {
        if (isStandard()) {
            return terminal.in();
        }
        final Path path = Path.of(name);
        if (Files.isDirectory(path)) {
            throw CommandException.failed("cannot read " + name + ": it is a directory; name a file, or - for standard input");
        }
        try {
            return FileChannel.open(path, StandardOpenOption.READ);
        } catch (final IOException e) {
            throw unreadable(e);
        }
    }

    /**
     * Opens it for writing; what the file held is gone.
     *
     * @throws CommandException if it is no file that can be written
     */
    public WritableByteChannel openOutput(final Terminal terminal) {
        if (isStandard()) {
            return terminal.out();
        }
        final Path path = Path.of(name);
        if (Files.isDirectory(path)) {
            throw CommandException.failed("cannot write " + name + ": it is a directory; name a file, or - for standard output");
        }
        try {
            return FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (final NoSuchFileException e) {
            throw CommandException.failed("cannot write " + name + ": there is no directory " + path.toAbsolutePath().getParent()
                    + "; create it, or name another file", e);
        } catch (final IOException e) {
            throw unwritable(e);
        }
    }

    /** An error met while reading it. */
    public CommandException unreadable(final IOException e) {
        return CommandException.failed("cannot read " + (isStandard() ? "standard input" : name) + ": " + reason(e)
                + "; name a file that can be read", e);
    }

    /** An error met while writing it. */
    public CommandException unwritable(final IOException e) {
        return CommandException.failed("cannot write " + (isStandard() ? "standard output" : name) + ": " + reason(e)
                + "; what is there is not complete, let --output name a place that can be written", e);
    }

    /** Bytes in it, or -1 if that is not known before it was read. */
    public long size() {
        if (!isStandard()) {
            try {
                final Path path = Path.of(name);
                return Files.isRegularFile(path) ? Files.size(path) : -1;
            } catch (final IOException e) {
                // Only for progress: reading it will tell what is wrong.
                return -1;
            }
        }
        return -1;
    }

    /** Whether this, read, is the same regular file as another, written. */
    public boolean isSameFileAs(final Endpoint output) {
        final Path source = isStandard() ? Path.of("/dev/stdin") : Path.of(name);
        final Path target = output.isStandard() ? Path.of("/dev/stdout") : Path.of(output.name);
        try {
            return Files.isRegularFile(source) && Files.isRegularFile(target) && Files.isSameFile(source, target);
        } catch (final IOException e) {
            // One of them went away just now: opening it will tell.
            return false;
        }
    }

    private static String reason(final IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "there is no such file";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> e.getMessage() != null ? e.getMessage() : e.getClass().getSimpleName();
        };
    }
}
