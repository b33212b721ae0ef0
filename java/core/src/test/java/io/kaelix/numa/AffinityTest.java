// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kaelix.CpuSet;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Scheduling;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class AffinityTest {

    private final Platform platform = Platforms.current();
    private final Affinity affinity = new Affinity(platform);
    private final boolean pins = !platform.name().equals("portable");

    /** On a thread of its own, which takes what it was pinned to with it. */
    private static void onThread(final Callable<?> action) throws Exception {
        final FutureTask<?> task = new FutureTask<>(action);
        final Thread thread = new Thread(task, "pinned one");
        thread.start();
        thread.join();
        task.get();
    }

    /** A machine on which pinning comes to this, whatever is asked, with every call to it that changes a thread. */
    private static Platform comingTo(final CpuSet before, final CpuSet obtained, final List<String> changes) {
        final Platform real = Platforms.current();
        return (Platform) Proxy.newProxyInstance(Platform.class.getClassLoader(), new Class<?>[] {Platform.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "affinity" -> before;
                    case "pin" -> {
                        changes.add("pin " + arguments[0]);
                        yield obtained;
                    }
                    case "scheduling" -> Scheduling.NORMAL;
                    case "schedule" -> {
                        changes.add("schedule " + arguments[0]);
                        yield new Scheduling.Outcome((Scheduling) arguments[0], "");
                    }
                    default -> {
                        try {
                            yield method.invoke(real, arguments);
                        } catch (final InvocationTargetException thrown) {
                            throw thrown.getCause();
                        }
                    }
                });
    }

    @Test
    void shouldPinAThreadAndPutBackWhatWasBefore() throws Exception {
        onThread(() -> {
            final CpuSet before = affinity.cpus();
            final CpuSet last = CpuSet.of(before.stream().max().orElseThrow());
            try (Pinned pinned = affinity.pin(last)) {
                assertThat(pinned.asked()).isEqualTo(last);
                assertThat(pinned.cpus()).isEqualTo(pins ? last : before).isEqualTo(affinity.cpus());
                assertThat(pinned.isAsAsked()).isEqualTo(pinned.cpus().equals(last));
                assertThat(!pins || affinity.currentCpu() == last.stream().min().orElseThrow()).isTrue();
            }
            assertThat(affinity.cpus()).isEqualTo(before);
            return null;
        });
    }

    @Test
    void shouldPutBackStepByStepWhatWasNested() throws Exception {
        onThread(() -> {
            final CpuSet before = affinity.cpus();
            final CpuSet first = CpuSet.of(before.stream().min().orElseThrow());
            try (Pinned outer = affinity.pin(before.minus(first).isEmpty() ? before : before.minus(first))) {
                try (Pinned inner = affinity.pin(first)) {
                    assertThat(affinity.cpus()).isEqualTo(inner.cpus());
                }
                assertThat(affinity.cpus()).isEqualTo(outer.cpus());
            }
            assertThat(affinity.cpus()).isEqualTo(before);
            return null;
        });
    }

    @Test
    void shouldPinToTheCpusOfANode() throws Exception {
        onThread(() -> {
            final int node = affinity.currentNode();
            try (Pinned pinned = affinity.pinToNode(node)) {
                assertThat(pinned.cpus()).isEqualTo(affinity.cpus());
                assertThat(pinned.reason()).contains("node " + node);
                assertThat(affinity.currentNode()).isEqualTo(node);
            }
            return null;
        });
    }

    @Test
    void shouldRejectANodeThatDoesNotExist() {
        assertThatIllegalArgumentException().isThrownBy(() -> affinity.pinToNode(1000))
                .withMessageStartingWith("there is no node 1000 online; there are 0");
    }

    @Test
    void shouldSayWhatWasObtainedAndWhyNotAll() {
        final CpuSet all = CpuSet.parse("0-3");
        assertThat(new Affinity(comingTo(all, CpuSet.of(2), new ArrayList<>())).pin(CpuSet.of(2)).reason()).isEqualTo("pinned to CPUs 2");
        final Pinned some = new Affinity(comingTo(all, CpuSet.of(2), new ArrayList<>())).pin(CpuSet.parse("2,6-7"));
        assertThat(some.isAsAsked()).isFalse();
        assertThat(some.reason()).isEqualTo("asked for CPUs 2,6-7: the cpuset of this process leaves out CPUs 6-7, or they are offline; "
                + "it may use CPUs 2");
        assertThat(new Affinity(comingTo(all, all, new ArrayList<>())).pin(CpuSet.of(9)).reason())
                .startsWith("asked for CPUs 9: none of them may be used").endsWith("it may use CPUs 0-3");
        assertThat(new Affinity(comingTo(all, all, new ArrayList<>())).pin(CpuSet.of()).reason())
                .isEqualTo("asked for no CPU: there are no CPUs to pin to; it may use CPUs 0-3");
    }

    @Test
    void shouldLeaveAVirtualThreadAloneAndSaySo() throws Exception {
        final List<String> reasons = new ArrayList<>();
        Thread.ofVirtual().start(() -> {
            try (Pinned pinned = affinity.pin(affinity.cpus())) {
                reasons.add(pinned.isAsAsked() + ": " + pinned.reason());
            }
            try (Pinned pinned = affinity.pin(CpuSet.of(CpuSet.MAX_CPU)); RealTime realTime = affinity.realTime(1)) {
                reasons.add(pinned.reason());
                reasons.add(realTime.reason());
            }
        }).join();
        assertThat(reasons.getFirst()).startsWith("false: ").contains("virtual thread");
        assertThat(reasons.get(1)).contains("virtual thread").contains("use a platform thread");
        assertThat(reasons.getLast()).contains(pins ? "virtual thread" : "portable");
    }

    @Test
    void shouldChangeNothingByClosingTwiceOrWhereNothingWasObtained() {
        final List<String> changes = new ArrayList<>();
        final CpuSet all = CpuSet.parse("0-3");
        final Pinned pinned = new Affinity(comingTo(all, CpuSet.of(1), changes)).pin(CpuSet.of(1));
        pinned.close();
        pinned.close();
        new Affinity(comingTo(all, all, changes)).pin(CpuSet.of(9)).close();
        assertThat(changes).containsExactly("pin 1", "pin 0-3", "pin 9");
    }

    @Test
    void shouldBeClosedByTheThreadThatItIsAbout() throws Exception {
        final List<AutoCloseable> handles = new ArrayList<>();
        onThread(() -> handles.add(affinity.pin(affinity.cpus())));
        onThread(() -> handles.add(affinity.realTime(1)));
        for (final AutoCloseable handle : handles) {
            assertThatIllegalStateException().isThrownBy(handle::close).withMessageContaining("\"pinned one\"")
                    .withMessageContaining("close it on the thread");
        }
    }

    @Test
    void shouldGiveRealTimePriorityOrSayWhyNotAndPutBackWhatWasBefore() throws Exception {
        onThread(() -> {
            final Scheduling before = platform.scheduling();
            try (RealTime realTime = affinity.realTime(3)) {
                assertThat(platform.scheduling()).isEqualTo(realTime.isGranted() ? Scheduling.fifo(3) : before);
                assertThat(realTime.reason()).contains(realTime.isGranted() ? "SCHED_FIFO with priority 3" : "asked for scheduling FIFO 3");
            }
            assertThat(platform.scheduling()).isEqualTo(before);
            return null;
        });
    }

    @Test
    void shouldAskForThePriorityOnceAndGoBackOnce() {
        final List<String> changes = new ArrayList<>();
        final RealTime realTime = new Affinity(comingTo(CpuSet.of(0), CpuSet.of(0), changes)).realTime(99);
        assertThat(realTime.isGranted()).isTrue();
        realTime.close();
        realTime.close();
        assertThat(changes).containsExactly("schedule FIFO 99", "schedule NORMAL");
        assertThatIllegalArgumentException().isThrownBy(() -> affinity.realTime(0));
    }
}
