// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * The text of a file, or what is wrong with the file. Never reads more than the limit, whatever the file claims or becomes meanwhile, and
 * opens nothing that could block or has no end.
 *
 * @param text without a byte order mark; null if there is none to be had
 * @param problem null if there is none
 */
record FileText(String text, ConfigProblem problem) {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    /** @param mostBytes a file of more is refused */
    static FileText read(final Path path, final int mostBytes) {
        try {
            final BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                return bad(path, "is a folder: name the file in it");
            }
            if (!attributes.isRegularFile()) {
                return bad(path, "is no regular file but a device, a pipe or a socket: put the text into a file");
            }
            if (attributes.size() > mostBytes) {
                return tooLarge(path, attributes.size() + " bytes", mostBytes);
            }
            final byte[] bytes;
            try (InputStream in = Files.newInputStream(path)) {
                bytes = in.readNBytes(mostBytes + 1);
            }
            return bytes.length > mostBytes ? tooLarge(path, "more", mostBytes) : decode(path, bytes);
        } catch (final IOException e) {
            return bad(path, reason(path, e));
        }
    }

    private static FileText tooLarge(final Path path, final String found, final int mostBytes) {
        return bad(path, "is too large for a configuration: it has " + found + ", and at most " + mostBytes
                + " are read; is it the right file?");
    }

    /** What the system said, and what to do. */
    static String reason(final Path path, final IOException e) {
        final String told = e instanceof FileSystemException failure && failure.getReason() != null ? failure.getReason() : e.getMessage();
        if (e instanceof NoSuchFileException) {
            return Files.isSymbolicLink(path) ? "is a symbolic link to a file that is not there"
                    : "there is no such file; 'kaelix config default' prints one to start from";
        }
        if (e instanceof AccessDeniedException) {
            return "may not be read by this user: give it the right (chmod, chown), or name another file";
        }
        if (told != null && told.contains("Too many levels of symbolic links")) {
            return "is a symbolic link that leads back to itself: point it to a file";
        }
        return "cannot be read: " + (told == null ? e.toString() : told);
    }

    private static FileText decode(final Path path, final byte[] bytes) {
        final ByteBuffer in = ByteBuffer.wrap(bytes);
        final CharBuffer out = CharBuffer.allocate(bytes.length);
        final CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        final String text = out.flip().toString();
        if (result.isError()) {
            final int lineStart = text.lastIndexOf('\n') + 1;
            return new FileText(null, new ConfigProblem(path.toString(), (int) text.chars().filter(c -> c == '\n').count() + 1,
                    text.codePointCount(lineStart, text.length()) + 1, "", "is not UTF-8 here (byte 0x"
                    + String.format("%02x", bytes[in.position()]) + "): save the file as UTF-8"));
        }
        return new FileText(!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text, null);
    }

    private static FileText bad(final Path path, final String text) {
        return new FileText(null, new ConfigProblem(path.toString(), 0, 0, "", text));
    }
}
