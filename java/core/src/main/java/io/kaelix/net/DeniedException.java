// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.KaelixException;

/** The rules of the server do not let this client do what it asked for. */
final class DeniedException extends KaelixException {

    private static final long serialVersionUID = 1L;

    DeniedException(final String message) {
        super(message);
    }

    /** For a caller on another thread. */
    DeniedException(final DeniedException reason) {
        super(reason.getMessage(), reason);
    }
}
