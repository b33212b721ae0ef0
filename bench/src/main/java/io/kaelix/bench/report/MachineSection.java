// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import io.kaelix.bench.rig.Results;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where the figures come from: machine, what the machine itself can do, and the commands that give the figures again. */
final class MachineSection {

    private MachineSection() {
    }

    static void write(final Html html, final List<Results<?>> runs) {
        html.open("section", "id", "machine").element("h2", "Machine");
        final List<Results.Environment> environments = runs.stream().map(Results::environment).distinct().toList();
        for (final Results.Environment environment : environments) {
            if (environments.size() > 1) {
                html.element("h3", "Measured " + at(runs.stream().filter(run -> run.environment().equals(environment)).toList()));
            }
            environment(html, environment);
        }
        if (environments.size() > 1) {
            html.element("p", "Throughput and latency were measured in different environments: do not compare one with the other.",
                    "class", "note");
        }
        html.element("h3", "Run it again");
        for (final Results<?> run : runs) {
            html.open("div", "class", "command").element("pre", run.command()).element("p", "Started " + run.startedAt()).close();
        }
        floors(html, runs);
        html.close();
    }

    private static void environment(final Html html, final Results.Environment environment) {
        html.open("dl", "class", "facts");
        fact(html, "CPU", environment.cpu());
        fact(html, "CPUs for the threads under test", Integer.toString(environment.cpus()));
        fact(html, "Kernel", environment.kernel());
        fact(html, "JVM", environment.jvm());
        fact(html, "Instruction set of the kernels", environment.isa());
        fact(html, "Page size of a lane", bytes(environment.pageBytes()));
        fact(html, "Memory node of a lane", environment.node() < 0 ? "not known" : Integer.toString(environment.node()));
        fact(html, "Kaelix", environment.kaelix());
        html.close();
    }

    private static void fact(final Html html, final String name, final String value) {
        html.open("div").element("dt", name).element("dd", value == null ? "–" : value).close();
    }

    private static void floors(final Html html, final List<Results<?>> runs) {
        final List<Map<String, Object>> all = runs.stream().map(Results::floors).filter(floors -> floors != null && !floors.isEmpty())
                .distinct().toList();
        if (all.isEmpty()) {
            return;
        }
        html.element("h3", "Floors").element("p", "What C does on this machine with as little work as can be, measured in the same run."
                + " Floors of single trials stand beside the systems below.");
        html.open("div", "class", "columns");
        for (final Map<String, Object> floors : all) {
            html.open("div", "class", "scroll").open("table", "class", "floors").open("thead").open("tr")
                    .element("th", all.size() == 1 ? "Probe" : "Probe, run of " + at(runs.stream()
                            .filter(run -> floors.equals(run.floors())).toList()), "scope", "col")
                    .element("th", "Found", "scope", "col", "class", "number").close().close().open("tbody");
            for (final Floor floor : flat(floors)) {
                html.open("tr").element("th", floor.name(), "scope", "row").element("td", floor.value(), "class", "number").close();
            }
            html.close().close().close();
        }
        html.close();
    }

    private static String at(final List<Results<?>> runs) {
        return runs.getFirst().startedAt();
    }

    /** One figure of the machine. */
    private record Floor(String name, String value) {
    }

    private static List<Floor> flat(final Map<String, Object> floors) {
        final List<Floor> flat = new ArrayList<>();
        floors.forEach((key, value) -> flatten("", key, value, flat));
        return flat;
    }

    private static void flatten(final String path, final String key, final Object value, final List<Floor> into) {
        final String name = path.isEmpty() ? words(key) : path + ", " + words(key);
        switch (value) {
            case null -> into.add(new Floor(name, "–"));
            case Map<?, ?> map -> map.forEach((inner, found) -> {
                // A probe's own name inside it says nothing new.
                if (!inner.equals("mode")) {
                    flatten(name, inner.toString(), found, into);
                }
            });
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    flatten(path, key.replaceFirst("s$", "") + " " + (i + 1), list.get(i), into);
                }
            }
            case Number number -> into.add(new Floor(withoutUnit(name), withUnit(key, number.doubleValue())));
            default -> into.add(new Floor(name, value.toString()));
        }
    }

    /** {@code oneWayNanos} as {@code one way nanos}. */
    private static String words(final String key) {
        return key.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toLowerCase(Locale.ROOT).replaceAll("\\bcpu\\b", "CPU")
                .replaceAll("\\btcp\\b", "TCP");
    }

    private static String withoutUnit(final String name) {
        return name.replaceFirst(" ?nanos$", "").replaceFirst("fraction$", "share")
                .replaceFirst("(bytes )?per second$", "rate").replaceFirst(", $", "");
    }

    private static String withUnit(final String key, final double value) {
        if (key.matches("(?i).*nanos|p50|p90|p99+|max")) {
            return Quantity.nanos(value);
        }
        if (key.matches("(?i).*bytesPerSecond")) {
            return Quantity.bytesPerSecond(value);
        }
        if (key.matches("(?i).*perSecond")) {
            return Quantity.perSecond(value);
        }
        if (key.matches("(?i).*fraction")) {
            return Quantity.percent(value);
        }
        return value == Math.rint(value) ? Long.toString((long) value) : Quantity.digits(value);
    }

    private static String bytes(final long bytes) {
        return bytes >= 1 << 20 && bytes % (1 << 20) == 0 ? (bytes >> 20) + " MiB"
                : bytes >= 1 << 10 && bytes % (1 << 10) == 0 ? (bytes >> 10) + " KiB" : bytes + " bytes";
    }
}
