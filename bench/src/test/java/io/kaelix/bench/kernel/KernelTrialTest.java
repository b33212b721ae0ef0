// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a JVM of its own, as it is meant to run: the Vector API is a module that a JVM has only if it asks for it. */
class KernelTrialTest {

    @TempDir
    private Path directory;

    private String run(final List<String> options, final String measured) throws Exception {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dkaelix.platform=portable", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), KernelTrial.class.getName(), "100", "1", measured));
        final Path output = directory.resolve("output");
        final Path errors = directory.resolve("errors");
        final Process process = new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
        assertThat(process.waitFor()).as(Files.readString(errors, StandardCharsets.UTF_8)).isZero();
        return Files.readString(output, StandardCharsets.UTF_8);
    }

    @Test
    void shouldMeasureTheFiltersByTheVectorApi() throws Exception {
        assertThat(run(List.of("--add-modules", KernelTrial.VECTOR_MODULE), KernelTrial.VECTOR_API))
                .contains("\"filter int64 > x, 50%|values|100|1.0\":{\"vector api\":")
                .contains("\"filter int32 > x, 50%|values|100|1.0\":{\"vector api\":")
                .contains("\"filter double > x, 50%|values|100|1.0\":{\"vector api\":")
                .contains("\"pack pieces of 64 bytes|bytes|6400|1.0\":{}");
    }

    @Test
    void shouldMeasureNothingByTheVectorApiWhereItsModuleIsMissing() throws Exception {
        assertThat(run(List.of(), KernelTrial.VECTOR_API)).doesNotContain("\"vector api\"").contains("filter int64");
    }
}
