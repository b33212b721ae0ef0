// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.Message;
import io.kaelix.MessageBuilder;

/** Makes the builders that write frames; what {@link Message#builder()} finds as a service. */
public final class FrameBuilders implements MessageBuilder.Factory {

    /** For the service loader. */
    public FrameBuilders() {
    }

    @Override
    public MessageBuilder create() {
        return new FrameBuilder();
    }
}
