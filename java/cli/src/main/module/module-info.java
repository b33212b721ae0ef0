// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * The command line: {@code kaelix run}, {@code serve}, {@code pub}, {@code sub} and the others. Exports nothing; what may be used from outside is the
 * command.
 */
module io.kaelix.cli {
    requires io.kaelix;
    requires info.picocli;
    requires java.management;
    requires HdrHistogram;
    requires io.kaelix.micrometer;
    // For telemetry.log_level and telemetry.jmx, which the library does without where these are not there.
    requires java.logging;
    requires jdk.httpserver;
    // The signal that tells of a new size of the terminal, which JLine finds by name: kaelix top.
    requires jdk.unsupported;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires org.jline.terminal;

    // picocli sets annotated fields.
    opens io.kaelix.cli to info.picocli;
}
