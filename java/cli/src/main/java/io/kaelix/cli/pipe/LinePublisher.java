// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import io.kaelix.Message;
import io.kaelix.MessageBuilder;
import io.kaelix.Publisher;
import io.kaelix.Topic;
import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.Endpoint;
import io.kaelix.cli.console.ExitStatus;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.run.Backoff;
import io.kaelix.cli.run.LineBlock;
import io.kaelix.cli.run.LineReader;
import io.kaelix.cli.run.LineTooLong;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code kaelix pub}: each line of an input becomes a message of a topic. What has been read is sent at once, lines that were read together as
 * one batch; while there is no room it waits, and reads no more.
 *
 * <p>It ends when the input does and all has arrived. Asked to stop, it sends the lines that it has read, for some seconds at most.
 *
 * <p><b>Threads</b>: one, which is interrupted when it should stop, and a {@link Watch}.
 */
public final class LinePublisher {

    /** What is left of the time that a process has to end, with something to spare. */
    private static final long STOPPING_NANOS = 3_000_000_000L;
    private static final long AUDIENCE_INTERVAL_NANOS = 10_000_000;
    private static final Duration ANY_TIME = Duration.ofDays(1);

    private final Exchange exchange;
    private final Settings settings;
    private final Terminal terminal;
    private final StopSignal stop;
    private final Backoff backoff = new Backoff(true);
    private final MessageBuilder builder = Message.builder();
    private final Throttle throttle;
    private byte[] keyed = new byte[1024];
    private Publisher publisher;
    private Watch watch;
    /** When it was seen that it should stop. */
    private long stopSeen;
    private boolean stopping;

    /**
     * What to do.
     *
     * @param topic to publish to
     * @param input of lines
     * @param rate messages a second, 0 for as many as there are
     * @param key of each line, or null
     * @param audienceWait how long to wait for somebody who receives the topic
     * @param patience how long to wait for an exchange that is gone
     */
    public record Settings(Topic topic, Endpoint input, long rate, MessageKey key, Duration audienceWait, Duration patience) {
    }

    /** @param stop ends it early */
    public LinePublisher(final Exchange exchange, final Settings settings, final Terminal terminal, final StopSignal stop) {
        this.exchange = exchange;
        this.settings = settings;
        this.terminal = terminal;
        this.stop = stop;
        this.throttle = settings.rate() == 0 ? null : new Throttle(settings.rate());
    }

    /**
     * Publishes all there is, and closes the exchange.
     *
     * @param channel of the input; closed with this
     * @return what the process should exit with
     * @throws CommandException if the input cannot be read, a line is too long, or the exchange is gone: what was read before was sent
     */
    public int execute(final ReadableByteChannel channel) throws IOException {
        final Thread worker = Thread.currentThread();
        stop.onRequest(worker::interrupt);
        try (Watch watching = new Watch(exchange, terminal, settings.patience(), worker::interrupt).start()) {
            watch = watching;
            try {
                publisher = exchange.publisher(settings.topic());
                publishLines(channel);
            } finally {
                // Its state is part of a report that should not be lost to an interruption.
                Thread.interrupted();
                close();
            }
            watch.check();
        }
        final long lost = exchange.lost();
        if (lost > 0) {
            throw CommandException.failed(lost + " messages did not arrive: " + exchange.name()
                    + " was gone, and did not know them when it came back; send them again");
        }
        return stop.isRequested() ? ExitStatus.INTERRUPTED : ExitStatus.OK;
    }

    private void publishLines(final ReadableByteChannel channel) throws IOException {
        final Platform platform = Platforms.current();
        final int longest = settings.key() == null ? publisher.maxMessageLength() : publisher.maxOfferLength();
        final RegionArena arena = new RegionArena(platform, platform.currentNode(), Rung.HUGETLB_2M, Long.MAX_VALUE);
        try (LineReader reader = new LineReader(settings.input(), channel, platform, arena, longest, LineTooLong.IN_MESSAGE);
                LineBlock block = reader.newBlock()) {
            boolean more = awaitAudience();
            while (more && !isStopping() && reader.next(block)) {
                more = publish(block);
            }
        } catch (final InterruptedException e) {
            watch.check();
        } catch (final CommandException e) {
            watch.check();
            // Stopping closes the input that is read.
            if (!stop.isRequested() || !(e.getCause() instanceof ClosedChannelException)) {
                throw e;
            }
        } finally {
            arena.close();
        }
    }

    /** Whether to go on. */
    private boolean awaitAudience() {
        final long limit = settings.audienceWait().toNanos();
        final long start = System.nanoTime();
        while (limit > 0 && exchange.audience(settings.topic()) == Exchange.Audience.NOBODY) {
            if (System.nanoTime() - start >= limit) {
                terminal.err().println("kaelix: nobody has subscribed to " + settings.topic().name() + " for "
                        + settings.audienceWait().toMillis() + "ms; who comes later misses what is sent now, but for the last of it");
                terminal.err().flush();
                return true;
            }
            if (isStopping() || watch.hasFailed()) {
                return false;
            }
            LockSupport.parkNanos(AUDIENCE_INTERVAL_NANOS);
        }
        return true;
    }

    private boolean publish(final LineBlock block) {
        final MemorySegment data = block.data();
        final int lines = block.lines();
        int start = 0;
        if (throttle == null) {
            publisher.beginBatch();
        }
        for (int line = 0; line < lines; line++) {
            final int end = block.end(line);
            if (!publish(data, start, end - start)) {
                return false;
            }
            start = end + 1;
        }
        // A streamer that is closed meanwhile has taken nothing of the batch.
        return throttle != null || publisher.endBatch() >= 0 || ended();
    }

    private boolean publish(final MemorySegment data, final int start, final int length) {
        if (throttle != null && !awaitTurn()) {
            return false;
        }
        long result = offer(data, start, length);
        if (result < 0) {
            while (result == Publisher.BACK_PRESSURED && awaitRoom()) {
                result = offer(data, start, length);
            }
            backoff.reset();
            if (result == Publisher.TOO_LONG) {
                result = publisher.publish(data, start, length, ANY_TIME);
            }
        }
        return result >= 0 || result == Publisher.CLOSED && ended();
    }

    private long offer(final MemorySegment data, final int start, final int length) {
        if (settings.key() == null) {
            return publisher.offer(data, start, length);
        }
        if (length > keyed.length) {
            keyed = new byte[Math.max(length, 2 * keyed.length)];
        }
        MemorySegment.copy(data, start, MemorySegment.ofArray(keyed), 0, length);
        final byte[] key = settings.key().find(keyed, length);
        builder.clear().payload(data, start, length);
        return publisher.offer(key == null ? builder : builder.partitionKey(key));
    }

    /** Waits for room; false if that makes no sense any more. */
    private boolean awaitRoom() {
        if (watch.hasFailed() || isStopping() && System.nanoTime() - stopSeen > STOPPING_NANOS) {
            return false;
        }
        // Interrupted, nobody can wait; what for is known.
        Thread.interrupted();
        backoff.idle();
        return true;
    }

    /** Waits until the rate lets the next message pass; false if it should stop. */
    private boolean awaitTurn() {
        long wait = throttle.nanosUntilDue(System.nanoTime());
        while (wait > 0) {
            if (isStopping() || watch.hasFailed()) {
                return false;
            }
            LockSupport.parkNanos(wait);
            wait = throttle.nanosUntilDue(System.nanoTime());
        }
        throttle.pass();
        return true;
    }

    private boolean isStopping() {
        if (!stopping && stop.isRequested()) {
            stopping = true;
            stopSeen = System.nanoTime();
        }
        return stopping;
    }

    /** Never returns. */
    private boolean ended() {
        watch.check();
        final String trouble = exchange.trouble();
        throw CommandException.failed(exchange.name() + " was closed" + (trouble.isEmpty() ? "" : ": " + trouble)
                + "; not all lines were sent");
    }

    /** Waits until all has arrived, the exchange is gone for good, or there is no time left. */
    private void close() {
        watch.closing();
        if (publisher != null) {
            publisher.close();
        }
        final Thread closing = new Thread(exchange::close, "kaelix-close");
        closing.setDaemon(true);
        closing.start();
        while (closing.isAlive() && !watch.hasFailed() && !(isStopping() && System.nanoTime() - stopSeen > STOPPING_NANOS)) {
            try {
                closing.join(Duration.ofMillis(20));
            } catch (final InterruptedException e) {
                // The stop signal, or the watch: looked at above.
                continue;
            }
        }
    }
}
