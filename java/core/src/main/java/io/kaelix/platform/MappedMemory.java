// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import java.util.Objects;

/**
 * Memory as it was mapped: what was obtained, and why not what was asked.
 *
 * @param address first byte
 * @param bytes what is mapped: the request rounded up to whole pages
 * @param pageBytes size of the pages that back all of it
 * @param rung of the ladder that was obtained
 * @param node that holds its pages, as read back; {@link Platform#ANY_NODE} if mixed or not readable
 * @param reason one line that says what was obtained and why each better rung, or the node, was not; never empty
 */
public record MappedMemory(long address, long bytes, long pageBytes, Rung rung, int node, String reason) {

    public MappedMemory {
        Objects.requireNonNull(rung, "rung");
        Objects.requireNonNull(reason, "reason");
    }
}
