// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

/** Where the pages of mapped memory shall be. The order is that of the native header. */
public enum MemoryPolicy {

    /** On one node alone; where no node is named, wherever the calling thread's own policy puts them. */
    BIND,

    /** On one node, and on others where it is full. */
    PREFER,

    /** Page by page over several nodes, in equal parts: for what threads of all nodes use alike. */
    INTERLEAVE,

    /** As {@link #PREFER}, on the node that the calling thread runs on at that moment. */
    LOCAL
}
