// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.guide;

import io.kaelix.bench.Bench;
import io.kaelix.bench.rig.RemoteResult;
import io.kaelix.bench.rig.Results;
import io.kaelix.bench.rig.SchedulerResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs a command of the bench in a JVM of its own, as a person would, and reads the JSON that it prints. What it says on standard error
 * appears on this process's. It has deadlines for its trials itself; should this process be ended, it is ended too.
 *
 * <p><b>Threads</b>: one.
 */
final class BenchProcess {

    private static final String PROPERTIES = "kaelix.";

    private BenchProcess() {
    }

    /**
     * Runs it to its end.
     *
     * @param kind of the rows that it prints
     * @param arguments of the command, {@code --json} among them
     * @return what it printed; trials that failed are among its failures
     * @throws IOException if it cannot be started or printed no results, in one line
     */
    static <R extends Results.Row> Results<R> run(final Class<R> kind, final List<String> arguments)
            throws IOException, InterruptedException {
        return run(JsonMapper.shared().getTypeFactory().constructParametricType(Results.class, kind), arguments);
    }

    /** The same of {@code bench scheduler}, whose results are of their own kind. */
    static SchedulerResult runScheduler(final List<String> arguments) throws IOException, InterruptedException {
        return run(JsonMapper.shared().constructType(SchedulerResult.class), arguments);
    }

    /** The same of {@code bench network}. */
    static RemoteResult runNetwork(final List<String> arguments) throws IOException, InterruptedException {
        return run(JsonMapper.shared().constructType(RemoteResult.class), arguments);
    }

    private static <T> T run(final JavaType type, final List<String> arguments) throws IOException, InterruptedException {
        final String name = "bench " + arguments.get(0);
        final Process process = new ProcessBuilder(command(arguments)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        // Its own hook ends the trial that it runs.
        final Thread hook = new Thread(process::destroy, "end-" + arguments.get(0));
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            process.getOutputStream().close();
            final String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            final int status = process.waitFor();
            if (printed.isBlank()) {
                throw new IOException(name + " ended with status " + status + " and no results; its reason stands above");
            }
            return JsonMapper.shared().readValue(printed, type);
        } catch (final JacksonException e) {
            throw new IOException(name + " printed no results that can be read: " + e.getOriginalMessage(), e);
        } finally {
            process.destroy();
            removeHook(hook);
        }
    }

    private static void removeHook(final Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            // This process is ending: the hook is at work.
        }
    }

    private static List<String> command(final List<String> arguments) {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        System.getProperties().stringPropertyNames().stream().filter(name -> name.startsWith(PROPERTIES)).sorted()
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Bench.class.getName()));
        command.addAll(arguments);
        return command;
    }
}
