// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.bench.rig.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HtmlReportTest {

    private static final JsonMapper JSON = JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

    @TempDir
    Path dir;

    private Samples samples;

    @BeforeEach
    void seed() {
        samples = new Samples();
    }

    /** Leaves the sample where one can look at it: bench/target/report-sample/index.html. */
    @Test
    void shouldShowEverySystemInBothSections() throws IOException {
        final Path sample = Path.of("target", "report-sample");
        HtmlReport.write(sample, samples.throughput(64, 8, 1024), samples.latency(sample));

        final String page = Files.readString(sample.resolve("index.html"));
        final String throughput = between(page, "<section id=\"throughput\">", "<section id=\"latency\">");
        final String latency = between(page, "<section id=\"latency\">", "<footer");
        assertThat(Samples.SYSTEMS).allSatisfy(system -> {
            assertThat(throughput).contains("<th scope=\"row\">" + system);
            assertThat(latency).contains("<th scope=\"row\">" + system + "</th>");
        });
        assertThat(throughput).contains("<strong>disruptor batch-10000 64</strong>: no such mode, an invented failure");
    }

    @Test
    void shouldLoadNothing() throws IOException {
        HtmlReport.write(dir, samples.throughput(64), samples.latency(dir));

        final String page = Files.readString(dir.resolve("index.html"));
        assertThat(page).contains("default-src &#39;none&#39;");
        final String markup = page.replaceAll("(?s)<script>.*?</script>", "").replaceAll("(?s)<pre>.*?</pre>", "");
        assertThat(markup).doesNotContainPattern("(?i)\\bsrc\\s*=").doesNotContainPattern("(?i)url\\(|@import")
                .doesNotContainPattern("(?i)https?://");
        final Matcher links = Pattern.compile("href=\"([^\"]*)\"").matcher(markup);
        while (links.find()) {
            assertThat(links.group(1)).matches("#.*|data:,|[a-z-]+\\.hgrm");
        }
    }

    @Test
    void shouldKeepTheFiguresInJsonPageAndCsv() throws IOException {
        final Results<Results.Throughput> throughput = samples.throughput(64);
        final Results<Results.Latency> latency = samples.latency(dir);
        HtmlReport.write(dir, throughput, latency);

        assertThat(read(dir.resolve("throughput.json"), Results.Throughput.class)).isEqualTo(throughput);
        assertThat(read(dir.resolve("latency.json"), Results.Latency.class)).isEqualTo(latency);
        final Results.Throughput first = throughput.rows().getFirst();
        final JsonNode bar = figures().get("bars").get(0).get("groups").get(0).get("bars").get(0);
        assertThat(bar.get("system").asString()).isEqualTo(first.system());
        assertThat(bar.get("median").asDouble()).isEqualTo(first.medianPerSecond());
        assertThat(Files.readAllLines(dir.resolve("throughput.csv"))).hasSize(throughput.rows().size() + 1)
                .element(1).asString().startsWith("kaelix,one-by-one,64,1,1," + first.medianPerSecond() + "," + first.minPerSecond());
    }

    @Test
    void shouldDrawTheDistributionInNanoseconds() throws IOException {
        HtmlReport.write(dir, samples.latency(dir));

        final JsonNode points = figures().get("curves").get(0).get("curves").get(0).get("points");
        final double lowest = points.get(0).get(1).asDouble();
        final String firstLine = Files.readAllLines(dir.resolve("kaelix-ping-pong.hgrm")).get(2).strip();
        assertThat(lowest).isEqualTo(Double.parseDouble(firstLine.split("\\s+")[0]) * 1000);
        assertThat(points.get(points.size() - 1).get(0).asDouble()).isBetween(10_000.0, 1e6);
    }

    @Test
    void shouldKeepWhatNamesAndSettingsHoldFromRunning() throws IOException {
        final String evil = "</script><script>alert(1)</script><img src=x onerror=\"alert('2')\"><!--";
        final Results<Results.Throughput> base = samples.throughput(64);
        final String json = JSON.writeValueAsString(base).replace("\"array-blocking-queue\"", JSON.writeValueAsString(evil))
                .replace("\"ring 65536, busy-spin, options of kaelix\"", JSON.writeValueAsString(evil));
        Files.writeString(dir.resolve("throughput.json"), json);
        HtmlReport.render(dir);

        final String page = Files.readString(dir.resolve("index.html"));
        assertThat(between(page, "<body>", "<script type=\"application/json\"")).doesNotContain("<script").doesNotContain("<img")
                .contains("&lt;/script&gt;&lt;script&gt;alert(1)");
        assertThat(Pattern.compile("</script>").matcher(page).results()).hasSize(3);
        assertThat(figures().toString()).contains("onerror");
        assertThat(JSON.treeToValue(figures(), Figures.Drawn.class).bars().getFirst().groups().getFirst().bars())
                .extracting(Figures.Bar::system).contains(evil);
    }

    @Test
    void shouldGiveNoFigureWhereNoMessageWasQuiet() throws IOException {
        final String json = JSON.writeValueAsString(samples.latency(dir));
        Files.writeString(dir.resolve("latency.json"), json.replaceAll("\"quietFraction\":[0-9.]+", "\"quietFraction\":0"));
        HtmlReport.render(dir);

        assertThat(Files.readString(dir.resolve("index.html"))).contains("quiet, none</td><td class=\"number\">–</td>")
                .doesNotContain("quiet, 9");
    }

    @Test
    void shouldRoundWithoutHidingWhatIsSmall() {
        assertThat(Quantity.millions(12_345_678)).isEqualTo("12.3");
        assertThat(Quantity.column(2_073)).isEqualTo("0.00207");
        assertThat(Quantity.column(137_371_234)).isEqualTo("137.37");
        assertThat(Quantity.times(0.004)).isEqualTo("0.00400×");
        assertThat(Quantity.times(0)).isEqualTo("–");
        assertThat(Quantity.nanos(95)).isEqualTo("95\u202fns");
        assertThat(Quantity.nanos(1_250)).isEqualTo("1.25\u202fµs");
    }

    @Test
    void shouldSayWhereThreadsShareCores() throws IOException {
        HtmlReport.write(dir, samples.throughput(64));

        final String page = Files.readString(dir.resolve("index.html"));
        assertThat(between(page, "several publishers or subscribers.</strong>", "</figcaption>"))
                .contains("up to 5 on 2: they share cores");
        assertThat(between(page, "one publisher, one subscriber.</strong>", "</figcaption>")).doesNotContain("share cores");
    }

    @Test
    void shouldAddLatencyToTheThroughputThatIsThere() throws IOException {
        HtmlReport.write(dir, samples.throughput(64));
        assertThat(Files.readString(dir.resolve("index.html"))).doesNotContain("<section id=\"latency\">");
        HtmlReport.write(dir, samples.latency(dir));
        assertThat(Files.readString(dir.resolve("index.html"))).contains("<section id=\"throughput\">", "<section id=\"latency\">");
    }

    @Test
    void shouldNameTheMissingDistributionAndWriteNothing() throws IOException {
        final Results<Results.Latency> latency = samples.latency(dir);
        Files.delete(dir.resolve("disruptor-paced.hgrm"));

        assertThatThrownBy(() -> HtmlReport.write(dir, latency)).isInstanceOf(IOException.class)
                .hasMessageContaining("disruptor-paced.hgrm").hasMessageContaining("disruptor paced one-by-one 64 bytes")
                .hasMessageContaining("kaelix bench latency --report").hasMessageNotContaining("\n");
        assertThat(dir.resolve("latency.json")).doesNotExist();
    }

    @Test
    void shouldRefuseADistributionOutsideTheDirectory() throws IOException {
        final String json = JSON.writeValueAsString(samples.latency(dir)).replace("\"kaelix-paced.hgrm\"", "\"../kaelix-paced.hgrm\"");
        Files.writeString(dir.resolve("latency.json"), json);

        assertThatThrownBy(() -> HtmlReport.render(dir)).isInstanceOf(IOException.class).hasMessageContaining("no plain file name");
    }

    @Test
    void shouldRefuseBrokenInputInOneLine() throws IOException {
        assertThatThrownBy(() -> HtmlReport.render(dir)).isInstanceOf(IOException.class).hasMessageContaining("holds neither");
        Files.writeString(dir.resolve("throughput.json"), "{\"rows\": 7}");
        assertThatThrownBy(() -> HtmlReport.render(dir)).isInstanceOf(IOException.class).hasMessageContaining("throughput.json")
                .hasMessageNotContaining("\n");
        final Results<Results.Throughput> throughput = samples.throughput(64);
        assertThatThrownBy(() -> HtmlReport.write(dir, throughput, throughput)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two results of one kind");
    }

    @Test
    void shouldNameTheLineOfABrokenDistribution() throws IOException {
        final Path file = Files.write(dir.resolve("broken.hgrm"),
                List.of("Value Percentile TotalCount 1/(1-Percentile)", "", "fast 0.5 1 2.00"));

        assertThatThrownBy(() -> PercentileFile.read(file)).isInstanceOf(IOException.class).hasMessageContaining("broken.hgrm line 3");
    }

    private JsonNode figures() throws IOException {
        final String page = Files.readString(dir.resolve("index.html"));
        return JSON.readTree(between(page, "<script type=\"application/json\" id=\"figures\">", "</script>"));
    }

    private static <R extends Results.Row> Results<R> read(final Path file, final Class<R> row) {
        return JSON.readValue(file, JSON.getTypeFactory().constructParametricType(Results.class, row));
    }

    private static String between(final String text, final String from, final String to) {
        final int start = text.indexOf(from);
        assertThat(start).as("place of %s", from).isNotNegative();
        final int end = text.indexOf(to, start);
        assertThat(end).as("place of %s after %s", to, from).isNotNegative();
        return text.substring(start, end).substring(from.length());
    }
}
