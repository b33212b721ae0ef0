// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Processes of a test, which run its class path, are told to go on by a line, and are killed when it is over. */
final class Processes {

    private final Path folder;
    private final List<Process> started = new ArrayList<>();

    /** @param folder that what they write to standard error goes into */
    Processes(final Path folder) {
        this.folder = folder;
    }

    /** Starts a program with arguments. */
    Process start(final Class<?> program, final Object... arguments) throws IOException {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), program.getName()));
        for (final Object argument : arguments) {
            command.add(argument.toString());
        }
        final Process process = new ProcessBuilder(command).redirectError(folder.resolve("err-" + started.size()).toFile()).start();
        started.add(process);
        return process;
    }

    /** Waits for a line of its output, and that it is this one. */
    void expect(final Process process, final String line) throws IOException {
        assertThat(process.inputReader().readLine()).as("%s", errors()).isEqualTo(line);
    }

    /** What all of them wrote to standard error. */
    String errors() throws IOException {
        final StringBuilder all = new StringBuilder();
        for (int i = 0; i < started.size(); i++) {
            all.append(Files.readString(folder.resolve("err-" + i)));
        }
        return all.toString();
    }

    static void tell(final Process process) throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    static void end(final Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    }

    static void kill(final Process process) throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    }

    void killAll() throws InterruptedException {
        for (final Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }
}
