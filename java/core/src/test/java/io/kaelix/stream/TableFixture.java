// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import io.kaelix.Topic;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.nio.charset.StandardCharsets;
import java.lang.foreign.MemorySegment;

/** A table in an arena of its own, with a clock that the test sets. */
final class TableFixture implements AutoCloseable {

    final RegionArena arena;
    final StreamTable table;
    volatile long now = 1_000;

    TableFixture() {
        this(256L << 20, StreamTable.MAX_STREAMS);
    }

    TableFixture(final long memoryLimit, final int maxStreams) {
        arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, memoryLimit);
        table = new StreamTable(arena, maxStreams, () -> now);
    }

    int declare(final String name) {
        return table.declare(Topic.of(name));
    }

    /** By string and by bytes, which must agree. */
    int find(final String name) {
        return find(name, 0);
    }

    int find(final String name, final int partition) {
        final int id = table.find(name, partition);
        final byte[] bytes = ("__" + name + "__").getBytes(StandardCharsets.UTF_8);
        final int same = table.find(MemorySegment.ofArray(bytes), 2, bytes.length - 4, partition);
        if (id != same) {
            throw new AssertionError("'" + name + "' is " + id + " as a string and " + same + " as bytes");
        }
        return id;
    }

    @Override
    public void close() {
        table.close();
        final long used = arena.statistics().used();
        if (used != 0) {
            throw new AssertionError(used + " bytes were not given back");
        }
        arena.close();
    }
}
