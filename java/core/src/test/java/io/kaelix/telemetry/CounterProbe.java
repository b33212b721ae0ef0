// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import io.kaelix.KaelixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Another process that counts: {@code MODE FOLDER}. It says what it does line by line, and ends with its input at the latest. */
final class CounterProbe {

    private CounterProbe() {
    }

    public static void main(final String[] args) throws Exception {
        final Path folder = Path.of(args[1]);
        switch (args[0]) {
            case "count" -> count(folder);
            case "create" -> create(folder);
            case "fill" -> fill(folder);
            case "truncated" -> truncated(folder);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void say(final Object what) {
        System.out.println(what);
        System.out.flush();
    }

    private static boolean inputIsOver() throws IOException {
        return System.in.available() > 0 && System.in.read() >= 0;
    }

    /** Two counters of which the second is never ahead of the first by more than one, and a histogram of as many. */
    private static void count(final Path folder) throws Exception {
        final CounterFile file = CounterFile.create(folder, "probe");
        final Counter first = file.counter("probe.first", Metric.Kind.COUNTER, "rounds", "probe");
        final Counter second = file.counter("probe.second", Metric.Kind.COUNTER, "rounds", "probe");
        final LatencyRecorder recorder = file.recorder("probe.times", "probe");
        // What could make the kernel drop its lock: reading itself, creating another one, and copying.
        try (CounterReader reader = CounterReader.open(file.path())) {
            reader.snapshot();
        }
        CounterFile.create(folder, "second").close();
        Files.delete(Files.copy(file.path(), folder.resolve("copy")));
        say(file.path());
        long round = 0;
        while (round % 1000 != 0 || !inputIsOver()) {
            first.increment();
            second.increment();
            recorder.record(round++ % 5_000);
        }
        file.close();
        say("closed after " + round);
    }

    /** Files one after the other, by two threads, each of which must be there and alive. */
    private static void create(final Path folder) throws Exception {
        final AtomicInteger shown = new AtomicInteger();
        final Runnable creator = () -> {
            for (int i = 0; i < 500; i++) {
                try (CounterFile file = CounterFile.create(folder, "probe", 1, 1); CounterReader reader = CounterReader.open(file.path())) {
                    shown.addAndGet(reader.snapshot().alive() ? 1 : 0);
                }
            }
        };
        final Thread other = Thread.ofPlatform().start(creator);
        creator.run();
        other.join();
        say("created 1000, " + (shown.get() == 1_000 ? "all" : shown) + " of them shown");
    }

    /** As many counters as there is space for, then counts in all of them. */
    private static void fill(final Path folder) throws Exception {
        try {
            CounterFile.create(folder.resolve("small"), "probe");
            say("not refused");
        } catch (final KaelixException e) {
            say("refused: " + e.getMessage());
        }
        final CounterLog log = new CounterLog();
        final Path larger = folder.resolve("larger");
        final CounterFile file = CounterFile.create(larger, "probe", 4096, 256, log);
        int shown = 0;
        for (int i = 0; i < 4096; i++) {
            final Counter counter = file.counter(Metric.ERRORS, "kind " + i);
            counter.increment();
            file.recorder(Metric.HANDLER_TIME, "handler " + i).record(i);
            shown += counter.isShown() ? 1 : 0;
        }
        say("shown " + shown);
        log.lines.forEach(CounterProbe::say);
        try (CounterReader reader = CounterReader.open(file.path())) {
            say("read " + reader.snapshot().counters().size());
        }
    }

    /** Counts while somebody truncates the file. */
    private static void truncated(final Path folder) throws Exception {
        final CounterFile file = CounterFile.create(folder, "probe");
        final Counter counter = file.counter(Metric.ERRORS, "a");
        final LatencyRecorder recorder = file.recorder(Metric.HANDLER_TIME, "b");
        final HistogramSlot slot = file.histogram(Metric.HANDLER_TIME, "c");
        final LatencyHistogram histogram = new LatencyHistogram();
        int compiled = 0;
        for (; compiled < 100_000; compiled++) {
            counter.increment();
            recorder.record(compiled);
            if (compiled % 100 == 0) {
                slot.publish(histogram);
            }
        }
        say(file.path());
        while (!inputIsOver()) {
            Thread.sleep(1);
        }
        fails("counter", counter::increment);
        fails("recorder", () -> recorder.record(5));
        fails("slot", () -> slot.publish(histogram));
        fails("snapshot", recorder::snapshot);
        fails("new", () -> file.counter(Metric.ERRORS, "d").increment());
        fails("new histogram", () -> file.recorder(Metric.HANDLER_TIME, "e").record(1));
        fails("close of a counter", counter::close);
        fails("close of a recorder", recorder::close);
        fails("close of a slot", slot::close);
        fails("close", file::close);
        fails("counter that is closed", counter::increment);
        fails("recorder that is closed", () -> recorder.record(5));
        say("lives");
    }

    private static void fails(final String what, final Runnable action) {
        try {
            for (int i = 0; i < 20_000; i++) {
                action.run();
            }
            say(what + " goes on");
        } catch (final InternalError e) {
            say(what + " fails");
        }
    }
}
