// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.console;

/** The command cannot be done, for a reason that its user can act on: what, where, and the remedy, in one line. */
public final class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    private CommandException(final int status, final String message, final Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** The command was not given as it must be. */
    public static CommandException usage(final String message) {
        return new CommandException(ExitStatus.USAGE, message, null);
    }

    /** It was given as it must be, and failed. */
    public static CommandException failed(final String message) {
        return failed(message, null);
    }

    /** The same, with the failure behind it, which may be null. */
    public static CommandException failed(final String message, final Throwable cause) {
        return new CommandException(ExitStatus.FAILED, message, cause);
    }

    /** What the process should exit with. */
    public int status() {
        return status;
    }
}
