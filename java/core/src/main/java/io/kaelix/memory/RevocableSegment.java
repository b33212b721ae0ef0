// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * A view of native memory that can be taken away again, from whoever kept it: it then throws, on every access.
 *
 * <p><b>Threads</b>: for the one that makes it, alone. That is what makes taking it away cheap: no other thread has to be asked.
 */
public final class RevocableSegment {

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment segment;

    /**
     * @param memory that the caller sees to, until this is revoked
     * @param owner is reachable as long as the segment is: whoever gives the memory back when the owner is gone
     */
    public RevocableSegment(final MemorySegment memory, final Object owner) {
        segment = memory.reinterpret(arena, ignored -> Reference.reachabilityFence(owner));
    }

    /** The view. */
    public MemorySegment segment() {
        return segment;
    }

    /**
     * Ends it.
     *
     * @throws IllegalStateException if an input-output operation is using it at this moment; nothing has changed
     */
    public void revoke() {
        arena.close();
    }
}
