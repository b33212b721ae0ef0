// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * The command line: {@code kaelix run}, {@code kaelix topology}, {@code kaelix doctor}. Exports nothing; what may be used from outside is
 * the command.
 */
module io.kaelix.cli {
    requires io.kaelix;
    requires info.picocli;
    requires java.management;
    requires HdrHistogram;

    // picocli sets annotated fields.
    opens io.kaelix.cli to info.picocli;
}
