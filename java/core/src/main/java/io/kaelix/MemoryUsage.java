// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/**
 * What the memory of a streamer on one NUMA node is used for. {@code reserved >= used >= live}.
 *
 * @param node its number; -1 for memory of no certain node
 * @param reserved bytes that are mapped
 * @param used bytes of them in blocks: lanes, streams, and what the {@linkplain MemoryStreamer#pool pool} of payloads and retained messages
 *     has, what it keeps for the next one included
 * @param live the same, without what sizes were rounded up by
 */
public record MemoryUsage(int node, long reserved, long used, long live) {
}
