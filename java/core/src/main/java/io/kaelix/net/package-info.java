// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Streams between hosts. {@code docs/wire.md} specifies the protocol; {@link io.kaelix.net.WireDescriptor} draws its layouts.
 *
 * <p>From the bottom: {@link io.kaelix.net.WireInput} and {@link io.kaelix.net.WireOutput} make messages of bytes and bytes of messages, frames
 * staying in the rings that they came from or go to. {@link io.kaelix.net.Flows} is where frames come from and go to, for sessions here and for
 * bridges of other modules.
 */
package io.kaelix.net;
