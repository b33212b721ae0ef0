// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import io.kaelix.platform.Platforms;

/**
 * What the NUMA lab runs in its guest: the list of questions. Exit status 0 if all was obtained as asked, 1 if not.
 *
 * <p>To ask one more, add a line here: {@link LabReport#perNode} for what each node is asked, {@link LabReport#once} for the rest.
 */
public final class LabMain {

    private LabMain() {
    }

    /**
     * What {@code java} starts.
     *
     * @param arguments the distances of the machine, a row for each node: {@code 10,20/20,10}; or {@code --real-time} and the limit of
     *     the user, who has no capabilities
     */
    public static void main(final String[] arguments) {
        final LabReport questions = arguments[0].equals("--real-time")
                ? new LabReport().once("real-time priority of a user", RealTimeChecks.upTo(Integer.parseInt(arguments[1])))
                : ofTheMachine(arguments[0]);
        System.exit(questions.print(Platforms.current(), System.out) ? 0 : 1);
    }

    private static LabReport ofTheMachine(final String distances) {
        return new LabReport()
                .perNode("memory", PlacementChecks::memory)
                .perNode("hugepages", PlacementChecks::hugepages)
                .perNode("thread", PlacementChecks::thread)
                .perNode("allocator", AllocatorChecks::onNode)
                .perNode("lane", StreamChecks::lane)
                .perNode("channel", StreamChecks::channel)
                .once("distances", MachineChecks.topology(distances))
                .once("libnuma", MachineChecks::libnuma)
                .once("numactl", Numactl::agreement)
                .once("instruction set", MachineChecks::isa)
                .once("interleaved", AllocatorChecks::interleaved)
                .once("plan for low latency", PlanChecks::lowLatency)
                .once("plan for high throughput", PlanChecks::highThroughput)
                .once("balanced plan", PlanChecks::balanced)
                .once("more hugepages than there are", MachineChecks::tooManyHugepages)
                .once("a node that is not there", MachineChecks::missingNode)
                .once("a node that is full", LimitChecks::fullNode)
                .once("a cgroup's limit of hugepages", LimitChecks::hugepagesOfAGroup)
                .once("a cgroup's limit of memory", LimitChecks::memoryOfAGroup)
                .once("a CPU going away", LeavingCpu::ask);
    }
}
