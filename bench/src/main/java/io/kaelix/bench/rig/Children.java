// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Runs child processes, one at a time, each to its end or to its deadline; whatever ends this process ends the child too.
 *
 * <p><b>Threads</b>: one.
 */
final class Children {

    /** Lines of a failed child's standard error that are shown. */
    private static final int SHOWN_LINES = 20;
    private static final long SLICE_MILLIS = 200;

    private final AtomicReference<Process> current = new AtomicReference<>();

    Children() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::kill, "kill-children"));
    }

    /**
     * Runs a command.
     *
     * @param failedPrefix what the line of standard error begins with that has the reason of a failure
     * @return the last line that it printed to standard output
     * @throws TrialFailure if it cannot be started, is not done in time, prints nothing, or ends with another status than 0
     */
    String run(final List<String> command, final double timeoutSeconds, final String failedPrefix)
            throws TrialFailure, InterruptedException {
        final Process child = start(command);
        current.set(child);
        try {
            final CompletableFuture<String> out = read(child.getInputStream());
            final CompletableFuture<String> err = read(child.getErrorStream());
            if (!awaitEnd(child, timeoutSeconds)) {
                kill();
                child.waitFor();
                throw new TrialFailure("not done after " + Math.round(timeoutSeconds) + " s", tail(err.join()));
            }
            final String said = err.join();
            if (child.exitValue() != 0) {
                throw new TrialFailure(reason(said, failedPrefix, child.exitValue()), tail(said));
            }
            return out.join().lines().filter(line -> !line.isBlank()).reduce((first, second) -> second)
                    .orElseThrow(() -> new TrialFailure("it printed nothing", tail(said)));
        } finally {
            kill();
            current.set(null);
        }
    }

    /** In slices: while this process is stopped, its child may be too, and that is not the child's time. */
    private static boolean awaitEnd(final Process child, final double timeoutSeconds) throws InterruptedException {
        final long slices = (long) Math.ceil(timeoutSeconds * 1000 / SLICE_MILLIS);
        for (long i = 0; i < slices; i++) {
            if (child.waitFor(SLICE_MILLIS, TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
        return false;
    }

    private static Process start(final List<String> command) throws TrialFailure {
        try {
            final Process child = new ProcessBuilder(command).start();
            child.getOutputStream().close();
            return child;
        } catch (final IOException e) {
            throw new TrialFailure("cannot start " + command.get(0) + ": " + e.getMessage(), "");
        }
    }

    private static CompletableFuture<String> read(final InputStream stream) {
        return CompletableFuture.supplyAsync(() -> {
            try (stream) {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }, task -> Thread.ofPlatform().daemon().start(task));
    }

    private static String reason(final String said, final String prefix, final int status) {
        final String last = said.lines().filter(line -> !line.isBlank()).reduce((first, second) -> second).orElse("");
        if (last.startsWith(prefix)) {
            return last.substring(prefix.length());
        }
        return "it ended with status " + status + (last.isEmpty() ? "" : ": " + last);
    }

    private static String tail(final String said) {
        final List<String> lines = said.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
    }

    private void kill() {
        final Process child = current.get();
        if (child != null) {
            child.descendants().forEach(ProcessHandle::destroyForcibly);
            child.destroyForcibly();
        }
    }
}
