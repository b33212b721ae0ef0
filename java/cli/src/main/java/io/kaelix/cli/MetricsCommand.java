// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.ExitStatus;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.metrics.Followed;
import io.kaelix.cli.metrics.MetricsPage;
import io.kaelix.cli.metrics.MetricsServer;
import io.kaelix.cli.top.Watched;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kaelix metrics}: the counters of a process for Prometheus. */
@Command(name = "metrics", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false,
        description = {"Serves what a process counts and times to Prometheus, from the counters that it writes: at "
                + "http://HOST:PORT/metrics, until Ctrl-C. Without a process it serves the only one that runs, now or later; kaelix_up is "
                + "0 while there is none."},
        footer = {"", "Exit status: 0 printed, 1 there is no such process, its counters cannot be read or the port is taken, 2 wrong "
                + "usage, 130 interrupted."})
final class MetricsCommand implements Callable<Integer> {

    private static final int MAX_PORT = 65_535;

    private final Terminal terminal;
    private final StopSignal stop;

    @Parameters(arity = "0..1", paramLabel = "PID|FILE", description = "The process, or the file of its counters.")
    private String target;

    @Option(names = "--host", paramLabel = "HOST", defaultValue = "127.0.0.1",
            description = "Address to listen at; 0.0.0.0 for all of this machine. Default: ${DEFAULT-VALUE}.")
    private String host;

    @Option(names = "--port", paramLabel = "N", defaultValue = "9464",
            description = "Port to listen at, 0 for one that is free. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(names = "--once", description = "Print the page, and serve nothing.")
    private boolean once;

    @Option(names = "--directory", paramLabel = "DIRECTORY",
            description = "Where processes write their counters, or the directory in memory by which they share streams. Default: "
                    + "/dev/shm/kaelix-USER, or the folder for temporary files.")
    private Path directory;

    MetricsCommand(final Terminal terminal, final StopSignal stop) {
        this.terminal = terminal;
        this.stop = stop;
    }

    @Override
    public Integer call() throws IOException {
        if (port < 0 || port > MAX_PORT) {
            throw CommandException.usage("--port must be from 0 to " + MAX_PORT + ", not " + port);
        }
        final Path folder = Watched.folder(directory);
        if (once) {
            try (Followed followed = Followed.of(Watched.file(target, folder))) {
                terminal.print(new MetricsPage(followed).text());
            }
            return ExitStatus.OK;
        }
        try (Followed followed = target == null && Watched.running(folder).size() < 2 ? Followed.in(folder)
                : Followed.of(Watched.file(target, folder))) {
            return serve(new MetricsPage(followed));
        }
    }

    private int serve(final MetricsPage page) {
        try (MetricsServer server = MetricsServer.start(host, port, page::text)) {
            terminal.err().println("kaelix: metrics at " + server.url() + ", until Ctrl-C");
            stop.await();
        }
        return ExitStatus.INTERRUPTED;
    }
}
