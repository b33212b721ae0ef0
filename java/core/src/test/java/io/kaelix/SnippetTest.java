// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The samples in the documentation compile. */
class SnippetTest {

    private static final Pattern JAVADOC_SAMPLE = Pattern.compile("\\{@snippet\\s*:.*\\n");
    private static final Pattern README_SAMPLE = Pattern.compile("^```java\\s*\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);

    /** What samples may take for granted. Fields, so that a sample may have variables of the same name. */
    private static final String CONTEXT = """
            import io.kaelix.*;
            import io.kaelix.config.*;
            import io.kaelix.launch.*;
            import io.kaelix.numa.*;
            import io.kaelix.runtime.*;
            import io.kaelix.telemetry.*;
            import java.lang.foreign.*;
            import java.nio.file.*;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.*;
            class Sample {
                MemoryStreamer streamer; TaskScheduler scheduler; Publisher publisher; Subscriber subscriber; MessageHandler handler;
                MemorySegment segment; int length; long id; double price; long sum; volatile boolean running;
                void sample() throws Exception {
            """;

    /**
     * One sample.
     *
     * @param file that it stands in
     * @param line of the file that its code begins on
     * @param code without the comment's stars
     */
    private record Sample(Path file, int line, String code) {

        private String source() {
            return code.contains(" class ") ? code : CONTEXT + code + "\n}}\n";
        }

        /** Names the class after what is declared, or else as the context does. */
        private String className() {
            final Matcher declared = Pattern.compile("public class (\\w+)").matcher(code);
            return declared.find() ? declared.group(1) : "Sample";
        }

        /** The line of the file for a line of the source. */
        private long lineInFile(final long lineInSource) {
            return line + lineInSource - 1 - (code.contains(" class ") ? 0 : CONTEXT.lines().count());
        }
    }

    /** The folder that holds all: from the classes upwards. */
    private static Path root() {
        Path folder = mainClasses();
        while (!Files.exists(folder.resolve("java/core/pom.xml"))) {
            folder = folder.getParent();
            assertThat(folder).as("a folder with java/core/pom.xml above the classes").isNotNull();
        }
        return folder;
    }

    private static Path mainClasses() {
        try {
            return Path.of(MemoryStreamer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (final URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Sample> javadocSamples(final Path file) throws IOException {
        final String text = Files.readString(file);
        final List<Sample> samples = new ArrayList<>();
        final Matcher begin = JAVADOC_SAMPLE.matcher(text);
        while (begin.find()) {
            final String comment = text.substring(begin.end(), closingBrace(text, begin.end()));
            samples.add(new Sample(file, line(text, begin.end()), comment.replaceAll("(?m)^\\s*\\*", "")));
        }
        return samples;
    }

    /** Where the brace is closed that was opened before: the braces of a sample are balanced, or javadoc would not take it. */
    private static int closingBrace(final String text, final int from) {
        int open = 1;
        int at = from - 1;
        while (open > 0) {
            at++;
            open += text.charAt(at) == '{' ? 1 : text.charAt(at) == '}' ? -1 : 0;
        }
        return at;
    }

    private static List<Sample> readmeSamples(final Path file) throws IOException {
        final String text = Files.readString(file);
        final List<Sample> samples = new ArrayList<>();
        final Matcher block = README_SAMPLE.matcher(text);
        while (block.find()) {
            samples.add(new Sample(file, line(text, block.start(1)), block.group(1)));
        }
        return samples;
    }

    private static int line(final String text, final int at) {
        return (int) text.substring(0, at).lines().count() + 1;
    }

    private static List<String> problems(final Sample sample) throws IOException {
        final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        final DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        final JavaFileObject source = new SimpleJavaFileObject(
                URI.create("string:///" + sample.className() + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(final boolean ignoreEncodingErrors) {
                return sample.source();
            }
        };
        try (JavaFileManager nowhere = new ForwardingJavaFileManager<>(compiler.getStandardFileManager(found, null, null)) {
            @Override
            public JavaFileObject getJavaFileForOutput(final Location location, final String className,
                    final JavaFileObject.Kind kind, final FileObject sibling) {
                return new SimpleJavaFileObject(URI.create("mem:///" + className + kind.extension), kind) {
                    @Override
                    public OutputStream openOutputStream() {
                        return OutputStream.nullOutputStream();
                    }
                };
            }
        }) {
            compiler.getTask(null, nowhere, found, List.of("-proc:none", "-cp", mainClasses().toString()), null, List.of(source))
                    .call();
        }
        return found.getDiagnostics().stream().filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .map(problem -> sample.file() + ":" + sample.lineInFile(problem.getLineNumber()) + ": " + problem.getMessage(null))
                .toList();
    }

    private static void assertCompile(final List<Sample> samples) throws IOException {
        final List<String> problems = new ArrayList<>();
        for (final Sample sample : samples) {
            problems.addAll(problems(sample));
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void shouldCompileTheSamplesOfTheJavadoc() throws IOException {
        final List<Sample> samples = new ArrayList<>();
        int announced = 0;
        try (Stream<Path> files = Files.walk(root().resolve("java/core/src/main/java"))) {
            for (final Path file : files.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
                samples.addAll(javadocSamples(file));
                announced += Files.readString(file).split("\\{@snippet", -1).length - 1;
            }
        }
        assertThat(samples).as("all that begin are found").hasSize(announced).isNotEmpty();
        assertCompile(samples);
    }

    /** Those that need Micrometer are compiled where that is. */
    @Test
    void shouldCompileTheSamplesOfTheGuides() throws IOException {
        for (final String guide : List.of("configuration.md", "operating.md")) {
            final List<Sample> samples = readmeSamples(root().resolve("docs").resolve(guide));
            samples.removeIf(sample -> sample.code().contains("KaelixMetrics"));
            assertThat(samples).as("Java examples in " + guide).isNotEmpty();
            assertCompile(samples);
        }
    }

    @Test
    void shouldCompileTheSamplesOfTheReadme() throws IOException {
        final List<Sample> samples = readmeSamples(root().resolve("README.md"));
        assertThat(samples).as("a Java example in README.md").isNotEmpty();
        assertCompile(samples);
    }

    @Test
    void shouldNameFileAndLineOfASampleThatDoesNotCompile() throws IOException {
        final Sample wrong = new Sample(Path.of("There.java"), 40, "int fine = 1;\nint wrong = \"text\";");
        assertThat(problems(wrong)).singleElement().asString().startsWith("There.java:41: ");
        assertThat(problems(new Sample(Path.of("README.md"), 7, "import io.kaelix.*;\npublic class A {\n  Publisher p = 5;\n}")))
                .singleElement().asString().startsWith("README.md:9: ");
    }
}
