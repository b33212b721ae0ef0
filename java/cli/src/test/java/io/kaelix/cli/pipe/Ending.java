// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** One side at work on a thread of its own, with its streams, until it ends. */
final class Ending {

    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    final ByteArrayOutputStream err = new ByteArrayOutputStream();
    final StopSignal stop = new StopSignal();
    final Terminal terminal = new Terminal(Channels.newChannel(new ByteArrayInputStream(new byte[0])), Channels.newChannel(out),
            new PrintStream(err, true, StandardCharsets.UTF_8), false);
    private CompletableFuture<Integer> status;

    Ending start(final Callable<Integer> work) {
        status = CompletableFuture.supplyAsync(() -> {
            try {
                return work.call();
            } catch (final Exception e) {
                throw new IllegalStateException(e);
            }
        }, command -> Thread.ofPlatform().daemon().start(command));
        return this;
    }

    boolean isOver() {
        return status.isDone();
    }

    int status() throws Exception {
        return status.get(30, TimeUnit.SECONDS);
    }

    /** What it failed with. */
    Throwable failure() throws Exception {
        try {
            throw new AssertionError("ended with status " + status());
        } catch (final ExecutionException e) {
            return e.getCause().getCause();
        }
    }

    String text() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
