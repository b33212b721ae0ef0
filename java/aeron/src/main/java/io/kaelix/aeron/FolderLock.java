// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.kaelix.KaelixException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A folder that one process at a time has. A process that is killed leaves it. Any thread; nothing waits. */
final class FolderLock implements AutoCloseable {

    private static final String NAME = "kaelix.lock";

    private final Path file;
    private final FileChannel channel;

    private FolderLock(final Path file, final FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Makes the folder, if there is none, and takes it.
     *
     * @throws KaelixException if that can't be; it says why, and the remedy
     */
    static FolderLock take(final String link, final Path folder) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new KaelixException("link " + link + ": " + folder + " is a file: name a folder for what is recorded");
        }
        final Path file = folder.resolve(NAME);
        if (!OpenFiles.add(file)) {
            throw new KaelixException("link " + link + ": the folder " + folder + " is used by another link of this process (pid "
                    + ProcessHandle.current().pid() + "): name another folder");
        }
        FileChannel channel = null;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            final FileLock lock = tryLock(channel);
            if (lock == null) {
                throw new KaelixException("link " + link + ": the folder " + folder + " is used by another process (pid " + pid(channel)
                        + "): end that one, or name another folder");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)), 0);
            return new FolderLock(file, channel);
        } catch (final IOException | KaelixException e) {
            close(channel);
            OpenFiles.remove(file);
            throw e instanceof final KaelixException said ? said : new KaelixException("link " + link + ": the folder " + folder
                    + " cannot be used: " + e + "; give this process the right to write there, or name another", e);
        }
    }

    private static FileLock tryLock(final FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (final OverlappingFileLockException thisProcess) {
            return null;
        }
    }

    private static String pid(final FileChannel channel) throws IOException {
        final ByteBuffer text = ByteBuffer.allocate(Long.SIZE);
        channel.read(text, 0);
        return new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII);
    }

    private static void close(final FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (final IOException nothingToDo) {
            // It is given back when the process ends.
        }
    }

    @Override
    public void close() {
        close(channel);
        OpenFiles.remove(file);
    }
}
