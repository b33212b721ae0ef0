// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.report;

import io.kaelix.numa.PlacementPlan;
import io.kaelix.platform.LibNuma;
import io.kaelix.platform.topology.NumaTopology;
import java.util.Locale;

/** A machine, and a plan for it, as one JSON object in one line; the help of {@code kaelix topology} describes it. */
public final class TopologyJson {

    private final JsonWriter json = new JsonWriter();

    private TopologyJson() {
    }

    /**
     * The object's text, line ended.
     *
     * @param plan may be null
     */
    public static String of(final NumaTopology machine, final LibNuma.Testimony libnuma, final PlacementPlan plan) {
        final TopologyJson report = new TopologyJson();
        report.json.beginObject();
        report.machine(machine);
        report.json.beginObject("libnuma").field("verdict", libnuma.verdict().name().toLowerCase(Locale.ROOT)).field("text", libnuma.text())
                .endObject();
        if (plan != null) {
            report.plan(plan);
        }
        return report.json.endObject().text() + '\n';
    }

    private void machine(final NumaTopology machine) {
        json.beginArray("nodes");
        machine.nodes().forEach(this::node);
        json.endArray().beginArray("cpus");
        for (final NumaTopology.Cpu cpu : machine.cpus()) {
            json.beginElement().field("id", cpu.id()).field("node", told(cpu.node())).field("socket", told(cpu.socket()))
                    .field("core", cpu.core()).field("online", cpu.online()).field("allowed", cpu.allowed()).endObject();
        }
        json.endArray().beginArray("caches");
        for (final NumaTopology.Cache cache : machine.caches()) {
            json.beginElement().field("level", cache.level()).field("type", cache.type().name().toLowerCase(Locale.ROOT))
                    .field("bytes", told(cache.bytes())).numbers("cpus", cache.cpus()).endObject();
        }
        json.endArray();
        final NumaTopology.Limits limits = machine.limits();
        json.beginObject("limits").numbers("cpus", limits.cpus()).numbers("nodes", limits.nodes());
        if (limits.hasQuota()) {
            json.field("cpuQuota", limits.cpuQuota(), 3);
        } else {
            json.field("cpuQuota", (Long) null);
        }
        json.field("quotaSource", limits.quotaSource()).endObject().texts("unknowns", machine.unknowns());
    }

    private void node(final NumaTopology.Node node) {
        json.beginElement().field("id", node.id()).numbers("cpus", node.cpus()).field("memoryBytes", told(node.memoryBytes()))
                .field("freeBytes", told(node.freeBytes())).field("memoryAllowed", node.memoryAllowed());
        json.numbers("distances", node.distances().stream().map(distance -> distance == NumaTopology.UNKNOWN ? null : distance).toList());
        json.beginArray("hugepages");
        for (final NumaTopology.Hugepages pages : node.hugepages()) {
            json.beginElement().field("pageBytes", pages.pageBytes()).field("total", told(pages.total())).field("free", told(pages.free()))
                    .endObject();
        }
        json.endArray().endObject();
    }

    private void plan(final PlacementPlan plan) {
        json.beginObject("plan").field("goal", plan.goal().label()).beginArray("workers");
        for (final PlacementPlan.WorkerPlace place : plan.workers()) {
            json.beginElement().field("worker", place.worker()).field("cpu", place.cpu()).field("node", place.node())
                    .field("reason", place.reason()).endObject();
        }
        json.endArray().beginArray("lanes");
        for (final PlacementPlan.LanePlace place : plan.lanes()) {
            json.beginElement().field("lane", place.lane()).field("node", place.node()).field("reason", place.reason()).endObject();
        }
        json.endArray().texts("notes", plan.notes()).endObject();
    }

    private static Long told(final long value) {
        return value == NumaTopology.UNKNOWN ? null : value;
    }
}
