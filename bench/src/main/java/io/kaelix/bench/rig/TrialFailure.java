// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

/** A child process that came to no figures; the message is one line. */
final class TrialFailure extends Exception {

    private static final long serialVersionUID = 1L;

    private final String output;

    TrialFailure(final String reason, final String output) {
        super(reason);
        this.output = output;
    }

    /** What it had printed to standard error, for whoever looks for the cause; may be empty. */
    String output() {
        return output;
    }
}
