// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;

/**
 * A folder of the user's own in which copies of native libraries lie, each under the hash of its content.
 *
 * <p>Code is run from here, so nobody else may be able to write here: a folder that is a link, is owned by somebody
 * else or can be written by somebody else is refused, and left as it is. A copy that is there already is used
 * only if it is what it should be, byte for byte; otherwise it is replaced. Copies appear under their name whole or not
 * at all, so that any number of processes may store the same one at once. Copies may be deleted at any time.
 */
final class LibraryCache {

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final int HASH_DIGITS = 16;

    private final Path folder;
    private final int user;

    /**
     * With a folder that need not exist.
     *
     * @param user numeric id of the user that this process acts as
     */
    LibraryCache(final Path folder, final int user) {
        this.folder = folder;
        this.user = user;
    }

    /**
     * Puts a library into the folder, unless it is there.
     *
     * @return the copy
     * @throws IOException if the folder is refused or cannot be written; its message says why
     */
    Path store(final byte[] library) throws IOException {
        requireOwnFolder();
        final byte[] hash = hash(library);
        final String version = HexFormat.of().formatHex(hash).substring(0, HASH_DIGITS);
        final Path copy = folder.resolve("libkaelix-" + version + ".so");
        if (!isIntact(copy, hash)) {
            write(library, copy);
        }
        return copy;
    }

    private void requireOwnFolder() throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(folder, OWNER_ONLY);
        }
        final String problem = problemOf(folder);
        if (!problem.isEmpty() || !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(folder + " is not used, because it "
                    + (problem.isEmpty() ? "is no folder" : problem));
        }
    }

    private boolean isIntact(final Path copy, final byte[] hash) throws IOException {
        return Files.isRegularFile(copy, LinkOption.NOFOLLOW_LINKS)
                && problemOf(copy).isEmpty()
                && MessageDigest.isEqual(hash, hash(Files.readAllBytes(copy)));
    }

    /** What makes code from this path unsafe to run; empty if nothing does. */
    private String problemOf(final Path path) throws IOException {
        final PosixFileAttributes found =
                Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (found.isSymbolicLink()) {
            return "is a symbolic link";
        }
        final int owner = (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (owner != user) {
            return "is owned by user " + owner + ", not " + user;
        }
        final Set<PosixFilePermission> permissions = found.permissions();
        return permissions.contains(PosixFilePermission.GROUP_WRITE)
                || permissions.contains(PosixFilePermission.OTHERS_WRITE)
                ? "can be written by others (" + PosixFilePermissions.toString(permissions) + "): chmod 700 it"
                : "";
    }

    private void write(final byte[] library, final Path copy) throws IOException {
        final Path part = Files.createTempFile(folder, "libkaelix-", ".part");
        try {
            Files.write(part, library);
            Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static byte[] hash(final byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (final NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java platform has SHA-256", impossible);
        }
    }
}
