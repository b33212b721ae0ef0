// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The samples of this module's javadoc, and of docs/testing.md, compile. */
class SnippetTest {

    private static final Pattern JAVADOC_SAMPLE = Pattern.compile("\\{@snippet :\\R(.*?)\\R \\* }\\R", Pattern.DOTALL);
    private static final Pattern MARKDOWN_SAMPLE = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);

    /** What samples may take for granted. */
    private static final String CONTEXT = """
            import io.kaelix.*;
            import io.kaelix.testkit.*;
            import java.time.*;
            import org.junit.jupiter.api.Test;
            class Sample {
                static class OrderBook {
                    void apply(long id) { }
                    void apply(long id, double price) { }
                }
                OrderBook book; PerformanceTestHarness harness;
            """;

    private static Path placeOf(final Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (final URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The folder that holds all: from the classes upwards. */
    private static Path root() {
        Path folder = placeOf(PerformanceTestHarness.class);
        while (!Files.exists(folder.resolve("java/testkit/pom.xml"))) {
            folder = folder.getParent();
            assertThat(folder).as("a folder with java/testkit/pom.xml above the classes").isNotNull();
        }
        return folder;
    }

    private static List<String> samples(final Path file, final Pattern pattern) throws IOException {
        final List<String> samples = new ArrayList<>();
        final Matcher found = pattern.matcher(Files.readString(file));
        while (found.find()) {
            samples.add(found.group(1));
        }
        return samples;
    }

    /** What the compiler has to say; nothing if all is well. */
    private static String problems(final String members, final Path output) throws IOException {
        final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        final JavaFileObject source = new SimpleJavaFileObject(URI.create("string:///Sample.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(final boolean ignoreEncodingErrors) {
                return CONTEXT + members + "\n}\n";
            }
        };
        final String classPath = Stream.of(MemoryStreamer.class, PerformanceTestHarness.class, Test.class)
                .map(type -> placeOf(type).toString()).collect(Collectors.joining(File.pathSeparator));
        final StringWriter problems = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(output));
            final boolean compiled = compiler.getTask(problems, files, null, List.of("-proc:none", "-cp", classPath), null, List.of(source))
                    .call();
            return compiled ? "" : problems.toString();
        }
    }

    @Test
    void shouldCompileTheSamplesOfTheJavadoc(@TempDir final Path output) throws IOException {
        int announced = 0;
        int found = 0;
        try (Stream<Path> sources = Files.walk(root().resolve("java/testkit/src/main/java"))) {
            for (final Path file : sources.filter(path -> path.toString().endsWith(".java")).toList()) {
                announced += Files.readString(file).split("\\{@snippet", -1).length - 1;
                for (final String sample : samples(file, JAVADOC_SAMPLE)) {
                    found++;
                    final String body = sample.replaceAll("(?m)^ \\*", "");
                    assertThat(problems("void sample() throws Exception {\n" + body + "\n}", output)).as("sample in %s", file).isEmpty();
                }
            }
        }
        assertThat(found).as("all that begin are found").isEqualTo(announced).isPositive();
    }

    @Test
    void shouldCompileTheSamplesOfTheDocumentation(@TempDir final Path output) throws IOException {
        final List<String> samples = samples(root().resolve("docs/testing.md"), MARKDOWN_SAMPLE);
        assertThat(samples).isNotEmpty();
        for (final String sample : samples) {
            assertThat(problems(sample, output)).isEmpty();
        }
    }

    @Test
    void shouldSayWhatDoesNotCompile(@TempDir final Path output) throws IOException {
        assertThat(problems("void sample() { harness.runs(); }", output)).contains("runs()");
    }
}
