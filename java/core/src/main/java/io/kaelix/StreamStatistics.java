// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/**
 * How many streams a streamer has.
 *
 * @param open that are there now, each partition of a topic counted
 * @param expired that were idle for so long that they went, all in all: see {@link StreamerConfig#withStreamExpiry}
 */
public record StreamStatistics(long open, long expired) {
}
