// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import io.kaelix.bench.rig.Results;
import java.util.List;
import java.util.stream.Collectors;

/** Throughput for spreadsheets, as RFC 4180 has it; rates in messages a second, the rounds' separated by spaces. */
final class ThroughputCsv {

    private static final String HEADER = "system,mode,payload_bytes,publishers,subscribers,median_per_second,min_per_second,"
            + "max_per_second,rounds_per_second,of_floor,lost_fraction,version,settings";

    private ThroughputCsv() {
    }

    static String of(final Results<Results.Throughput> results) {
        return results.rows().stream()
                .map(row -> line(List.of(row.system(), row.mode(), row.payload(), row.publishers(), row.subscribers(),
                        row.medianPerSecond(), row.minPerSecond(), row.maxPerSecond(),
                        row.perSecond().stream().map(String::valueOf).collect(Collectors.joining(" ")), row.ofFloor(),
                        row.lostFraction(), text(row.version()), text(row.settings()))))
                .collect(Collectors.joining("", HEADER + "\r\n", ""));
    }

    private static String line(final List<Object> fields) {
        return fields.stream().map(ThroughputCsv::field).collect(Collectors.joining(",", "", "\r\n"));
    }

    private static String field(final Object value) {
        final String text = value.toString();
        return text.matches("[^\",\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    private static String text(final String value) {
        return value == null ? "" : value;
    }
}
