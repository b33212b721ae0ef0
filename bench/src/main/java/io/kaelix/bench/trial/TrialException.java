// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

/** A trial that came to no figures; the message is one line for people. */
public final class TrialException extends Exception {

    private static final long serialVersionUID = 1L;

    /** With the reason in one line. */
    public TrialException(final String message) {
        super(message);
    }
}
