// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import io.kaelix.Message;
import java.io.IOException;

/** How a message is written: as a line. */
interface MessageFormat {

    void write(Message message, BlockOutput output) throws IOException;

    /** The payload and a newline, whatever the payload holds. */
    static MessageFormat raw() {
        return (message, output) -> {
            output.write(message);
            output.write((byte) '\n');
        };
    }

    /** A JSON object. */
    static MessageFormat json() {
        return new JsonFormat();
    }
}
