// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Small text files below a folder that stands for {@code /}. Paths are absolute, as on the machine. For one thread. */
public final class MachineFiles {

    private static final int BLOCK = 1 << 16;

    /** Whatever a file goes on with is none of ours. */
    private static final int LARGEST = 1 << 22;

    private final Path root;

    /** With the folder. */
    public MachineFiles(final Path root) {
        this.root = root;
    }

    /**
     * What a file holds, or why that is not known.
     *
     * @param text without blanks around it; empty if it is not known
     * @param failure one line; empty if it is known
     */
    public record Reading(String text, String failure) {

        boolean known() {
            return failure.isEmpty();
        }

        /** A whole number, which may be negative; empty if it is none. */
        OptionalLong number() {
            return parse(text);
        }
    }

    /** Reads a file, if it can be read. */
    Reading read(final String file) {
        try {
            return new Reading(content(at(file)).strip(), "");
        } catch (final IOException | SecurityException | InvalidPathException failure) {
            return new Reading("", file + " " + reason(failure));
        }
    }

    /**
     * Not by {@code Files.readAllBytes}: it begins with one byte where the size is told as 0, and a sysctl gives its number to one read
     * only.
     */
    private static String content(final Path file) throws IOException {
        final ByteArrayOutputStream content = new ByteArrayOutputStream();
        final byte[] block = new byte[BLOCK];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(block); count > 0 && content.size() < LARGEST; count = in.read(block)) {
                content.write(block, 0, count);
            }
        }
        return content.toString(StandardCharsets.ISO_8859_1);
    }

    /** Lines of a file; none if it cannot be read. */
    List<String> lines(final String file) {
        return read(file).text().lines().toList();
    }

    /** A file that holds a whole number; empty if it cannot be read, or is something else. */
    OptionalLong number(final String file) {
        return read(file).number();
    }

    /** The value behind a key of a file such as {@code /proc/self/status}; empty if there is none. */
    String value(final String file, final String key) {
        return lines(file).stream().filter(line -> line.startsWith(key)).findFirst().map(line -> line.substring(key.length()).strip())
                .orElse("");
    }

    /** Names in a folder that match in full, sorted; none if it cannot be read. */
    List<String> names(final String folder, final Pattern name) {
        try (Stream<Path> entries = Files.list(at(folder))) {
            return entries.map(entry -> entry.getFileName().toString()).filter(name.asMatchPredicate()).sorted().toList();
        } catch (final IOException | UncheckedIOException | SecurityException absent) {
            return List.of();
        }
    }

    /** Whether there is such a file or folder. */
    boolean exists(final String file) {
        return Files.exists(at(file));
    }

    /**
     * Overwrites a file that is there.
     *
     * @throws IOException with the file and the reason in one line
     */
    void write(final String file, final String value) throws IOException {
        try {
            Files.writeString(at(file), value + '\n', StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        } catch (final IOException refused) {
            throw new IOException(file + " " + reason(refused), refused);
        }
    }

    /** The place of a file. */
    Path at(final String file) {
        return root.resolve(file.substring(1));
    }

    static OptionalLong parse(final String text) {
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (final NumberFormatException strange) {
            return OptionalLong.empty();
        }
    }

    private static String reason(final Exception failure) {
        return switch (failure) {
            case NoSuchFileException absent -> "is not there";
            case AccessDeniedException denied -> "may not be opened";
            case FileSystemException told when told.getReason() != null -> "is refused: " + told.getReason();
            default -> "is refused: " + failure.getMessage();
        };
    }
}
