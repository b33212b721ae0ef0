// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the benchmarks that the command line names, with the environment printed first and what they allocate measured always. */
public final class Benchmarks {

    private Benchmarks() {
    }

    public static void main(final String[] args) throws RunnerException, CommandLineOptionException {
        System.out.println("# CPUs " + Runtime.getRuntime().availableProcessors() + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.version") + " " + System.getProperty("os.arch") + ", Java "
                + System.getProperty("java.vm.version"));
        new Runner(new OptionsBuilder()
                .parent(new CommandLineOptions(args))
                .addProfiler(GCProfiler.class)
                .build()).run();
    }
}
