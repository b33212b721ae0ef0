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
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The text of a file, or what is wrong with the file. Never reads more than the limit, whatever the file claims or becomes meanwhile, opens
 * nothing that blocks or has no end, and waits for no more than five seconds for what becomes such a thing.
 *
 * @param text without a byte order mark; null if there is none to be had
 * @param problem null if there is none
 */
record FileText(String text, ConfigProblem problem) {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int MOST_READERS = 16;

    /** Ends when it has had nothing to read for a second: of files that change again and again, not each starts another. */
    private static final Executor READERS = new ThreadPoolExecutor(0, MOST_READERS, 1, TimeUnit.SECONDS, new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("kaelix-config-reader").factory());

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
            final byte[] bytes = bytes(path, mostBytes + 1, PATIENCE);
            return bytes.length > mostBytes ? tooLarge(path, "more", mostBytes) : decode(path, bytes);
        } catch (final IOException e) {
            return bad(path, reason(path, e));
        }
    }

    /**
     * The first so many bytes, read by another thread: what was a regular file a moment ago may be a pipe by now, and whoever opens
     * one waits for a writer, with no way to be interrupted; so does whoever reads from a network file system that does not answer. That
     * thread is left behind then, until what it waits for comes.
     */
    static byte[] bytes(final Path path, final int most, final Duration patience) throws IOException {
        final FutureTask<byte[]> reading = new FutureTask<>(() -> {
            try (InputStream in = Files.newInputStream(path)) {
                return in.readNBytes(most);
            }
        });
        try {
            READERS.execute(reading);
        } catch (final RejectedExecutionException e) {
            throw new IOException(MOST_READERS + " reads of files that do not answer wait already", e);
        }
        final long end = System.nanoTime() + patience.toNanos();
        boolean isInterrupted = false;
        try {
            for (;;) {
                try {
                    return reading.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (final InterruptedException e) {
                    isInterrupted = true;
                }
            }
        } catch (final TimeoutException e) {
            throw new IOException("it does not answer within " + patience.toSeconds() + " seconds; is it a pipe, or on a network?", e);
        } catch (final ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
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
