// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import io.kaelix.KaelixException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Folders that nobody but the user of this process may look or write into, as they are made and checked for a use.
 *
 * <p><b>Threads</b>: any. An interrupt disturbs nothing.
 *
 * @param things that lie there, as errors name them
 * @param done what is done with them there, as errors name it
 */
public record OwnFolder(String things, String done) {

    /** For files: for their owner alone. */
    public static final FileAttribute<Set<PosixFilePermission>> FILE_MODE = PosixFilePermissions.asFileAttribute(
            PosixFilePermissions.fromString("rw-------"));

    private static final FileAttribute<Set<PosixFilePermission>> MODE = PosixFilePermissions.asFileAttribute(
            PosixFilePermissions.fromString("rwx------"));
    private static final Path STATUS = Path.of("/proc/self/status");

    /** Whether its file system knows owners and modes. */
    public static boolean hasPosixModes(final Path folder) {
        return folder.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    /**
     * Makes it, or checks it if it is there; where there are no modes, it is only made.
     *
     * @throws KaelixException if somebody else may write in it
     */
    public void create(final Path folder) throws IOException {
        if (!hasPosixModes(folder)) {
            Files.createDirectories(folder);
            return;
        }
        try {
            Files.createDirectory(folder, MODE);
        } catch (final FileAlreadyExistsException e) {
            check(folder);
        }
    }

    /** @throws KaelixException if somebody else may write in it */
    public void check(final Path folder) throws IOException {
        final String remedy = "; " + things + " are not " + done + " where others could change them: remove it, or name another folder";
        if (!Files.readAttributes(folder, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isDirectory()) {
            throw new KaelixException(folder + " is a link or a file, no folder" + remedy);
        }
        final int owner = (int) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        final int user = user(owner);
        if (owner != user) {
            throw new KaelixException(folder + " belongs to user " + owner + ", not to this process's user " + user + remedy);
        }
        final Set<PosixFilePermission> mode = Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS);
        if (mode.stream().anyMatch(permission -> !permission.name().startsWith("OWNER"))) {
            throw new KaelixException(folder + " has the mode " + PosixFilePermissions.toString(mode) + ": " + things + " are " + done
                    + " in folders of their owner alone; chmod 700 " + folder);
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
}
