// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.ExitStatus;
import io.kaelix.cli.console.PipeProbe;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.run.Backoff;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code kaelix sub}: messages become lines of standard output. They are written in big blocks, and at once when there is nothing more to
 * read.
 *
 * <p>It ends when it has as many as it should, when the reader of standard output is gone, or when it is asked to stop: then what was received
 * is written, unless the reader takes more than a second for it.
 *
 * <p><b>Threads</b>: one, which is interrupted when it should stop and does not, and a {@link Watch}.
 */
public final class MessagePrinter {

    /** Messages of one poll. */
    private static final int BATCH = 4096;
    private static final long CHECK_NANOS = 50_000_000;
    /** From so long a silence on it looks less often. */
    private static final long QUIET_NANOS = 1_000_000_000;
    private static final long QUIET_SLEEP_NANOS = 4_000_000;
    private static final Duration STOPPING = Duration.ofSeconds(1);

    private final Exchange exchange;
    private final Settings settings;
    private final Terminal terminal;
    private final StopSignal stop;
    private final BlockOutput output;
    private final MessageHandler handler;
    private final Backoff backoff = new Backoff(true);
    private long rest;

    /**
     * What to do.
     *
     * @param pattern of topics
     * @param config of the subscriber
     * @param count messages after which it ends, {@link Long#MAX_VALUE} for none
     * @param json whether messages are written as JSON
     * @param patience how long to wait for an exchange that is gone
     */
    public record Settings(TopicPattern pattern, SubscriberConfig config, long count, boolean json, Duration patience) {
    }

    /** @param stop ends it */
    public MessagePrinter(final Exchange exchange, final Settings settings, final Terminal terminal, final StopSignal stop) {
        this.exchange = exchange;
        this.settings = settings;
        this.terminal = terminal;
        this.stop = stop;
        this.output = new BlockOutput(terminal.out());
        final MessageFormat format = settings.json() ? MessageFormat.json() : MessageFormat.raw();
        this.handler = message -> write(format, message);
        this.rest = settings.count();
    }

    private void write(final MessageFormat format, final Message message) {
        try {
            format.write(message, output);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Prints all that comes.
     *
     * @return what the process should exit with
     * @throws CommandException if the exchange is gone, or messages were lost that should not be
     * @throws IOException if standard output cannot be written
     */
    public int execute() throws IOException {
        final Thread worker = Thread.currentThread();
        try (Watch watch = new Watch(exchange, terminal, settings.patience(), () -> { }).start();
                Subscriber subscriber = exchange.subscriber(settings.pattern(), settings.config());
                PipeProbe probe = PipeProbe.of(terminal)) {
            if (terminal.live()) {
                note("subscribed to " + settings.pattern().text() + " at " + exchange.name() + "; Ctrl-C ends it");
            }
            stop.onRequest(() -> interruptLater(worker));
            final int ended = print(subscriber, watch, probe);
            output.flush();
            watch.closing();
            watch.check();
            conclude(subscriber, ended);
        } catch (final ClosedByInterruptException | UncheckedIOException e) {
            if (!stop.isRequested() || !isInterruption(e)) {
                throw e;
            }
        } finally {
            Thread.interrupted();
        }
        return stop.isRequested() ? ExitStatus.INTERRUPTED : ExitStatus.OK;
    }

    private static boolean isInterruption(final Exception e) {
        return e instanceof ClosedByInterruptException || e.getCause() instanceof ClosedByInterruptException;
    }

    /** A reader that takes nothing holds up nobody who wants to stop. */
    private static void interruptLater(final Thread worker) {
        Thread.ofPlatform().daemon().name("kaelix-stop-late").start(() -> {
            LockSupport.parkNanos(STOPPING.toNanos());
            worker.interrupt();
        });
    }

    /** Until there is a reason to end: the last answer of a poll. */
    private int print(final Subscriber subscriber, final Watch watch, final PipeProbe probe) throws IOException {
        long silentSince = System.nanoTime();
        long checked = silentSince;
        int count = 0;
        while (rest > 0 && count >= 0 && !stop.isRequested() && !watch.hasFailed()) {
            count = subscriber.poll(handler, (int) Math.min(BATCH, rest));
            if (count > 0) {
                rest -= count;
                backoff.reset();
                silentSince = 0;
            } else if (count == 0) {
                output.flush();
                final long now = System.nanoTime();
                silentSince = silentSince == 0 ? now : silentSince;
                if (now - checked >= CHECK_NANOS) {
                    checked = now;
                    probe.check();
                }
                idle(now - silentSince);
            }
        }
        return count;
    }

    private void idle(final long silence) {
        if (silence > QUIET_NANOS) {
            LockSupport.parkNanos(QUIET_SLEEP_NANOS);
        } else {
            backoff.idle();
        }
    }

    private void conclude(final Subscriber subscriber, final int ended) {
        final long lost = subscriber.lost();
        if (ended == Subscriber.DISCONNECTED) {
            final String trouble = exchange.trouble();
            throw CommandException.failed("cut off: " + (trouble.isEmpty()
                    ? "what reads standard output was too slow for the policy of this subscriber; read faster, or "
                            + "take --policy block, which holds up publishers, or --policy lossy, which leaves out messages"
                    : trouble));
        }
        if (ended == Subscriber.CLOSED) {
            final String trouble = exchange.trouble();
            throw CommandException.failed(exchange.name() + " was closed" + (trouble.isEmpty() ? "" : ": " + trouble));
        }
        if (lost > 0 && settings.config().policy() == SlowSubscriberPolicy.LOSSY) {
            note(lost + " messages were left out: standard output was too slow for them");
        } else if (lost > 0) {
            throw CommandException.failed(lost + " messages were lost while " + exchange.name() + " was gone");
        }
    }

    private void note(final String line) {
        terminal.err().println("kaelix: " + line);
        terminal.err().flush();
    }
}
