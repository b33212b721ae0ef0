// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stress;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.ReportUtils;

/**
 * Runs the tests, in the working directory, and fails unless each of them has run and seen nothing forbidden.
 *
 * <p>By default about a minute, one JVM for each test, in which the compiler shuffles the order of instructions as far as the memory model
 * lets it. With {@code -Dkaelix.long=true} about ten minutes, with JVMs that interpret, compile by C1, compile by C2, and shuffle.
 */
public final class StressRunner {

    private static final String SHUFFLE = "-XX:+UnlockDiagnosticVMOptions -XX:+StressLCM -XX:+StressGCM -XX:+StressIGVN";

    private StressRunner() {
    }

    /**
     * @param args a regular expression for the names of the tests to run, or nothing for all of them
     */
    public static void main(final String[] args) throws Exception {
        final List<String> options = new ArrayList<>(List.of(
                // Few states, so that the lanes of all of them stay in the cache where threads can meet.
                "-strideSize", "32", "-strideCount", "8", "-sc", "false", "-r", "report", "-t", args.length > 0 ? args[0] : ".*"));
        if (Boolean.getBoolean("kaelix.long")) {
            options.addAll(List.of("-iters", "3", "-time", "1000"));
        } else {
            options.addAll(List.of("-iters", "3", "-time", "400", "-jvmArgs", SHUFFLE));
        }
        final Path log = Path.of("log.txt").toAbsolutePath();
        final PrintStream out = System.out;
        final Options parsed = new Options(options.toArray(String[]::new));
        if (!parsed.parse()) {
            throw new IllegalArgumentException("jcstress does not take " + options);
        }
        out.println("jcstress: log in " + log);
        try (PrintStream quiet = new PrintStream(Files.newOutputStream(log), true, StandardCharsets.UTF_8)) {
            System.setOut(quiet);
            System.exit(judge(new JCStress(parsed).getTests(), run(parsed), out));
        }
    }

    private static List<TestResult> run(final Options options) throws Exception {
        try {
            new JCStress(options).run();
        } catch (final AssertionError failures) {
            // Its way to say that tests failed. Which, and how, is in the results.
            failures.printStackTrace(System.out);
        }
        if (Files.notExists(Path.of(options.getResultFile()))) {
            // Nothing could be run: the log says why.
            return List.of();
        }
        final InProcessCollector collector = new InProcessCollector();
        final DiskReadCollector results = new DiskReadCollector(options.getResultFile(), collector);
        results.dump();
        results.close();
        return ReportUtils.mergedByName(collector.getTestResults());
    }

    /** Prints what was seen, and answers with the exit code. */
    private static int judge(final Collection<String> declared, final List<TestResult> results, final PrintStream out) {
        int passed = 0;
        for (final String name : declared) {
            final TestResult result = results.stream().filter(candidate -> candidate.getName().equals(name)).findAny().orElse(null);
            if (result == null || result.getTotalCount() == 0 && result.status() == Status.NORMAL) {
                out.println(name + ": NOT RUN");
                continue;
            }
            out.printf(Locale.ROOT, "%s: %,d rounds%s%n", name, result.getTotalCount(),
                    result.status() == Status.NORMAL ? "" : ", " + result.status());
            result.getMessages().forEach(message -> out.println("    " + message));
            result.grading().gradingResults.values().forEach(seen ->
                    out.printf(Locale.ROOT, "    %,12d  %-10s %s%s%n", seen.count, seen.id,
                            seen.expect == Expect.FORBIDDEN && seen.count > 0 ? "FORBIDDEN: " : "", seen.description));
            if (result.status() == Status.NORMAL && result.grading().isPassed) {
                passed++;
            }
        }
        out.println("jcstress: " + passed + " passed, " + (declared.size() - passed) + " failed");
        return passed > 0 && passed == declared.size() ? 0 : 1;
    }
}
