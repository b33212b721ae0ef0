// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import io.kaelix.bench.jmh.Benchmarks;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kaelix bench jmh}: whatever follows is for JMH. */
@Command(name = JmhCommand.NAME, description = "Runs the JMH benchmarks; the arguments are JMH's own, -h lists them.")
public final class JmhCommand implements Callable<Integer> {

    /** Of the command. */
    public static final String NAME = "jmh";

    @Parameters(arity = "0..*", paramLabel = "ARGUMENT", description = "For JMH: names of benchmarks, -p length=64, -h.")
    private List<String> arguments = List.of();

    @Override
    public Integer call() throws Exception {
        Benchmarks.main(arguments.toArray(String[]::new));
        return 0;
    }
}
