// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.console;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Tells whether the reader of standard output is gone, as {@code head} is when it has enough, without a byte to write: a command that waits
 * for messages would learn of it with the next one only, which may never come.
 *
 * <p>A transfer of nothing is asked for, from a place in a file of the kernel where there is nothing to read. The kernel looks for a reader
 * of the pipe first (since Linux 5.12), and answers "Broken pipe" if there is none. Where that cannot be asked, because standard output is no
 * pipe or there is no such file, nobody ever counts as gone.
 *
 * <p><b>Threads</b>: the one that writes to standard output. While the pipe is full of what its reader has not taken, asking blocks as a
 * write would.
 */
public final class PipeProbe implements AutoCloseable {

    /** Said to have a page, as all files there, and has a few digits. */
    private static final Path SHORTER_THAN_IT_SAYS = Path.of("/sys/kernel/uevent_seqnum");
    private static final Path STANDARD_OUTPUT = Path.of("/proc/self/fd/1");
    private static final String PIPE = "pipe:";

    /** Null where it cannot be asked. */
    private final FileChannel nothing;
    private final FileChannel output;
    private final long end;

    private PipeProbe(final FileChannel nothing, final FileChannel output, final long end) {
        this.nothing = nothing;
        this.output = output;
        this.end = end;
    }

    /** Of the standard output of this process, if that is what the terminal writes to. */
    public static PipeProbe of(final Terminal terminal) {
        if (terminal.rawOut() instanceof FileChannel channel && isPipe()) {
            return of(channel, SHORTER_THAN_IT_SAYS);
        }
        return new PipeProbe(null, null, 0);
    }

    static PipeProbe of(final FileChannel output, final Path file) {
        try {
            final FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            final long last = channel.size() - 1;
            if (last > 0 && channel.read(ByteBuffer.allocate(1), last) < 0) {
                return new PipeProbe(channel, output, last);
            }
            channel.close();
        } catch (final IOException e) {
            // No such file here: it is done without.
        }
        return new PipeProbe(null, null, 0);
    }

    private static boolean isPipe() {
        try {
            return Files.readSymbolicLink(STANDARD_OUTPUT).toString().startsWith(PIPE);
        } catch (final IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** Whether it can tell. */
    public boolean isAble() {
        return nothing != null;
    }

    /**
     * Asks.
     *
     * @throws ClosedPipeException if the reader is gone
     * @throws IOException if the thread was interrupted
     */
    public void check() throws IOException {
        if (nothing != null) {
            try {
                nothing.transferTo(end, 1, output);
            } catch (final IOException e) {
                throw Terminal.named(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        if (nothing != null) {
            nothing.close();
        }
    }
}
