// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.streams;

import io.kaelix.Topic;
import io.kaelix.bench.streams.StreamsOutcome.Costs;
import io.kaelix.bench.streams.StreamsOutcome.Lookups;
import io.kaelix.bench.streams.StreamsOutcome.Nanos;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/**
 * Creates streams in this process, measures what it grows by, and looks them up; then the same with a {@code HashMap}. Prints a
 * {@link StreamsOutcome} as one line of JSON.
 *
 * <p>Its heap must be of one size, and touched from the start: then what the process grows by is native memory alone.
 */
public final class StreamsTrial {

    /** Characters of each name. */
    public static final int NAME_LENGTH = 24;

    /** What the line of a failure begins with. */
    public static final String FAILED = "streams: ";

    private static final String PREFIX = "bench.streams.";
    private static final String PATTERN = PREFIX + "*";
    private static final int LOOKUPS = 1_000_000;
    private static final int HOT_NAMES = 64;
    private static final int FIRST_NAMES = 20_000;
    private static final Path MEMORY = Path.of("/proc/self/smaps_rollup");

    private final int count;
    private final Topic[] random;
    private final Topic[] hot;
    private final int[] nanos = new int[LOOKUPS];
    private long found;

    private StreamsTrial(final int count) {
        this.count = count;
        random = shuffled(count);
        hot = new Topic[HOT_NAMES];
        Arrays.setAll(hot, i -> random[i % random.length]);
    }

    /** @param args how many streams */
    public static void main(final String[] args) {
        try {
            final StreamsTrial trial = new StreamsTrial(Integer.parseInt(args[0]));
            // Loads what either needs, and compiles some of it, so that the figures are not those of a JVM that starts.
            trial.lookAround(Directory.ofTable());
            trial.lookAround(Directory.ofStreamer());
            trial.lookAround(Directory.ofMap());
            final Costs table = trial.measure(Directory::ofTable);
            final Costs streamer = trial.measure(Directory::ofStreamer);
            final Costs map = trial.measure(Directory::ofMap);
            System.out.println(JsonMapper.shared().writeValueAsString(new StreamsOutcome(table, streamer, map,
                    FlowTrial.run(trial.count, ">"), FlowTrial.run(trial.count, PATTERN), trial.clockNanos())));
        } catch (final RuntimeException | IOException | InterruptedException e) {
            System.err.println(FAILED + e);
            System.exit(1);
        }
    }

    static Topic topic(final int number) {
        return Topic.of(String.format(Locale.ROOT, PREFIX + "s%09d", number));
    }

    /** New strings, in the order in which they will be looked up, so that they come as fast as memory can stream them. */
    private static Topic[] shuffled(final int count) {
        final int[] order = new int[count];
        Arrays.setAll(order, i -> i);
        final SplittableRandom random = new SplittableRandom(count);
        final Topic[] topics = new Topic[Math.min(count, LOOKUPS)];
        for (int i = 0; i < topics.length; i++) {
            final int other = random.nextInt(i, count);
            topics[i] = topic(order[other]);
            order[other] = order[i];
        }
        return topics;
    }

    private void lookAround(final Directory directory) {
        try (directory) {
            for (int i = 0; i < Math.min(count, FIRST_NAMES); i++) {
                directory.add(topic(i));
            }
            for (int i = 0; i < LOOKUPS; i++) {
                found += directory.find(hot[i % HOT_NAMES]);
            }
        }
    }

    private Costs measure(final Supplier<Directory> maker) throws IOException {
        Topic[] topics = null;
        final long emptyHeap = usedHeap();
        topics = new Topic[count];
        for (int i = 0; i < count; i++) {
            topics[i] = topic(i);
        }
        usedHeap();
        final long residentBefore = residentBytes();
        final Directory directory = maker.get();
        final long start = System.nanoTime();
        for (final Topic topic : topics) {
            directory.add(topic);
        }
        final double seconds = (System.nanoTime() - start) / 1e9;
        // What the directory does not keep of the topics is not its memory.
        topics = null;
        final double heap = (double) (usedHeap() - emptyHeap) / count;
        final double nativeBytes = (double) (residentBytes() - residentBefore) / count;
        try (directory) {
            return new Costs(seconds, heap + nativeBytes, nativeBytes, heap, new Lookups(lookUp(directory, random), lookUp(directory, hot)));
        }
    }

    private Nanos lookUp(final Directory directory, final Topic[] topics) {
        findAll(directory, topics);
        final long start = System.nanoTime();
        findAll(directory, topics);
        final double mean = (double) (System.nanoTime() - start) / LOOKUPS;
        int next = 0;
        for (int i = 0; i < LOOKUPS; i++) {
            final Topic topic = topics[next];
            final long before = System.nanoTime();
            found += directory.find(topic);
            nanos[i] = (int) (System.nanoTime() - before);
            next = next + 1 == topics.length ? 0 : next + 1;
        }
        return new Nanos(mean, median());
    }

    private void findAll(final Directory directory, final Topic[] topics) {
        int next = 0;
        long sum = 0;
        for (int i = 0; i < LOOKUPS; i++) {
            final int id = directory.find(topics[next]);
            if (id < 0) {
                throw new IllegalStateException(topics[next] + " is not found");
            }
            sum += id;
            next = next + 1 == topics.length ? 0 : next + 1;
        }
        found += sum;
    }

    private double clockNanos() {
        for (int i = 0; i < LOOKUPS; i++) {
            final long before = System.nanoTime();
            nanos[i] = (int) (System.nanoTime() - before);
        }
        return median();
    }

    private int median() {
        Arrays.sort(nanos);
        return nanos[LOOKUPS / 2];
    }

    private static long usedHeap() {
        // The second one frees what the first one's finishing has let go.
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long residentBytes() throws IOException {
        return Files.readAllLines(MEMORY).stream().filter(line -> line.startsWith("Rss:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst().orElseThrow(() -> new IllegalStateException(MEMORY + " has no Rss"));
    }
}
