// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static io.kaelix.platform.bindings.kaelix.kaelix_h.KAELIX_OK;
import static io.kaelix.platform.bindings.kaelix.kaelix_h.KAELIX_WHY_DENIED;
import static io.kaelix.platform.bindings.kaelix.kaelix_h.KAELIX_WHY_LIMIT;
import static io.kaelix.platform.bindings.kaelix.kaelix_h.KAELIX_WHY_NODE;
import static io.kaelix.platform.bindings.kaelix.kaelix_h.KAELIX_WHY_NONE;
import static io.kaelix.platform.bindings.kaelix.kaelix_h.KAELIX_WHY_NOT_HUGE;
import static io.kaelix.platform.bindings.kaelix.kaelix_h.KAELIX_WHY_NO_PAGES;
import static io.kaelix.platform.bindings.kaelix.kaelix_h.KAELIX_WHY_POPULATE;
import static io.kaelix.platform.bindings.kaelix.kaelix_h.KAELIX_WHY_UNSUPPORTED;

import io.kaelix.platform.bindings.kaelix.kaelix_ladder_step;
import io.kaelix.platform.bindings.kaelix.kaelix_region;
import io.kaelix.platform.topology.NumaTopology;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Words for what a mapping got and did not get: one line, with the remedy for each rung of the ladder that was left.
 */
final class MappingReason {

    /** Why one rung was left, as {@code kaelix_ladder_step} has it; {@code limitLeft} with KAELIX_WHY_LIMIT alone. */
    record Step(int why, int systemError, long limitLeft) {

        Step(final int why, final int systemError) {
            this(why, systemError, 0);
        }
    }

    private MappingReason() {
    }

    /** The steps of a region that the library filled in, by rung. */
    static List<Step> steps(final MemorySegment region) {
        // Not the generated accessor of one element, steps(region, i): it counts from the start of the region.
        final MemorySegment all = kaelix_region.steps(region);
        return IntStream.range(0, Rung.values().length).mapToObj(rung -> kaelix_ladder_step.asSlice(all, rung))
                .map(step -> new Step(kaelix_ladder_step.why(step), kaelix_ladder_step.system_error(step),
                        kaelix_ladder_step.limit_left(step)))
                .toList();
    }

    /**
     * What was obtained, after why each better rung was not.
     *
     * @param steps by rung
     * @param node as read back
     */
    static String obtained(final MemoryRequest request, final List<Step> steps, final Rung rung, final int node,
            final int bindStatus, final int bindError) {
        final String left = left(request, steps);
        final boolean spread = request.policy() == MemoryPolicy.INTERLEAVE && bindStatus == KAELIX_OK();
        final String where = node != Platform.ANY_NODE ? " on node " + node : spread ? place(request) : "";
        final String got = "got " + rung.label() + where;
        return (left.isEmpty() ? got : left + "; " + got) + binding(request, bindStatus, bindError);
    }

    /** Message for a request of which not even the last rung could be had. */
    static String refused(final MemoryRequest request, final List<Step> steps, final int systemError) {
        final String left = left(request, steps);
        return asked(request) + ": no memory" + parenthesis(systemError) + (left.isEmpty() ? "" : "; " + left)
                + "; free memory, raise the limit of the cgroup, or ask for less";
    }

    /** Message for a node that the machine does not have. */
    static String noSuchNode(final MemoryRequest request, final NumaTopology topology) {
        final String known = topology.nodes().stream().map(node -> Integer.toString(node.id()))
                .collect(Collectors.joining(", "));
        return asked(request) + ": there is no such node (known: " + known + "); ask for one of these, or for "
                + Platform.ANY_NODE + ", which is any";
    }

    /** Message for any other failure. */
    static String failed(final MemoryRequest request, final int status, final int systemError) {
        return asked(request) + ": the system refused" + parenthesis(systemError) + ", status " + status
                + "; in a container, allow mmap, madvise and mbind";
    }

    private static String asked(final MemoryRequest request) {
        return "asked for " + request.bytes() + " bytes" + place(request);
    }

    /** Where it was to be, as the end of a sentence; empty if anywhere. */
    private static String place(final MemoryRequest request) {
        return switch (request.policy()) {
            case BIND -> request.node() == Platform.ANY_NODE ? "" : " on node " + request.node();
            case PREFER -> " preferably on node " + request.node();
            case LOCAL -> " preferably on the caller's node";
            case INTERLEAVE -> request.nodes().isEmpty() ? " interleaved over all nodes"
                    : " interleaved over nodes " + request.nodes().stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
        };
    }

    private static String left(final MemoryRequest request, final List<Step> steps) {
        final StringBuilder line = new StringBuilder();
        for (final Rung rung : Rung.values()) {
            final Step step = steps.get(rung.ordinal());
            if (step.why() != KAELIX_WHY_NONE()) {
                line.append(line.isEmpty() ? "asked for " : "; then for ").append(rung.label()).append(": ")
                        .append(why(request, rung, step));
            }
        }
        return line.toString();
    }

    private static String why(final MemoryRequest request, final Rung rung, final Step step) {
        final int why = step.why();
        if (why == KAELIX_WHY_NO_PAGES()) {
            return switch (rung) {
                case HUGETLB_1G, HUGETLB_2M -> "too few are free (" + reserve(request, rung) + ")";
                default -> "no memory" + parenthesis(step.systemError());
            };
        }
        if (why == KAELIX_WHY_UNSUPPORTED()) {
            return "the kernel does not offer them" + parenthesis(step.systemError());
        }
        if (why == KAELIX_WHY_DENIED()) {
            return "refused" + parenthesis(step.systemError()) + ", by a container's seccomp profile or a cgroup limit";
        }
        if (why == KAELIX_WHY_POPULATE()) {
            return "mapped, but not all pages could be populated" + parenthesis(step.systemError());
        }
        if (why == KAELIX_WHY_NOT_HUGE()) {
            return "not all pages are huge" + parenthesis(step.systemError()) + ", or that cannot be read: memory is "
                    + "fragmented, or /sys/kernel/mm/transparent_hugepage/enabled says never";
        }
        if (why == KAELIX_WHY_NODE()) {
            return "none" + place(request) + parenthesis(step.systemError());
        }
        if (why == KAELIX_WHY_LIMIT()) {
            return "a cgroup limit of this process leaves " + step.limitLeft() + " bytes, and would have killed it (raise "
                    + switch (rung) {
                        case HUGETLB_1G -> "hugetlb.1GB.max";
                        case HUGETLB_2M -> "hugetlb.2MB.max";
                        default -> "memory.max, the container's memory limit,";
                    } + " or ask for less)";
        }
        return "a system error" + parenthesis(step.systemError());
    }

    private static String reserve(final MemoryRequest request, final Rung rung) {
        final long pageBytes = rung == Rung.HUGETLB_1G ? 1L << 30 : 1L << 21;
        final long pages = (request.bytes() + pageBytes - 1) / pageBytes;
        return rung == Rung.HUGETLB_1G
                ? "reserve with the kernel parameters hugepagesz=1G hugepages=" + pages + " or more"
                : "reserve with sysctl vm.nr_hugepages=" + pages + " or more";
    }

    private static String binding(final MemoryRequest request, final int bindStatus, final int bindError) {
        if (bindStatus == KAELIX_OK()) {
            return "";
        }
        final String why = switch (bindError) {
            case 0 -> "no pages were to be had there";
            case Errno.EINVAL -> "it has no memory, or the cpuset of this process leaves it out";
            default -> "the system refused mbind (in a container, allow it or add CAP_SYS_NICE)";
        };
        final String not = request.policy() == MemoryPolicy.BIND ? "; not bound to node " + request.node() : "; not" + place(request);
        return not + parenthesis(bindError) + ": " + why;
    }

    private static String parenthesis(final int systemError) {
        return systemError == 0 ? "" : " (" + Errno.name(systemError) + ")";
    }
}
