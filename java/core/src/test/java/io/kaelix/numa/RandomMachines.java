// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

import io.kaelix.platform.topology.NumaTopology;
import io.kaelix.platform.topology.NumaTopology.Cache;
import io.kaelix.platform.topology.NumaTopology.CacheType;
import io.kaelix.platform.topology.NumaTopology.Cpu;
import io.kaelix.platform.topology.NumaTopology.Hugepages;
import io.kaelix.platform.topology.NumaTopology.Limits;
import io.kaelix.platform.topology.NumaTopology.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Machines of every shape that the topology can describe: gaps, siblings, caches or none, offline, forbidden, memory alone. */
final class RandomMachines {

    private RandomMachines() {
    }

    static Arbitrary<NumaTopology> any() {
        return Arbitraries.longs().map(seed -> machine(new Random(seed)));
    }

    private static NumaTopology machine(final Random random) {
        final int nodeCount = 1 + random.nextInt(5);
        final int threads = 1 + random.nextInt(2);
        final boolean cachesTold = random.nextBoolean();
        final List<Node> nodes = new ArrayList<>();
        final List<Cpu> cpus = new ArrayList<>();
        final List<Cache> caches = new ArrayList<>();
        final int[] distances = random.ints(nodeCount * nodeCount, 11, 50).toArray();
        int cpu = 0;
        int id = 0;
        for (int i = 0; i < nodeCount; i++) {
            id += random.nextInt(3) + (i == 0 ? 0 : 1);
            final int groups = random.nextInt(3);
            final List<Integer> own = new ArrayList<>();
            for (int group = 0; group < groups; group++) {
                final List<Integer> sharing = new ArrayList<>();
                for (int core = random.nextInt(4); core >= 0; core--) {
                    final int first = cpu;
                    for (int thread = 0; thread < threads; thread++, cpu++) {
                        final boolean online = random.nextInt(5) > 0;
                        cpus.add(new Cpu(cpu, online ? id : -1, online ? i : -1, online ? first : cpu, online, random.nextInt(4) > 0));
                        if (online) {
                            sharing.add(cpu);
                        }
                    }
                }
                own.addAll(sharing);
                if (cachesTold && !sharing.isEmpty()) {
                    caches.add(new Cache(3, CacheType.UNIFIED, 32 << 20, sharing));
                }
            }
            nodes.add(node(random, id, i, own, nodeCount, distances));
        }
        if (cpus.stream().noneMatch(Cpu::usable)) {
            nodes.set(0, withCpu(nodes.getFirst(), cpu));
            cpus.add(new Cpu(cpu, nodes.getFirst().id(), 0, cpu, true, true));
        }
        final List<Integer> allowed = cpus.stream().filter(Cpu::allowed).map(Cpu::id).toList();
        final double quota = random.nextBoolean() ? Double.POSITIVE_INFINITY : 0.5 + random.nextInt(4);
        return new NumaTopology(nodes, cpus, caches, new Limits(allowed, List.of(), quota, "a test"), List.of());
    }

    private static Node node(final Random random, final int id, final int index, final List<Integer> own, final int nodeCount,
            final int[] distances) {
        final List<Integer> row = new ArrayList<>();
        for (int to = 0; to < nodeCount; to++) {
            final int symmetric = distances[Math.min(index, to) * nodeCount + Math.max(index, to)];
            row.add(index == to ? NumaTopology.LOCAL_DISTANCE : symmetric == 49 ? NumaTopology.UNKNOWN : symmetric);
        }
        final long memory = random.nextInt(4) == 0 ? 0 : 1L << 20 + random.nextInt(15);
        final long free = random.nextInt(8) == 0 ? NumaTopology.UNKNOWN : memory / (1 + random.nextInt(4));
        return new Node(id, own, memory, free, row, List.of(new Hugepages(2 << 20, 4, random.nextInt(4))), random.nextInt(5) > 0);
    }

    private static Node withCpu(final Node node, final int cpu) {
        final List<Integer> more = new ArrayList<>(node.cpus());
        more.add(cpu);
        return new Node(node.id(), more, node.memoryBytes(), node.freeBytes(), node.distances(), node.hugepages(), node.memoryAllowed());
    }
}
