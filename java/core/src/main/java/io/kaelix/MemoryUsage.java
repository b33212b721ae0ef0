// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/**
 * What the memory of a streamer on one NUMA node is used for. {@code reserved >= used >= live}.
 *
 * @param node its number; -1 for memory of no certain node
 * @param reserved bytes that are mapped
 * @param used bytes of them that lanes, streams, payloads and retained messages were given, or that are kept for the next of those
 * @param live bytes of those that are in use, without what is kept for the next payload or long message, and as they were asked for
 */
public record MemoryUsage(int node, long reserved, long used, long live) {
}
