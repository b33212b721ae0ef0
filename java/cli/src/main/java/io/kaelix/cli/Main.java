// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The process: its streams, its arguments, its signals, its exit status. */
public final class Main {

    /** What a run that was stopped has for what is under way, and for its report. */
    private static final int GRACE_SECONDS = 5;

    private Main() {
    }

    /** What {@code java} starts. */
    public static void main(final String[] arguments) {
        final StopSignal stop = new StopSignal();
        final CountDownLatch finished = new CountDownLatch(1);
        // Ctrl-C: the JVM runs this, then exits with 128 and the number of the signal, whatever main is doing by then.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop.request();
            await(finished);
        }, "kaelix-stop"));
        int status = 1;
        try {
            status = new Kaelix(Terminal.ofProcess(), stop).execute(arguments);
        } finally {
            finished.countDown();
            System.exit(status);
        }
    }

    private static void await(final CountDownLatch finished) {
        try {
            finished.await(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
