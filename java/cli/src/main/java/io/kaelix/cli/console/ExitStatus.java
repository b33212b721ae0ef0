// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.console;

/** What the process exits with. */
public final class ExitStatus {

    /** All was done, and all that was sent arrived. */
    public static final int OK = 0;

    /** Something was lost or differs, or could not be read or written. */
    public static final int FAILED = 1;

    /** The command was not given as it must be: nothing was done. */
    public static final int USAGE = 2;

    /** Ended early by Ctrl-C: 128 and the number of SIGINT, as shells have it. */
    public static final int INTERRUPTED = 130;

    /** The reader of standard output is gone: 128 and the number of SIGPIPE, which ends other tools. */
    public static final int CLOSED_PIPE = 141;

    private ExitStatus() {
    }
}
