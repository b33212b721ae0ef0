// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CatalogueTest {

    private static final int MESSAGES = 50_000;

    @TempDir
    private Path folder;

    static Stream<Arguments> withoutOptions() {
        return Catalogue.everything().stream()
                .filter(entry -> entry.jvmOptions().isEmpty())
                .flatMap(entry -> DeliveryRun.PAYLOADS.stream().map(payload -> Arguments.of(DeliveryRun.name(entry), payload, entry)));
    }

    @ParameterizedTest(name = "{0} with {1} bytes")
    @MethodSource("withoutOptions")
    @Timeout(60)
    void shouldDeliverEachMessageOnceWholeAndInOrder(final String name, final int payload, final Catalogue.Entry entry) throws Exception {
        final Load load = new Load(payload, entry.publishers(), entry.subscribers());
        assertThat(Delivery.check(entry.scenario().get(), load, MESSAGES)).as(name).isEmpty();
    }

    static Stream<Arguments> withOptions() {
        return Catalogue.entries().stream()
                .filter(entry -> !entry.jvmOptions().isEmpty())
                .collect(Collectors.groupingBy(Catalogue.Entry::jvmOptions, LinkedHashMap::new, Collectors.mapping(DeliveryRun::name,
                        Collectors.toList())))
                .entrySet().stream()
                .map(group -> Arguments.of(group.getValue(), group.getKey()));
    }

    /** One JVM for all that need the same options. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("withOptions")
    @Timeout(120)
    void shouldDeliverEachMessageOnceWholeAndInOrderWithItsOptions(final List<String> names, final List<String> options) throws Exception {
        final String[] expected = names.stream()
                .flatMap(name -> DeliveryRun.PAYLOADS.stream().map(payload -> DeliveryRun.line(name, payload, DeliveryRun.SOUND)))
                .toArray(String[]::new);
        final Path errors = folder.resolve("stderr");
        assertThat(fork(options, names, errors)).as(() -> text(errors)).containsExactly(expected);
        assertThat(text(errors)).doesNotContain("WARNING");
    }

    /** Lines of its stdout, which no system may write to. */
    private static List<String> fork(final List<String> options, final List<String> names, final Path errors)
            throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), DeliveryRun.class.getName(),
                Integer.toString(MESSAGES)));
        command.addAll(names);
        final Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.lines().toList();
    }

    private static String text(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException e) {
            return "cannot read " + file + ": " + e.getMessage();
        }
    }

    @Test
    void shouldNameEachSystemAndModeOnce() {
        assertThat(Catalogue.everything()).extracting(DeliveryRun::name).doesNotHaveDuplicates().contains("kaelix-telemetry/batch-64")
                .hasSizeGreaterThan(Catalogue.entries().size());
        assertThat(Catalogue.entries()).extracting(Catalogue.Entry::system).doesNotContain("kaelix-telemetry");
        assertThat(Catalogue.entries().get(0).system()).isEqualTo("kaelix");
    }

    @Test
    void shouldKnowTheVersionOfEachPeer() {
        assertThat(Catalogue.entries()).filteredOn(entry -> !entry.system().equals("kaelix"))
                .allSatisfy(entry -> assertThat(entry.version()).as(entry.system()).matches("[0-9]+(\\.[0-9]+)+.*"));
    }
}
