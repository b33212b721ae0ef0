// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Scripts of a shell in which {@code $KAELIX} is the command, as a process of its own, and {@code $AT} what a test gives.
 *
 * @param folder that they run in
 * @param at options that say where the server is
 */
record Shell(Path folder, String at) {

    /** Starts a script, whose standard error goes to a file. */
    Process start(final String script) throws IOException {
        return start(script, "err");
    }

    /** The same with another file of the folder. */
    Process start(final String script, final String errors) throws IOException {
        // Whoever runs the tests in the background has children ignore Ctrl-C.
        final ProcessBuilder builder = new ProcessBuilder("env", "--default-signal=INT", "bash", "-c", script).directory(folder.toFile())
                .redirectError(folder.resolve(errors).toFile());
        builder.environment().remove("KAELIX_TOKEN");
        builder.environment().put("KAELIX", Path.of(System.getProperty("java.home"), "bin", "java") + " -Xmx128m -XX:+UseSerialGC "
                + "-XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -Dkaelix.platform="
                + System.getProperty("kaelix.platform", "")
                + " -cp " + System.getProperty("java.class.path") + " " + Main.class.getName());
        builder.environment().put("AT", at);
        return builder.start();
    }

    /** What a script wrote to standard output, at its end. */
    static String output(final Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), UTF_8);
    }

    /** What the last one wrote to standard error. */
    String errors() throws IOException {
        return Files.readString(folder.resolve("err"));
    }
}
