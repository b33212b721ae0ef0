// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.console;

import java.io.IOException;

/** Whoever read standard output has enough, as {@code head} does: no error, and nothing to say to anybody. */
public final class ClosedPipeException extends IOException {

    private static final long serialVersionUID = 1L;

    ClosedPipeException(final IOException cause) {
        super("the reader of standard output is gone", cause);
    }
}
