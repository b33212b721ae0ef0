// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.jna;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The platform as a user meets it: a Java process with options, and what it prints. */
class JnaProcessTest {

    private static final String ACCESS = "--enable-native-access=ALL-UNNAMED";
    private static final String JNA = "-Dkaelix.platform=jna";

    @TempDir
    private Path folder;

    private record Printed(String out, String err) {
    }

    private Printed run(final String... options) throws Exception {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), StreamingProgram.class.getName()));
        final Path out = folder.resolve("out");
        final Path err = folder.resolve("err");
        final ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        // Options from outside would be announced on stderr, which is judged here.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "KAELIX_FORCE_ISA"));
        assertThat(builder.start().waitFor()).isZero();
        return new Printed(Files.readString(out).strip(), Files.readString(err).strip());
    }

    @Test
    void shouldStreamThroughJnaAndPrintNothingElse() throws Exception {
        final Printed printed = run(ACCESS, JNA);
        assertThat(printed.out()).isEqualTo("hello through jna, kernels java");
        assertThat(printed.err()).isEmpty();
    }

    @Test
    void shouldNotBeChosenUnlessItIsNamed() throws Exception {
        final Printed printed = run(ACCESS);
        assertThat(printed.out()).startsWith("hello through ffm");
        assertThat(printed.err()).isEmpty();
    }

    @Test
    void shouldNotFallBackWhenTheLibraryIsMissing() throws Exception {
        final Printed printed = run(ACCESS, JNA, "-Dkaelix.native.path=/nonexistent");
        assertThat(printed.out()).startsWith("refused: -Dkaelix.platform=jna asks for a platform that is not available: ")
                .contains("there is no file /nonexistent");
        assertThat(printed.err()).isEmpty();
    }

    @Test
    void shouldSayWhyJnaItselfCannotBeLoaded() throws Exception {
        final Printed printed = run(ACCESS, JNA, "-Djna.boot.library.path=/nonexistent", "-Djna.nounpack=true", "-Djna.nosys=true",
                "-Djna.noclasspath=true");
        assertThat(printed.out()).startsWith("refused: -Dkaelix.platform=jna asks for a platform that is not available: JNA cannot call ")
                .contains("-Djna.tmpdir=<folder>").doesNotContain("\n");
        assertThat(printed.err()).isEmpty();
    }

    @Test
    void shouldNameTheOptionThatIsMissingBeforeTheJvmWarns() throws Exception {
        final Printed printed = run(JNA);
        assertThat(printed.out()).contains("native access is not enabled for the class path; start Java with " + ACCESS);
        assertThat(printed.err()).isEmpty();
    }
}
