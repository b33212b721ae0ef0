// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.config.ConfigLoader;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import io.kaelix.runtime.TaskPriority;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What JMX shows of a program. */
@Timeout(60)
@SuppressWarnings("try")
class ManagementBeanTest {

    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

    @TempDir
    private Path folder;
    private Program program;

    @BeforeEach
    void writeFile() {
        program = new Program(folder).write("[telemetry]", "jmx = true", "[runtime]", "worker_threads = 1", "target_latency_us = 20");
    }

    private Kaelix launch(final String name) {
        return Kaelix.launch(program.loader(), name);
    }

    private static ObjectName name(final String value) throws Exception {
        return new ObjectName("io.kaelix:type=Kaelix,name=" + value);
    }

    private static Object get(final String name, final String attribute) throws Exception {
        return SERVER.getAttribute(name(name), attribute);
    }

    @Test
    void shouldShowWhatAProgramDoes() throws Exception {
        try (Kaelix kaelix = launch("desk"); Subscriber subscriber = kaelix.streamer().subscriber("orders");
                Publisher publisher = kaelix.streamer().publisher("orders")) {
            for (int i = 0; i < 3; i++) {
                publisher.offer(new byte[8]);
            }
            final CountDownLatch done = new CountDownLatch(1);
            kaelix.scheduler().schedule(done::countDown, TaskPriority.NORMAL);
            done.await();
            Program.await("the task is counted", () -> kaelix.scheduler().performanceMetrics().executed() == 1);

            assertThat(get("desk", "Executed")).isEqualTo(1L);
            assertThat(get("desk", "QueueDepth")).isEqualTo(0L);
            assertThat(get("desk", "LagMaximum")).isEqualTo(3L);
            assertThat(get("desk", "Lost")).isEqualTo(0L);
            assertThat((String) get("desk", "Health")).startsWith("HEALTHY: ");
            assertThat((String) get("desk", "Configuration")).contains("runtime.target_latency_us = 20 # " + program.file() + ":5:21");
            assertThat(get("desk", "CounterFile")).isEqualTo(kaelix.telemetry().counterFile().orElseThrow().toString());
            assertThat(get("desk", "NeedRestart")).isEqualTo("");
            subscriber.poll(message -> { }, 3);
        }
        assertThat(SERVER.isRegistered(name("desk"))).isFalse();
    }

    @Test
    void shouldLoadTheFileWhenTold() throws Exception {
        try (Kaelix kaelix = launch("reloading")) {
            assertThat(SERVER.invoke(name("reloading"), "reload", null, null)).isEqualTo("UNCHANGED");
            program.write("[telemetry]", "jmx = false", "[runtime]", "worker_threads = 1");
            Program.await("it was taken over", () -> kaelix.reloads() == 1);
            assertThat(get("reloading", "Reloads")).isEqualTo(1L);
            assertThat((String) get("reloading", "NeedRestart")).startsWith("telemetry.jmx = false # ");
            program.write("[telemetry]", "jmx = 7");
            Program.await("it was refused", () -> kaelix.refusedReloads() == 1);
            assertThat(get("reloading", "RefusedReloads")).isEqualTo(1L);
            assertThat(SERVER.invoke(name("reloading"), "reload", null, null)).isEqualTo("REFUSED");
        }
    }

    @Test
    void shouldRefuseToLoadWithoutAFile() throws Exception {
        try (Kaelix kaelix = Kaelix.launch(ConfigLoader.of().with("telemetry.jmx", true).with("runtime.worker_threads", 1)
                .with("telemetry.enabled", false), "fileless")) {
            assertThatThrownBy(() -> SERVER.invoke(name("fileless"), "reload", null, null)).isInstanceOf(RuntimeMBeanException.class)
                    .hasRootCauseMessage("there is no file to load: launch it with one (ConfigLoader.file)");
            assertThat(get("fileless", "CounterFile")).isEqualTo("");
            assertThat(kaelix.reloads()).isZero();
        }
    }

    @Test
    void shouldKeepTwoOfTheSameNameApart() throws Exception {
        try (Kaelix first = launch("twin"); Kaelix second = launch("twin")) {
            assertThat(get("twin", "CounterFile")).isEqualTo(first.telemetry().counterFile().orElseThrow().toString());
            assertThat(get("twin-2", "CounterFile")).isEqualTo(second.telemetry().counterFile().orElseThrow().toString());
            first.close();
            assertThat(SERVER.isRegistered(name("twin"))).isFalse();
            assertThat(SERVER.isRegistered(name("twin-2"))).isTrue();
        }
        assertThat(SERVER.isRegistered(name("twin-2"))).isFalse();
    }

    @Test
    void shouldTakeAnyName() throws Exception {
        try (Kaelix kaelix = launch("a,b=*?\"c\n")) {
            assertThat(SERVER.isRegistered(name(ObjectName.quote("a,b=*?\"c\n")))).isTrue();
            assertThat(kaelix.readings().orElseThrow().name()).startsWith("a,b=");
        }
    }

    @Test
    void shouldRegisterNothingUnlessAsked() throws Exception {
        program.write("[runtime]", "worker_threads = 1");
        try (Kaelix kaelix = launch("quiet")) {
            assertThat(SERVER.isRegistered(name("quiet"))).isFalse();
            assertThat(kaelix.config().telemetry().jmx()).isFalse();
        }
    }
}
