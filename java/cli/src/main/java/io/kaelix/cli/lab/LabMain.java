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
     * @param arguments the distances of the machine, a row for each node: {@code 10,20/20,10}
     */
    public static void main(final String[] arguments) {
        final boolean asAsked = new LabReport()
                .perNode("memory", PlacementChecks::memory)
                .perNode("hugepages", PlacementChecks::hugepages)
                .perNode("thread", PlacementChecks::thread)
                .once("distances", MachineChecks.topology(arguments[0]))
                .once("libnuma", MachineChecks::libnuma)
                .once("instruction set", MachineChecks::isa)
                .once("more hugepages than there are", MachineChecks::tooManyHugepages)
                .once("a node that is not there", MachineChecks::missingNode)
                .once("a CPU going away", LeavingCpu::ask)
                .print(Platforms.current(), System.out);
        System.exit(asAsked ? 0 : 1);
    }
}
