// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import io.kaelix.bench.rig.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the report of a run into a directory:
 *
 * <pre>
 *   index.html        the report: tables and plots, one page that loads nothing
 *   throughput.json   the figures of {@link io.kaelix.bench.rig.Results.Throughput}
 *   throughput.csv    the same for a spreadsheet
 *   latency.json      the figures of {@link io.kaelix.bench.rig.Results.Latency}
 *   kernels.json      the figures of {@link io.kaelix.bench.rig.Results.Kernel}
 *   *.hgrm            the distributions, put there by the latency bench before
 * </pre>
 *
 * <p>They may come one after the other: the page shows what the directory holds, each with its own command, time and
 * machine. Methods block on files; one thread at a time per directory.
 */
public final class HtmlReport {

    private static final String THROUGHPUT = "throughput.json";
    private static final String LATENCY = "latency.json";
    private static final String KERNELS = "kernels.json";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private HtmlReport() {
    }

    /**
     * Puts results into the directory and renders it.
     *
     * @param dir made if it is not there; holds the {@code .hgrm} files that latency rows name
     * @param results of throughput, latency or kernels, or one of each; they replace the directory's of the same kind
     * @throws IllegalArgumentException if results hold no row, rows of several kinds, or two of them are of one kind
     * @throws IOException in one line: what is missing or broken, where, and the remedy. A missing distribution is found before
     *         anything is written
     */
    public static void write(final Path dir, final Results<?>... results) throws IOException {
        final Set<String> names = new HashSet<>();
        for (final Results<?> result : results) {
            if (!names.add(fileName(result))) {
                throw new IllegalArgumentException("two results of one kind for " + fileName(result) + "; a page holds one of each");
            }
            for (final Results.Row row : result.rows()) {
                if (row instanceof Results.Latency latency) {
                    LatencySection.distribution(dir, latency);
                }
            }
        }
        Files.createDirectories(dir);
        for (final Results<?> result : results) {
            JSON.writeValue(dir.resolve(fileName(result)), result);
        }
        render(dir);
    }

    /**
     * Writes {@code index.html} and {@code throughput.csv} from the JSON and the distributions in a directory.
     *
     * @throws IOException in one line: what is missing or broken, where, and the remedy
     */
    public static void render(final Path dir) throws IOException {
        final Results<Results.Throughput> throughput = read(dir.resolve(THROUGHPUT), Results.Throughput.class);
        final Results<Results.Latency> latency = read(dir.resolve(LATENCY), Results.Latency.class);
        final Results<Results.Kernel> kernels = read(dir.resolve(KERNELS), Results.Kernel.class);
        if (throughput == null && latency == null && kernels == null) {
            throw new IOException(dir + " holds neither " + THROUGHPUT + " nor " + LATENCY + " nor " + KERNELS
                    + "; run 'kaelix bench throughput --report " + dir + "' first");
        }
        final List<Results<?>> runs = new ArrayList<>();
        final Figures figures = new Figures();
        final Html body = new Html();
        if (throughput != null) {
            runs.add(throughput);
            new ThroughputSection(throughput, figures).write(body);
            Files.writeString(dir.resolve("throughput.csv"), ThroughputCsv.of(throughput));
        }
        if (latency != null) {
            runs.add(latency);
            new LatencySection(latency, dir, figures).write(body);
        }
        if (kernels != null) {
            runs.add(kernels);
            new KernelSection(kernels).write(body);
        }
        final Html machine = new Html();
        MachineSection.write(machine, runs);
        final String drawn = JsonMapper.builder().build().writeValueAsString(figures.drawn());
        Files.writeString(dir.resolve("index.html"), Page.of(runs, machine.toString() + body, drawn));
    }

    private static String fileName(final Results<?> results) {
        final Set<String> files = results.rows().stream().map(HtmlReport::fileOf).collect(Collectors.toSet());
        if (files.size() != 1) {
            throw new IllegalArgumentException("results of '" + results.command() + "' "
                    + (files.isEmpty() ? "hold no row" : "mix rows of several kinds; give them apart"));
        }
        return files.iterator().next();
    }

    private static String fileOf(final Results.Row row) {
        return switch (row) {
            case Results.Throughput throughput -> THROUGHPUT;
            case Results.Latency latency -> LATENCY;
            case Results.Kernel kernel -> KERNELS;
        };
    }

    private static <R extends Results.Row> Results<R> read(final Path file, final Class<R> row) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        final JavaType type = JSON.getTypeFactory().constructParametricType(Results.class, row);
        try {
            return JSON.readValue(file, type);
        } catch (final JacksonException e) {
            throw new IOException(file + " is no result of this bench: " + e.getOriginalMessage() + "; remove it or measure again", e);
        }
    }
}
