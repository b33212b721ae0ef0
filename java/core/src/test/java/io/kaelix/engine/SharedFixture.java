// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.MemoryStreamer;
import io.kaelix.StreamerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of a directory start with: two streamers that share it, and are to each other as those of two processes are. */
abstract class SharedFixture {

    static final int LANE = 1 << 16;

    @TempDir
    Path parent;
    Path folder;
    MemoryStreamer first;
    MemoryStreamer second;
    private final List<AutoCloseable> made = new ArrayList<>();

    StreamerConfig config() {
        return StreamerConfig.defaults().withLaneCapacity(LANE).withMemoryLimit(64L << 20).withDirectory(folder);
    }

    @BeforeEach
    void setUp() {
        folder = parent.resolve("streams");
        first = MemoryStreamer.launch(config());
        second = MemoryStreamer.attach(config());
    }

    @AfterEach
    void closeAll() throws Exception {
        for (final AutoCloseable one : made.reversed()) {
            one.close();
        }
        second.close();
        first.close();
    }

    /** Closed when the test is over, before its streamers. */
    <T extends AutoCloseable> T keep(final T one) {
        made.add(one);
        return one;
    }
}
