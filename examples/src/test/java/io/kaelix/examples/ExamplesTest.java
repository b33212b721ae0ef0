// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs the examples as a user does: in a JVM of their own, on the module path and on the class path. */
class ExamplesTest {

    private static final String MODULE = "io.kaelix.examples";

    /** What ours need of others. */
    private static final List<String> NEEDED = List.of("org.tomlj");

    /** Where these modules are: on the class path of this test, as jars or as folders of classes. */
    private static final String OURS = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> ModuleFinder.of(Path.of(entry)).findAll().stream().anyMatch(ExamplesTest::isOurs))
            .collect(Collectors.joining(File.pathSeparator));

    private enum Start {
        MODULE_PATH,
        CLASS_PATH;

        List<String> arguments(final Class<?> program) {
            return switch (this) {
                case MODULE_PATH -> List.of("--enable-native-access=io.kaelix", "--module-path", OURS,
                        "--module", MODULE + "/" + program.getName());
                case CLASS_PATH -> List.of("--enable-native-access=ALL-UNNAMED", "--class-path", OURS, program.getName());
            };
        }
    }

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void shouldReceiveAllOrdersOfBothPublishers(final Start start) throws Exception {
        assertThat(run(PublishSubscribe.class, start)).containsExactly(
                "orders.eu: 100000 orders, quantity 5000050000",
                "orders.us: 100000 orders, quantity 5000050000");
    }

    @ParameterizedTest
    @EnumSource
    void shouldReceiveAllBatches(final Start start) throws Exception {
        assertThat(run(Batches.class, start)).singleElement().asString()
                .matches("5000000 messages in batches of 64, \\d+[.,]\\d million a second, total 6249998750000");
    }

    /** What the program prints, given that it ends well and that nobody, the JVM included, complains. */
    private List<String> run(final Class<?> program, final Start start) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        final String platform = System.getProperty("kaelix.platform", "");
        if (!platform.isEmpty()) {
            command.add("-Dkaelix.platform=" + platform);
        }
        command.addAll(start.arguments(program));
        final Path out = folder.resolve("out");
        final Path err = folder.resolve("err");
        final Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("it ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(err).content().as("what it complains about").isEmpty();
        assertThat(process.exitValue()).isZero();
        return Files.readAllLines(out);
    }

    private static boolean isOurs(final ModuleReference module) {
        final String name = module.descriptor().name();
        return name.equals("io.kaelix") || name.startsWith("io.kaelix.") || NEEDED.contains(name);
    }
}
