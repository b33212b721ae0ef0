// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

import com.lmax.disruptor.RingBuffer;
import io.aeron.Aeron;
import io.kaelix.MemoryStreamer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Supplier;
import net.openhft.chronicle.queue.ChronicleQueue;
import org.agrona.concurrent.UnsafeBuffer;
import org.jctools.queues.SpscArrayQueue;

/** Every system in every mode. */
public final class Catalogue {

    /** Kaelix as it is. */
    public static final String KAELIX = "kaelix";
    /** Kaelix with all telemetry on. */
    public static final String OBSERVED = "kaelix-telemetry";

    private static final String ONE_BY_ONE = "one-by-one";
    private static final String PUBLISHERS_2 = "publishers-2";
    private static final String PUBLISHERS_4 = "publishers-4";
    private static final String PUBLISHERS_8 = "publishers-8";
    private static final String PUBLISHERS_16 = "publishers-16";
    private static final String SUBSCRIBERS_2 = "subscribers-2";
    private static final String SUBSCRIBERS_3 = "subscribers-3";
    private static final String BATCH_64 = "batch-64";

    private static final List<Integer> BATCHES = List.of(10, 64, 100, 1000);

    private static final List<Entry> ENTRIES = all();
    private static final List<Entry> EVERYTHING = everything(ENTRIES);

    private Catalogue() {
    }

    /** All that are compared with each other, Kaelix first. */
    public static List<Entry> entries() {
        return ENTRIES;
    }

    /** These and {@value #OBSERVED}, which is compared with Kaelix itself, and run where it is asked for by name. */
    public static List<Entry> everything() {
        return EVERYTHING;
    }

    /**
     * A system in a mode.
     *
     * @param system its name in reports: {@code kaelix}, {@code aeron-ipc}, …
     * @param mode how it is used: {@code one-by-one}, {@code batch-64}, …
     * @param publishers threads that send
     * @param subscribers that receive everything, on one thread
     * @param version of the system, from its artifact
     * @param jvmOptions that its documentation asks for on a current JDK
     * @param scenario makes it, in a JVM with these options
     */
    public record Entry(String system, String mode, int publishers, int subscribers, String version, List<String> jvmOptions,
            Supplier<Scenario> scenario) {
    }

    private static List<Entry> all() {
        final List<Entry> entries = new ArrayList<>();
        addKaelix(new Listing(entries, KAELIX, MemoryStreamer.class, List.of()));
        addAeron(new Listing(entries, "aeron-ipc", Aeron.class, agronaOptions()));
        new Listing(entries, "agrona-one-to-one", UnsafeBuffer.class, agronaOptions())
                .add(ONE_BY_ONE, AgronaScenario::oneToOne);
        new Listing(entries, "agrona-many-to-one", UnsafeBuffer.class, agronaOptions())
                .add(ONE_BY_ONE, AgronaScenario::manyToOne)
                .addPublishers(AgronaScenario::manyToOne);
        addDisruptor(new Listing(entries, "disruptor", RingBuffer.class, List.of()));
        new Listing(entries, "jctools-spsc", SpscArrayQueue.class, jctoolsOptions())
                .add(ONE_BY_ONE, JctoolsScenario::singleProducer)
                .add(BATCH_64, () -> JctoolsScenario.singleProducer(64));
        new Listing(entries, "jctools-mpsc", SpscArrayQueue.class, jctoolsOptions())
                .add(ONE_BY_ONE, JctoolsScenario::multiProducer)
                .addPublishers(JctoolsScenario::multiProducer);
        new Listing(entries, "chronicle-queue", ChronicleQueue.class, chronicleOptions())
                .add(ONE_BY_ONE, ChronicleQueueScenario::new);
        new Listing(entries, "array-blocking-queue", ArrayBlockingQueue.class, List.of())
                .add(ONE_BY_ONE, ArrayBlockingQueueScenario::new)
                .addPublishers(ArrayBlockingQueueScenario::new);
        return List.copyOf(entries);
    }

    private static List<Entry> everything(final List<Entry> compared) {
        final List<Entry> entries = new ArrayList<>(compared);
        new Listing(entries, OBSERVED, MemoryStreamer.class, List.of())
                .add(ONE_BY_ONE, KaelixScenario::observed)
                .add(BATCH_64, () -> KaelixScenario.observedBatch(64));
        return List.copyOf(entries);
    }

    private static void addKaelix(final Listing kaelix) {
        kaelix.add("offer", KaelixScenario::offer).add(ONE_BY_ONE, KaelixScenario::oneByOne);
        for (final int batch : BATCHES) {
            kaelix.add("batch-" + batch, () -> KaelixScenario.batch(batch));
        }
        kaelix.add("one-by-one-eager", KaelixScenario::eager)
                .add("one-by-one-linger", KaelixScenario::lingering)
                .add("one-by-one-deep", KaelixScenario::deep)
                .add("lossy", KaelixScenario::lossy)
                .add(SUBSCRIBERS_2, 1, 2, KaelixScenario::oneByOne)
                .add(SUBSCRIBERS_3, 1, 3, KaelixScenario::oneByOne)
                .addPublishers(KaelixScenario::oneByOne)
                .add(PUBLISHERS_8, 8, 1, KaelixScenario::oneByOne)
                .add(PUBLISHERS_16, 16, 1, KaelixScenario::oneByOne);
    }

    private static void addAeron(final Listing aeron) {
        aeron.add(ONE_BY_ONE, AeronScenario::exclusive)
                .add("one-by-one-invoker", AeronScenario::exclusiveInvoked)
                .add("concurrent", AeronScenario::concurrent)
                .add(SUBSCRIBERS_3, 1, 3, AeronScenario::exclusive);
    }

    private static void addDisruptor(final Listing disruptor) {
        disruptor.add(ONE_BY_ONE, DisruptorScenario::singleProducer);
        for (final int batch : BATCHES) {
            disruptor.add("batch-" + batch, () -> DisruptorScenario.singleProducer(batch));
        }
        disruptor.addPublishers(DisruptorScenario::multiProducer)
                .add(SUBSCRIBERS_3, 1, 3, DisruptorScenario::singleProducer);
    }

    /** As Aeron's own scripts start its benchmarks. */
    public static List<String> agronaOptions() {
        return List.of("--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-Dagrona.disable.bounds.checks=true");
    }

    /** Libraries that have not left sun.misc.Unsafe make JDKs warn that know this option. */
    public static List<String> unsafeOptions() {
        return Runtime.version().feature() >= 23 ? List.of("--sun-misc-unsafe-memory-access=allow") : List.of();
    }

    /** Queues of references mark cards: the collector is to write a mark only where there is none, or threads share the line of it. */
    private static List<String> jctoolsOptions() {
        final List<String> options = new ArrayList<>(unsafeOptions());
        options.add("-XX:+UseCondCardMark");
        return List.copyOf(options);
    }

    /** Chronicle's list for Java 17 and later; and nothing is to be sent to its makers. */
    public static List<String> chronicleOptions() {
        final List<String> options = new ArrayList<>(unsafeOptions());
        options.addAll(List.of(
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
                "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
                "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                "--add-opens=java.base/java.io=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-Dchronicle.analytics.disable=true"));
        return List.copyOf(options);
    }

    /** Adds modes of one system. */
    private record Listing(List<Entry> entries, String system, String version, List<String> jvmOptions) {

        Listing(final List<Entry> entries, final String system, final Class<?> type, final List<String> jvmOptions) {
            this(entries, system, Versions.of(type), jvmOptions);
        }

        Listing add(final String mode, final Supplier<Scenario> scenario) {
            return add(mode, 1, 1, scenario);
        }

        Listing add(final String mode, final int publishers, final int subscribers, final Supplier<Scenario> scenario) {
            entries.add(new Entry(system, mode, publishers, subscribers, version, jvmOptions, scenario));
            return this;
        }

        Listing addPublishers(final Supplier<Scenario> scenario) {
            return add(PUBLISHERS_2, 2, 1, scenario).add(PUBLISHERS_4, 4, 1, scenario);
        }
    }
}
