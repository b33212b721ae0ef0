// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import io.kaelix.KaelixException;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A folder that nobody but the user of this process may look or write into. */
final class OwnFolder {

    private static final FileAttribute<Set<PosixFilePermission>> MODE = PosixFilePermissions.asFileAttribute(
            PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> FILE_MODE = PosixFilePermissions.asFileAttribute(
            PosixFilePermissions.fromString("rw-------"));
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String REMEDY = "; streams are not shared where others could change them: remove it, or name another folder";

    private OwnFolder() {
    }

    /** Makes it, if it is not there, and checks it. */
    static void create(final Path folder) throws IOException {
        try {
            Files.createDirectory(folder, MODE);
        } catch (final FileAlreadyExistsException e) {
            check(folder);
        }
    }

    /** @throws KaelixException if somebody else may write in it */
    static void check(final Path folder) throws IOException {
        if (!Files.readAttributes(folder, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isDirectory()) {
            throw new KaelixException(folder + " is a link or a file, no folder" + REMEDY);
        }
        final int owner = (int) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        final int user = user(owner);
        if (owner != user) {
            throw new KaelixException(folder + " belongs to user " + owner + ", not to this process's user " + user + REMEDY);
        }
        final Set<PosixFilePermission> mode = Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS);
        if (mode.stream().anyMatch(permission -> !permission.name().startsWith("OWNER"))) {
            throw new KaelixException(folder + " has the mode " + PosixFilePermissions.toString(mode)
                    + ": streams are shared in folders of their owner alone; chmod 700 " + folder);
        }
    }

    /** The effective user of this process; where the system does not tell, whoever is asked about. */
    private static int user(final int otherwise) throws IOException {
        if (!Files.isReadable(STATUS)) {
            return otherwise;
        }
        // Streams, which an interrupt does not close.
        try (InputStream in = new FileInputStream(STATUS.toFile())) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1).lines().filter(line -> line.startsWith("Uid:"))
                    .map(line -> Integer.parseUnsignedInt(line.split("\\s+")[2])).findFirst().orElse(otherwise);
        }
    }

    /** A file for its owner alone, with nothing in it, unless it is there. */
    static void createEmpty(final Path path) throws IOException {
        try {
            Files.createFile(path, FILE_MODE);
        } catch (final FileAlreadyExistsException e) {
            // Made by whoever was here before.
            return;
        }
    }

    /** Makes a file of one byte that nobody sees without it, unless somebody else does first. */
    static void createOneByte(final Path path) throws IOException {
        final Path made = path.resolveSibling("." + path.getFileName() + "-" + UUID.randomUUID());
        Files.createFile(made, FILE_MODE);
        try {
            try (OutputStream out = new FileOutputStream(made.toFile())) {
                out.write(0);
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
