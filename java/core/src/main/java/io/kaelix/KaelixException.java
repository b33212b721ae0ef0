// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/**
 * A broken environment or a broken invariant: memory that cannot be had, a lane with a corrupt length, a library that does
 * not fit. Its message says what was asked, what was found, and what to do. Expected outcomes, such as back pressure, are
 * result codes and never this.
 */
public class KaelixException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With a message that gives what was asked, what was found, and the remedy. */
    public KaelixException(final String message) {
        super(message);
    }

    /** With the failure behind it. */
    public KaelixException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
