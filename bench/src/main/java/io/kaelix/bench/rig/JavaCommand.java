// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.trial.Trial;
import io.kaelix.bench.trial.TrialRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;

/** The command line of a child JVM: the same options for all systems, and those that the system's own documentation asks for. */
final class JavaCommand {

    /** One collector thread, which has nothing to do where nothing is allocated; the heap is there before the first message. */
    static final List<String> BASE_OPTIONS = List.of("-Xms1g", "-Xmx1g", "-XX:+UseSerialGC", "-XX:+AlwaysPreTouch",
            "--enable-native-access=ALL-UNNAMED");

    private static final String PROPERTIES = "kaelix.";
    private static final String OWN_PROPERTIES = "kaelix.bench.";

    private JavaCommand() {
    }

    /** Runs a trial. */
    static List<String> of(final List<String> systemOptions, final TrialRequest request) {
        return ofMain(Trial.class, systemOptions, request.toArguments());
    }

    /** Runs a main class of the bench, with further options for its JVM. */
    static List<String> ofMain(final Class<?> main, final List<String> options, final List<String> arguments) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(BASE_OPTIONS);
        command.addAll(libraryProperties());
        command.addAll(options);
        command.addAll(launcherOptions(System.getenv().getOrDefault("KAELIX_JAVA_OPTS", "")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }

    /** What a person types for this process to be run again. */
    static String benchCommand(final CommandSpec spec) {
        final List<String> words = new ArrayList<>(List.of("./kaelix"));
        words.addAll(libraryProperties());
        words.add("bench");
        words.addAll(spec.commandLine().getParseResult().originalArgs());
        return String.join(" ", words);
    }

    /** What the launcher was given for every JVM: a profiler's agent, say. */
    static List<String> launcherOptions(final String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }

    /** What was set for the library holds in the children: {@code -Dkaelix.platform=portable}, say. */
    static List<String> libraryProperties() {
        return System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith(PROPERTIES) && !name.startsWith(OWN_PROPERTIES))
                .sorted()
                .map(name -> "-D" + name + "=" + System.getProperty(name))
                .toList();
    }
}
