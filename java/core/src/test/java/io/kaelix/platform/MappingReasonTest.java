// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static io.kaelix.platform.bindings.kaelix.kaelix_h.KAELIX_E_UNAVAILABLE;
import static io.kaelix.platform.bindings.kaelix.kaelix_h.KAELIX_WHY_DENIED;
import static io.kaelix.platform.bindings.kaelix.kaelix_h.KAELIX_WHY_LIMIT;
import static io.kaelix.platform.bindings.kaelix.kaelix_h.KAELIX_WHY_NOT_HUGE;
import static io.kaelix.platform.bindings.kaelix.kaelix_h.KAELIX_WHY_NO_PAGES;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MappingReasonTest {

    private static final MappingReason.Step NOT_LEFT = new MappingReason.Step(0, 0);
    private static final List<MappingReason.Step> NONE_LEFT = List.of(NOT_LEFT, NOT_LEFT, NOT_LEFT, NOT_LEFT);
    private static final MappingReason.Step NO_PAGES = new MappingReason.Step(KAELIX_WHY_NO_PAGES(), 12);

    private static MemoryRequest request(final int node) {
        return new MemoryRequest(5 << 20, node, Rung.HUGETLB_2M);
    }

    @Test
    void shouldSayWhatWasObtainedWhenAllWentWell() {
        assertThat(MappingReason.obtained(request(1), NONE_LEFT, Rung.HUGETLB_2M, 1, 0, 0))
                .isEqualTo("got 2 MiB hugetlb pages on node 1");
    }

    @Test
    void shouldSayHowManyPagesToReserve() {
        final List<MappingReason.Step> steps = List.of(NOT_LEFT, NO_PAGES, NOT_LEFT, NOT_LEFT);
        assertThat(MappingReason.obtained(request(-1), steps, Rung.TRANSPARENT, -1, 0, 0))
                .isEqualTo("asked for 2 MiB hugetlb pages: too few are free (reserve with sysctl "
                        + "vm.nr_hugepages=3 or more); got transparent hugepages");
    }

    @Test
    void shouldNameEveryRungThatWasLeft() {
        final List<MappingReason.Step> steps = List.of(NO_PAGES, new MappingReason.Step(KAELIX_WHY_DENIED(), 1),
                new MappingReason.Step(KAELIX_WHY_NOT_HUGE(), 0), NOT_LEFT);
        assertThat(MappingReason.obtained(request(-1), steps, Rung.NORMAL, 0, 0, 0))
                .startsWith("asked for 1 GiB hugetlb pages: too few are free (reserve with the kernel parameters "
                        + "hugepagesz=1G hugepages=1 or more); then for 2 MiB hugetlb pages: refused (EPERM)")
                .contains("; then for transparent hugepages: not all pages are huge")
                .endsWith("; got normal pages on node 0");
    }

    @Test
    void shouldTellARefusedBindingFromANodeWithoutMemory() {
        assertThat(MappingReason.obtained(request(1), NONE_LEFT, Rung.HUGETLB_2M, 0, KAELIX_E_UNAVAILABLE(), 1))
                .isEqualTo("got 2 MiB hugetlb pages on node 0; not bound to node 1 (EPERM): the system refused mbind "
                        + "(in a container, allow it or add CAP_SYS_NICE)");
        assertThat(MappingReason.obtained(request(1), NONE_LEFT, Rung.HUGETLB_2M, 0, KAELIX_E_UNAVAILABLE(), 22))
                .endsWith("not bound to node 1 (EINVAL): it has no memory, or the cpuset of this process "
                        + "leaves it out");
        assertThat(MappingReason.obtained(request(1), NONE_LEFT, Rung.NORMAL, 0, KAELIX_E_UNAVAILABLE(), 0))
                .endsWith("not bound to node 1: no pages were to be had there");
    }

    @Test
    void shouldSayWhyThereIsNoMemory() {
        assertThat(MappingReason.refused(request(0), List.of(NOT_LEFT, NO_PAGES, NO_PAGES, NO_PAGES), 12))
                .startsWith("asked for 5242880 bytes on node 0: no memory (ENOMEM); ")
                .contains("then for normal pages: no memory (ENOMEM)").endsWith("or ask for less");
    }

    @Test
    void shouldNameTheLimitThatWouldHaveKilledTheProcess() {
        final MappingReason.Step pool = new MappingReason.Step(KAELIX_WHY_LIMIT(), 12, 2_097_152);
        final MappingReason.Step memory = new MappingReason.Step(KAELIX_WHY_LIMIT(), 12, 4_000_000);
        assertThat(MappingReason.refused(request(0), List.of(NOT_LEFT, pool, NO_PAGES, memory), 12))
                .contains("2 MiB hugetlb pages: a cgroup limit of this process leaves 2097152 bytes, and would have killed it "
                        + "(raise hugetlb.2MB.max or ask for less)")
                .contains("normal pages: a cgroup limit of this process leaves 4000000 bytes")
                .contains("raise memory.max");
    }

    @Test
    void shouldSayWhatBecameOfEachPolicy() {
        final MemoryRequest all = MemoryRequest.interleaved(1 << 20, Set.of(), Rung.NORMAL);
        final MemoryRequest two = MemoryRequest.interleaved(1 << 20, Set.of(3, 1), Rung.NORMAL);
        final MemoryRequest local = new MemoryRequest(1 << 20, MemoryPolicy.LOCAL, -1, Set.of(), Rung.NORMAL);
        final MemoryRequest preferring = new MemoryRequest(1 << 20, MemoryPolicy.PREFER, 2, Set.of(), Rung.NORMAL);
        assertThat(MappingReason.obtained(all, NONE_LEFT, Rung.NORMAL, -1, 0, 0))
                .isEqualTo("got normal pages interleaved over all nodes");
        assertThat(MappingReason.obtained(two, NONE_LEFT, Rung.NORMAL, -1, 0, 0))
                .isEqualTo("got normal pages interleaved over nodes 1, 3");
        assertThat(MappingReason.obtained(two, NONE_LEFT, Rung.NORMAL, 1, KAELIX_E_UNAVAILABLE(), 0))
                .isEqualTo("got normal pages on node 1; not interleaved over nodes 1, 3: no pages were to be had there");
        assertThat(MappingReason.obtained(all, NONE_LEFT, Rung.NORMAL, -1, KAELIX_E_UNAVAILABLE(), 1))
                .startsWith("got normal pages; not interleaved over all nodes (EPERM): the system refused mbind");
        assertThat(MappingReason.obtained(local, NONE_LEFT, Rung.NORMAL, 0, 0, 0)).isEqualTo("got normal pages on node 0");
        assertThat(MappingReason.obtained(local, NONE_LEFT, Rung.NORMAL, 0, KAELIX_E_UNAVAILABLE(), 0))
                .contains("; not preferably on the caller's node: no pages");
        assertThat(MappingReason.obtained(preferring, NONE_LEFT, Rung.NORMAL, 0, KAELIX_E_UNAVAILABLE(), 0))
                .contains("; not preferably on node 2: no pages");
    }

    @ParameterizedTest
    @EnumSource(Rung.class)
    void shouldHaveWordsForEveryReason(final Rung rung) {
        for (int why = KAELIX_WHY_NO_PAGES(); why <= KAELIX_WHY_LIMIT() + 1; why++) {
            final MappingReason.Step[] steps = {NOT_LEFT, NOT_LEFT, NOT_LEFT, NOT_LEFT};
            steps[rung.ordinal()] = new MappingReason.Step(why, 77);
            assertThat(MappingReason.refused(request(0), List.of(steps), 0))
                    .matches(".*asked for " + rung.label() + ": .{8,}; .*");
        }
    }
}
