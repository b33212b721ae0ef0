// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import java.io.IOException;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks that the command line names, in JMH's own terms ({@code -h} lists them), with the environment printed first and what
 * they allocate measured always. Kernels run on every instruction set that this CPU has, unless {@code -p isa=…} names some.
 */
public final class Benchmarks {

    private Benchmarks() {
    }

    public static void main(final String[] args) throws RunnerException, CommandLineOptionException, IOException {
        final CommandLineOptions commandLine = new CommandLineOptions(args);
        if (commandLine.shouldHelp()) {
            commandLine.showHelp();
            return;
        }
        final Runner runner = new Runner(options(commandLine));
        if (commandLine.shouldList()) {
            runner.list();
        } else if (commandLine.shouldListWithParams()) {
            runner.listWithParams(commandLine);
        } else if (commandLine.shouldListProfilers()) {
            commandLine.listProfilers();
        } else if (commandLine.shouldListResultFormats()) {
            commandLine.listResultFormats();
        } else {
            System.out.println("# CPUs " + Runtime.getRuntime().availableProcessors() + ", " + System.getProperty("os.name") + " "
                    + System.getProperty("os.version") + " " + System.getProperty("os.arch") + ", Java "
                    + System.getProperty("java.vm.version"));
            runner.run();
        }
    }

    private static Options options(final CommandLineOptions commandLine) {
        final ChainedOptionsBuilder options = new OptionsBuilder().parent(commandLine).addProfiler(GCProfiler.class);
        if (!commandLine.getParameter(KernelIsa.PARAMETER).hasValue()) {
            final List<String> available = KernelIsa.available();
            options.param(KernelIsa.PARAMETER, available.toArray(String[]::new));
        }
        return options.build();
    }
}
