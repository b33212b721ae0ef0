// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kaelix.KaelixException;
import io.kaelix.platform.MappedMemory;
import io.kaelix.platform.MemoryPolicy;
import io.kaelix.platform.MemoryRequest;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import io.kaelix.platform.Scheduling;
import io.kaelix.platform.topology.NumaTopology;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The questions that need real memory, asked of this machine: as it is, and with a kernel that tells something else. */
class LabQuestionsTest {

    private static final Platform MACHINE = Platforms.current();
    private static final NumaTopology.Node NODE = MACHINE.topology().nodes().getFirst();

    private int calls;
    /** Every which page is told to lie on another node; 0 for none. */
    private int strays;
    private int node = Platform.ANY_NODE;
    private int cpu = -1;

    private final Platform lying = (Platform) Proxy.newProxyInstance(Platform.class.getClassLoader(), new Class<?>[] {Platform.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "pageNodes" -> pageNodes(method, arguments);
                case "currentNode" -> node == Platform.ANY_NODE ? MACHINE.currentNode() : node;
                case "currentCpu" -> cpu < 0 ? MACHINE.currentCpu() : cpu;
                case "map" -> map((MemoryRequest) arguments[0]);
                default -> call(method, arguments);
            });
    private boolean full;

    private static Object call(final Method method, final Object[] arguments) throws Throwable {
        try {
            return method.invoke(MACHINE, arguments);
        } catch (final InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Object pageNodes(final Method method, final Object[] arguments) throws Throwable {
        final int[] nodes = (int[]) call(method, arguments);
        for (int i = 0; i < nodes.length; i++) {
            if (strays > 0 && ++calls % strays == 0) {
                nodes[i] = 77;
            }
        }
        return nodes;
    }

    /** Never in hugepages, which this machine may not have; a node that is full when that is wanted. */
    private MappedMemory map(final MemoryRequest request) {
        if (full) {
            throw new KaelixException("no memory on node " + request.node());
        }
        return MACHINE.map(new MemoryRequest(request.bytes(), request.policy(), request.node(), request.nodes(), Rung.NORMAL));
    }

    @BeforeEach
    void pagesCanBeReadBack() {
        final MappedMemory memory = MACHINE.map(new MemoryRequest(1, MemoryPolicy.BIND, NODE.id(), Set.of(), Rung.NORMAL));
        final int read = MACHINE.pageNodes(memory.address(), memory.pageBytes(), 1)[0];
        MACHINE.unmap(memory);
        assumeThat(read).as("may this process read where pages are, and bind them").isEqualTo(NODE.id());
    }

    @Test
    void shouldFindMemoryOfTheAllocatorWhereItWasAsked() throws Exception {
        assertEqual(AllocatorChecks.onNode(lying, NODE), "512 pages on " + NODE.id() + ", 2 blocks of 2 MiB on " + NODE.id());
        strays = 512;
        assertThat(AllocatorChecks.onNode(lying, NODE).obtained()).startsWith("511 pages on " + NODE.id() + " + 1 pages on 77");
    }

    @Test
    void shouldFindMemoryThatIsCountedForAnotherNode() throws Exception {
        node = 77; // where a thread that allocates locally believes to be
        assertThat(AllocatorChecks.onNode(lying, NODE).equal()).isFalse();
    }

    @Test
    void shouldFindSharesThatAreNotEqual() {
        assertThat(AllocatorChecks.interleaved(lying).equal()).isTrue();
        strays = 3;
        assertThat(AllocatorChecks.interleaved(lying).obtained()).contains("shares of {" + NODE.id() + "=683, 77=341}");
    }

    @Test
    void shouldFindWorkersAndLanesWhereTheyWerePlanned() throws Exception {
        assumeThat(MACHINE.topology().usableCpus()).hasSizeGreaterThan(1);
        assertThat(PlanChecks.lowLatency(lying).equal()).isTrue();
        assertThat(PlanChecks.highThroughput(lying).equal()).isTrue();
        assertThat(PlanChecks.balanced(lying).equal()).isTrue();
        strays = 100;
        assertThat(PlanChecks.lowLatency(lying).obtained()).contains("but lane 0 on [" + NODE.id() + ", 77] instead of " + NODE.id());
        strays = 0;
        cpu = 999;
        assertThat(PlanChecks.highThroughput(lying).obtained()).contains("but worker 0 on CPU 999 of node");
        cpu = -1;
        node = 5;
        assertThat(PlanChecks.balanced(lying).equal()).isFalse();
    }

    @Test
    void shouldFindLanesAndChannelsOnTheirNode() throws Exception {
        assertThat(StreamChecks.lane(lying, NODE).equal()).isTrue();
        assertThat(StreamChecks.channel(lying, NODE).equal()).isTrue();
        strays = 10;
        assertThat(StreamChecks.lane(lying, NODE).obtained()).contains("pages on 77");
        assertThat(StreamChecks.channel(lying, NODE).obtained()).contains("pages on 77");
        strays = 0;
        node = 77;
        assertThat(StreamChecks.channel(lying, NODE).obtained()).endsWith(", read on 77");
    }

    @Test
    void shouldNotTakeARefusalOfAnEmptyNodeForAFullOne() throws Exception {
        assumeThat(MACHINE.topology().nodes()).as("else local memory of a machine without any is looked for").hasSize(1);
        full = true;
        assertThat(LimitChecks.fullNode(lying).obtained()).startsWith("refused after 0 MiB of");
    }

    @Test
    void shouldSeeThatPriorityIsNotWhatWasAsked() throws Exception {
        // Whatever this process may have, it is not both granted and told to be normal.
        final Platform normal = (Platform) Proxy.newProxyInstance(Platform.class.getClassLoader(), new Class<?>[] {Platform.class},
                (proxy, method, arguments) -> method.getName().equals("scheduling") ? Scheduling.NORMAL : call(method, arguments));
        assertThat(RealTimeChecks.upTo(Scheduling.MAX_PRIORITY - 1).ask(normal).equal()).isFalse();
    }

    private static void assertEqual(final Answer answer, final String words) {
        assertThat(answer.obtained()).isEqualTo(words).isEqualTo(answer.asked());
    }
}
