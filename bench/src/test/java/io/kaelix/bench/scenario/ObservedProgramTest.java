// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.CounterReader;
import io.kaelix.telemetry.FlightEvents;
import io.kaelix.telemetry.Metric;
import io.kaelix.telemetry.Readings;
import java.lang.management.ManagementFactory;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That what is to be measured is there, and goes. */
@Timeout(60)
class ObservedProgramTest {

    private static final int MESSAGES = 4_000;

    private static void await(final BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(20);
        }
    }

    private static boolean shows(final Readings readings, final Metric metric, final Predicate<Long> value) {
        return readings.counters().stream().anyMatch(reading -> reading.metric().orElse(null) == metric && value.test(reading.value()));
    }

    @Test
    void shouldTellAllThatCanBeTold() throws Exception {
        final ObservedProgram program = new ObservedProgram();
        try (Publisher publisher = program.streamer().publisher("bench"); Subscriber subscriber = program.streamer().subscriber("bench")) {
            for (int i = 0; i < MESSAGES; i++) {
                publisher.offer(new byte[64]);
                subscriber.poll(message -> {
                }, 1);
            }
            // Published last, about once a second.
            await(() -> program.readings().histograms().stream()
                    .filter(reading -> reading.metric().orElse(null) == Metric.SUBSCRIBER_DELIVERY)
                    .anyMatch(reading -> reading.histogram().count() > 0));
            await(() -> shows(program.readings(), Metric.LANE_MESSAGES, value -> value == MESSAGES));
            await(() -> shows(program.readings(), Metric.PROCESS_MEMORY, value -> value > 0));
            await(() -> shows(program.readings(), Metric.PROCESS_CPU, value -> value >= 0));
            await(() -> shows(program.readings(), Metric.PROCESS_WRITTEN, value -> value >= 0));
            await(() -> program.reads() >= 2);
            assertThat(FlightEvents.isBackpressureOn()).isTrue();
            assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("io.kaelix:name=bench-*,*"), null))
                    .isNotEmpty();
            assertThat(program.settings()).contains("counters copied each 500 ms and read each 1000 ms", "one message in 65536 bytes timed",
                    "6 events recorded", "CPU, memory and I/O profiled each 1000 ms");
        } finally {
            program.close();
        }
    }

    @Test
    void shouldLeaveNothingBehind() throws Exception {
        final ObservedProgram program = new ObservedProgram();
        final var file = program.kaelix().telemetry().counterFile().orElseThrow();
        assertThat(CounterReader.list(CounterFile.defaultDirectory())).contains(file);
        program.close();

        assertThat(file).doesNotExist();
        assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName).doesNotContain("bench-reader", "kaelix-telemetry");
        assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(new ObjectName("io.kaelix:name=bench-*,*"), null)).isEmpty();
    }
}
