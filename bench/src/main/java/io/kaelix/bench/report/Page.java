// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import io.kaelix.bench.rig.Results;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * The page around the sections: style, scripts, licences of what draws, and the policy that lets nothing else run or load.
 *
 * <pre>
 *   Content-Security-Policy: default-src 'none'; script-src (hashes of the two scripts); style-src inline; img-src data:
 * </pre>
 */
final class Page {

    private static final String WEBJARS = "/META-INF/resources/webjars/";
    private static final String MAVEN = "/META-INF/maven/org.webjars.npm/";

    private Page() {
    }

    /**
     * @param runs that the page shows, at least one
     * @param sections HTML of them
     * @param drawn the figures' JSON
     */
    static String of(final List<Results<?>> runs, final String sections, final String drawn) throws IOException {
        final String echarts = version("echarts");
        final String zrender = version("zrender");
        final String library = resource(WEBJARS + "echarts/" + echarts + "/dist/echarts.min.js");
        final String script = resource("report.js");
        final Html html = new Html();
        html.trusted("<!doctype html>\n").open("html", "lang", "en").open("head").empty("meta", "charset", "utf-8")
                .empty("meta", "http-equiv", "Content-Security-Policy", "content", "default-src 'none'; script-src " + hash(library) + " "
                        + hash(script) + "; style-src 'unsafe-inline'; img-src data:")
                .empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
                .empty("meta", "name", "color-scheme", "content", "light dark").empty("link", "rel", "icon", "href", "data:,")
                .element("title", "Kaelix bench, " + runs.getFirst().startedAt())
                .trusted("\n<style>\n" + resource("report.css") + "</style>\n").close();
        html.open("body").open("main").open("header").element("h1", "Kaelix MemoryStreamer, measured beside its peers")
                .element("p", "Kaelix " + runs.getFirst().environment().kaelix() + " on " + runs.getFirst().environment().cpu() + ", "
                        + runs.getFirst().startedAt(), "class", "subtitle");
        contents(html, runs);
        html.close().trusted(sections);
        footer(html, echarts, zrender);
        html.close();
        html.trusted("<script type=\"application/json\" id=\"figures\">" + inert(drawn) + "</script>\n<script>" + library
                + "</script>\n<script>" + script + "</script>\n").close().close();
        return html.toString();
    }

    private static void contents(final Html html, final List<Results<?>> runs) {
        html.open("nav").element("a", "Machine", "href", "#machine");
        for (final Results<?> run : runs) {
            final String section = switch (run.rows().getFirst()) {
                case Results.Throughput row -> "Throughput";
                case Results.Latency row -> "Latency";
                case Results.Kernel row -> "Kernels";
            };
            html.element("a", section, "href", "#" + section.toLowerCase(Locale.ROOT));
        }
        html.element("a", "Raw figures", "href", "#raw").close();
    }

    private static void footer(final Html html, final String echarts, final String zrender) throws IOException {
        html.open("footer", "id", "raw").open("p").text("Raw figures beside this page: throughput.json, throughput.csv, latency.json and"
                + " the distributions, *.hgrm, in HdrHistogram's percentile format, microseconds.").close();
        html.open("p").text("Plots by Apache ECharts " + echarts + ", Apache License 2.0, with ZRender " + zrender + " and parts of d3.js,"
                + " BSD 3-Clause.").close();
        html.open("details").element("summary", "Licences of what draws the plots");
        for (final String licence : List.of("echarts/" + echarts + "/NOTICE", "echarts/" + echarts + "/LICENSE",
                "echarts/" + echarts + "/licenses/LICENSE-d3", "zrender/" + zrender + "/LICENSE")) {
            html.element("pre", resource(WEBJARS + licence).strip());
        }
        html.close().close();
    }

    /** JSON that cannot end the script element it stands in, nor start a comment there. */
    private static String inert(final String json) {
        return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
    }

    private static String hash(final String script) {
        try {
            final byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String version(final String artifact) throws IOException {
        final Properties properties = new Properties();
        try (InputStream in = stream(MAVEN + artifact + "/pom.properties")) {
            properties.load(in);
        }
        return properties.getProperty("version");
    }

    /** Text of a resource, with line ends as the HTML parser makes them, which is what the hashes are over. */
    private static String resource(final String name) throws IOException {
        try (InputStream in = stream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        }
    }

    private static InputStream stream(final String name) throws IOException {
        final InputStream in = Page.class.getResourceAsStream(name);
        if (in == null) {
            throw new IOException("resource " + name + " is not on the class path; start the bench with bench/target/lib/* on it");
        }
        return in;
    }
}
