// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample of this module's javadoc compiles. */
class SnippetTest {

    private static final Path SOURCE = Path.of("src/main/java/io/kaelix/micrometer/KaelixMetrics.java");
    private static final Pattern SAMPLE = Pattern.compile("\\{@snippet :\\R(.*?)\\R \\* }\\R", Pattern.DOTALL);

    /** What the sample may take for granted. */
    private static final String CONTEXT = """
            import io.kaelix.micrometer.*;
            import io.kaelix.telemetry.*;
            import io.micrometer.core.instrument.*;
            import io.micrometer.core.instrument.simple.*;
            class Sample {
                CounterFile file;
                void sample() {
            """;

    @Test
    void shouldCompileTheSampleOfTheJavadoc(@TempDir final Path output) throws IOException {
        final Path source = Files.exists(SOURCE) ? SOURCE : Path.of("java/micrometer").resolve(SOURCE);
        final Matcher found = SAMPLE.matcher(Files.readString(source));
        assertThat(found.find()).isTrue();
        final String sample = found.group(1).replaceAll("(?m)^ \\*", "");
        assertThat(problems(sample, output)).isEmpty();
        assertThat(problems(sample.replace("bindTo", "bindsTo"), output)).contains("bindsTo");
    }

    private static String problems(final String sample, final Path output) throws IOException {
        final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        final JavaFileObject source = new SimpleJavaFileObject(URI.create("string:///Sample.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(final boolean ignoreEncodingErrors) {
                return CONTEXT + sample + "\n}}\n";
            }
        };
        final StringWriter problems = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(output));
            final boolean compiled = compiler.getTask(problems, files, null, List.of("-proc:none", "-cp",
                    System.getProperty("java.class.path")), null, List.of(source)).call();
            return compiled ? "" : problems.toString();
        }
    }
}
