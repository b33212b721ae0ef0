// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * The public API: {@link io.kaelix.MemoryStreamer} gives {@linkplain io.kaelix.Publisher publishers} of a topic or of
 * {@linkplain io.kaelix.StreamPublisher many}, {@linkplain io.kaelix.Subscriber subscribers} that poll, and
 * {@linkplain io.kaelix.Subscription subscriptions} whose handler is called.
 *
 * <p>Interfaces and values only: what implements them is {@code io.kaelix.engine}, over {@code io.kaelix.lane}, which is where to
 * read next.
 */
package io.kaelix;
