// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron.lab;

import io.kaelix.Message;
import io.kaelix.MemoryStreamer;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What receives on a host of the bridge lab: it makes the directory that the host's bridge publishes into, and compares each message with the
 * one that should come next in its stream. It is never killed, and ends when there is a file that says so.
 *
 * <pre>
 *   Checking --directory DIRECTORY --from HOST [--from HOST] --streams N --each N --patience SECONDS --stop FILE
 * </pre>
 *
 * <p>Lines on standard output: {@code ready}; five times a second {@code received MESSAGES}; {@code complete} once all are there; at the end
 * {@code from HOST received N skipped N behind N missing N} for each host: how many numbers were passed over, how many messages came that were
 * of a number before the expected one (twice, or out of order), and how many numbers have not been reached.
 *
 * <p>Exit status: 0 if it was told to end, 1 if nothing came for as long as its patience, though something was missing.
 */
public final class Checking {

    private static final int LIMIT = 1024;
    private static final int SHOWN = 5;
    private static final long WAIT_NANOS = 100_000;
    private static final long REPORT_NANOS = 200_000_000;
    private static final int UNKNOWN = -1;

    private final List<String> hosts;
    private final int streams;
    private final int each;
    private final int[] next;
    private final long[] received;
    private final long[] skipped;
    private final long[] behind;
    /** By number of the stream: where in {@link #next} it is. */
    private int[] places = new int[0];
    private long total;
    private int faults;

    private Checking(final LabOptions options) {
        hosts = options.all("from");
        streams = options.number("streams");
        each = options.number("each");
        next = new int[hosts.size() * streams];
        received = new long[hosts.size()];
        skipped = new long[hosts.size()];
        behind = new long[hosts.size()];
    }

    /** Runs until it is told to end, or its patience is over. */
    public static void main(final String... arguments) {
        final LabOptions options = LabOptions.parse(arguments);
        final Checking checking = new Checking(options);
        final boolean ok;
        try (MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withDirectory(Path.of(options.text("directory"))));
                Subscriber subscriber = streamer.subscriber("lab.>", SubscriberConfig.defaults().withPolicy(SlowSubscriberPolicy.BLOCK))) {
            say("ready");
            ok = checking.receive(subscriber, Path.of(options.text("stop")), options.number("patience") * 1_000_000_000L);
            checking.report();
        }
        System.exit(ok ? 0 : 1);
    }

    private boolean receive(final Subscriber subscriber, final Path stop, final long patience) {
        final long expected = (long) hosts.size() * streams * each;
        long lastReport = System.nanoTime();
        long lastCame = lastReport;
        long told = 0;
        boolean complete = false;
        while (true) {
            final int count = subscriber.poll(this::check, LIMIT);
            if (count < 0) {
                throw new IllegalStateException("the subscriber answers " + count);
            }
            final long now = System.nanoTime();
            if (count > 0) {
                lastCame = now;
            } else {
                LockSupport.parkNanos(WAIT_NANOS);
            }
            if (!complete && total >= expected) {
                complete = true;
                say("received " + total);
                say("complete");
            }
            if (now - lastReport > REPORT_NANOS) {
                lastReport = now;
                if (total != told) {
                    told = total;
                    say("received " + total);
                }
                if (Files.exists(stop)) {
                    return true;
                }
                if (total < expected && now - lastCame > patience) {
                    return false;
                }
            }
        }
    }

    private void check(final Message message) {
        final int place = place(message);
        final int host = place / streams;
        final long number = message.getLong(0);
        final int wanted = next[place];
        if (number == wanted) {
            next[place] = wanted + 1;
        } else if (number > wanted) {
            skipped[host] += number - wanted;
            fault(message, number, wanted);
            next[place] = (int) number + 1;
        } else {
            behind[host]++;
            fault(message, number, wanted);
        }
        received[host]++;
        total++;
    }

    private int place(final Message message) {
        final int stream = message.streamId();
        if (stream >= places.length) {
            final int old = places.length;
            places = Arrays.copyOf(places, Math.max(1024, stream * 2));
            Arrays.fill(places, old, places.length, UNKNOWN);
        }
        if (places[stream] == UNKNOWN) {
            final String[] parts = message.topic().name().split("\\.");
            final int host = hosts.indexOf(parts[1]);
            if (host < 0) {
                throw new IllegalStateException("here comes " + message.topic() + ", which is of no host of " + hosts);
            }
            places[stream] = host * streams + Integer.parseInt(parts[2]);
        }
        return places[stream];
    }

    private void fault(final Message message, final long number, final int wanted) {
        if (faults++ < SHOWN) {
            say("fault: " + message.topic() + " brings number " + number + " where " + wanted + " was next, behind " + total + " messages");
        }
    }

    private void report() {
        for (int host = 0; host < hosts.size(); host++) {
            long missing = 0;
            int shown = 0;
            for (int i = 0; i < streams; i++) {
                final int reached = next[host * streams + i];
                missing += each - reached;
                if (reached < each && shown++ < SHOWN) {
                    say("missing: lab." + hosts.get(host) + "." + i + " from number " + reached + " on");
                }
            }
            say("from " + hosts.get(host) + " received " + received[host] + " skipped " + skipped[host] + " behind " + behind[host]
                    + " missing " + missing);
        }
    }

    private static void say(final String line) {
        System.out.println(line);
        System.out.flush();
    }
}
