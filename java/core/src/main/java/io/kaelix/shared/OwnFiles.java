// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import io.kaelix.platform.OwnFolder;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Files of a directory that nobody but the user of this process may look or write into. */
final class OwnFiles {

    /** What the folders are for. */
    static final OwnFolder FOLDER = new OwnFolder("streams", "shared");

    private OwnFiles() {
    }

    /** A file for its owner alone, with nothing in it, unless it is there. */
    static void createEmpty(final Path path) throws IOException {
        try {
            Files.createFile(path, OwnFolder.FILE_MODE);
        } catch (final FileAlreadyExistsException e) {
            // Made by whoever was here before.
            return;
        }
    }

    /** Makes a file of one byte that nobody sees without it, unless somebody else does first. */
    static void createOneByte(final Path path) throws IOException {
        final Path made = path.resolveSibling("." + path.getFileName() + "-" + UUID.randomUUID());
        Files.createFile(made, OwnFolder.FILE_MODE);
        try {
            try (OutputStream out = new FileOutputStream(made.toFile())) {
                out.write(0);
            } catch (final FileNotFoundException e) {
                // Whoever leaves has removed the folder.
                throw new NoSuchFileException(made.toString());
            } catch (final IOException e) {
                throw SpaceOnDisk.noSpace(path, 1, e);
            }
            // A link, which fails if there is one: who moved it would take another's away.
            Files.createLink(path, made);
        } catch (final FileAlreadyExistsException e) {
            return;
        } catch (final UnsupportedOperationException e) {
            Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(made);
        }
    }

    /** Removes files, of which some may be gone. */
    static void remove(final Path folder, final Predicate<String> names) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (final Path file : files.toList()) {
                if (names.test(file.getFileName().toString())) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (final NoSuchFileException e) {
            return;
        }
    }
}
