// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The choice as a user meets it: a Java process with options, and what it prints. */
class PlatformProcessTest {

    private static final String ACCESS = "--enable-native-access=ALL-UNNAMED";

    @TempDir
    private Path folder;

    private record Printed(String out, String err) {
    }

    private Printed run(final Map<String, String> environment, final String... options) throws Exception {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), PlatformProbe.class.getName()));
        final Path out = folder.resolve("out");
        final Path err = folder.resolve("err");
        final ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile())
                .redirectError(err.toFile());
        // Options from outside would be announced on stderr, which is judged here.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "KAELIX_FORCE_ISA"));
        builder.environment().putAll(environment);
        assertThat(builder.start().waitFor()).isZero();
        return new Printed(read(out), read(err));
    }

    private static String read(final Path file) throws IOException {
        return Files.readString(file).strip();
    }

    @Test
    void shouldUseNativeCodeAndPrintNothingElse() throws Exception {
        final Printed printed = run(Map.of(), ACCESS);
        assertThat(printed.out()).matches("ffm (scalar|avx2|avx512|neon)");
        assertThat(printed.err()).isEmpty();
    }

    @Test
    void shouldUsePlainJavaQuietlyWhenAskedTo() throws Exception {
        final Printed printed = run(Map.of(), ACCESS, "-Dkaelix.platform=portable");
        assertThat(printed.out()).isEqualTo("portable java");
        assertThat(printed.err()).isEmpty();
    }

    @Test
    void shouldFallBackWithOneLineWhenTheLibraryIsMissing() throws Exception {
        final Printed printed = run(Map.of(), ACCESS, "-Dkaelix.native.path=/nonexistent");
        assertThat(printed.out()).isEqualTo("portable java");
        assertThat(printed.err()).containsOnlyOnce("platform portable is in use")
                .contains("there is no file /nonexistent").contains("-Dkaelix.platform=portable");
    }

    @Test
    void shouldFallBackWithOneLineWhenTheLibraryIsAnother() throws Exception {
        final Path other = Path.of(System.getProperty("java.home"), "lib", "libjsig.so");
        final Printed printed = run(Map.of(), ACCESS, "-Dkaelix.native.path=" + other);
        assertThat(printed.out()).isEqualTo("portable java");
        assertThat(printed.err()).contains(other + " cannot be used").contains("no symbol kaelix_abi_version");
    }

    @Test
    void shouldRefuseToFallBackWhenNativeCodeIsForced() throws Exception {
        final Printed printed = run(Map.of(), ACCESS, "-Dkaelix.native.path=/nonexistent", "-Dkaelix.platform=ffm");
        assertThat(printed.out()).startsWith("refused: -Dkaelix.platform=ffm")
                .contains("there is no file /nonexistent");
        assertThat(printed.err()).isEmpty();
    }

    @Test
    void shouldNameTheArtifactThatIsMissing() throws Exception {
        final Printed printed = run(Map.of(), ACCESS, "-Dkaelix.platform=jna");
        assertThat(printed.out()).isEqualTo("refused: -Dkaelix.platform=jna asks for a platform that is not available: no jar has it; "
                + "add the artifact io.kaelix:kaelix-jna of this version to the class path or the module path");
        assertThat(printed.err()).isEmpty();
    }

    @Test
    void shouldNameTheOptionThatIsMissingBeforeTheJvmWarns() throws Exception {
        for (final String platform : List.of("", "ffm", "portable")) {
            final Printed printed = run(Map.of(), "-Dkaelix.platform=" + platform);
            assertThat(printed.out()).isEqualTo("refused: native access is not enabled for the class path; "
                    + "start Java with " + ACCESS);
            assertThat(printed.err()).isEmpty();
        }
    }

    @Test
    void shouldUseTheInstructionSetThatIsForced() throws Exception {
        final Printed printed = run(Map.of("KAELIX_FORCE_ISA", "scalar"), ACCESS);
        assertThat(printed.out()).isEqualTo("ffm scalar");
        assertThat(printed.err()).isEmpty();
    }

    @Test
    void shouldSayThatAnInstructionSetIsRefused() throws Exception {
        final String usual = run(Map.of(), ACCESS).out();
        final String absent = System.getProperty("os.arch").equals("aarch64") ? "avx2" : "neon";
        for (final String forced : List.of(absent, "fastest")) {
            final Printed printed = run(Map.of("KAELIX_FORCE_ISA", forced), ACCESS);
            assertThat(printed.out()).isEqualTo(usual);
            assertThat(printed.err()).containsOnlyOnce("KAELIX_FORCE_ISA=" + forced + " is refused, kernels use "
                    + usual.substring("ffm ".length()) + " instead: ");
        }
    }
}
