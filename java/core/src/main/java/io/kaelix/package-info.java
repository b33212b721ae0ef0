// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * The public API: {@link io.kaelix.MemoryStreamer} gives {@linkplain io.kaelix.Publisher publishers} and
 * {@linkplain io.kaelix.Subscriber subscribers} of {@linkplain io.kaelix.Topic topics}.
 *
 * <p>Interfaces and values only: what implements them is {@code io.kaelix.engine}, over {@code io.kaelix.lane}, which is where to
 * read next.
 */
package io.kaelix;
