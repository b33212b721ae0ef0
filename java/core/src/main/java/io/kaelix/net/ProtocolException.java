// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.KaelixException;

/**
 * A peer sent what the protocol does not allow: its connection ends, with this error and text, and nobody else's does. The text is one
 * line, whatever the peer put into it.
 */
final class ProtocolException extends KaelixException {

    private static final long serialVersionUID = 1L;

    private final WireError error;

    ProtocolException(final WireError error, final String message) {
        super(WireText.printable(message));
        this.error = error;
    }

    ProtocolException(final String message) {
        this(WireError.PROTOCOL, message);
    }

    /** What the peer is told, beside the message. */
    WireError error() {
        return error;
    }
}
