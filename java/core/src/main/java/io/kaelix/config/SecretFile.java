// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.KaelixException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Reads files that nobody but their owner may see: keys and tokens. Any thread; blocks while it reads.
 *
 * {@snippet :
 * String key = SecretFile.read(Path.of("server.key"), "key");
 * }
 */
public final class SecretFile {

    /** Bytes of the longest file that is read. */
    public static final int MOST_BYTES = 1 << 20;

    private static final Set<PosixFilePermission> OF_OTHERS = EnumSet.complementOf(EnumSet.of(PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE));

    private SecretFile() {
    }

    /**
     * The text of a file. Where the file system knows no owners and groups, anybody may be able to read it.
     *
     * @param what it is, for errors: {@code key}
     * @throws KaelixException if it cannot be read, or group or others may read, write or execute it; the message says what to do
     */
    public static String read(final Path path, final String what) {
        return read(path, what, true);
    }

    /**
     * The text of a file that anybody may see: certificates.
     *
     * @param what it is, for errors: {@code certificate}
     * @throws KaelixException if it cannot be read; the message says what to do
     */
    public static String readShared(final Path path, final String what) {
        return read(path, what, false);
    }

    private static String read(final Path path, final String what, final boolean isSecret) {
        final String shown = what + " file " + Shown.path(path);
        try {
            if (Files.isDirectory(path)) {
                throw new KaelixException(shown + " is a folder: name the file in it");
            }
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw new KaelixException(shown + " is no regular file but a device, a pipe or a socket: put the text into a file");
            }
            if (isSecret) {
                checkPermissions(path, shown);
            }
            final byte[] bytes;
            try (InputStream in = Files.newInputStream(path)) {
                bytes = in.readNBytes(MOST_BYTES + 1);
            }
            if (bytes.length > MOST_BYTES) {
                throw new KaelixException(shown + " has more than " + MOST_BYTES + " bytes: is it the right file?");
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (final CharacterCodingException e) {
            throw new KaelixException(shown + " is no text in UTF-8: is it the right file, and in the right format?", e);
        } catch (final NoSuchFileException e) {
            throw new KaelixException(shown + " is not there: name one that is, or make it", e);
        } catch (final AccessDeniedException e) {
            throw new KaelixException(shown + " may not be read by this user: give it the right (chown), or name another file", e);
        } catch (final IOException e) {
            throw new KaelixException(shown + " cannot be read: " + Shown.plain(String.valueOf(e.getMessage()), 200), e);
        }
    }

    private static void checkPermissions(final Path path, final String shown) throws IOException {
        final PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        if (view == null) {
            return;
        }
        final Set<PosixFilePermission> permissions = view.readAttributes().permissions();
        if (permissions.stream().anyMatch(OF_OTHERS::contains)) {
            throw new KaelixException(shown + " may be used by others than its owner (" + PosixFilePermissions.toString(permissions)
                    + "), so it is no secret: chmod 600 " + Shown.path(path));
        }
    }
}
