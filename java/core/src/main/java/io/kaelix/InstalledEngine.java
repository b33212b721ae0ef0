// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.util.ServiceLoader;

/** The engine, looked for once: that takes longer than to connect a client. */
final class InstalledEngine {

    /** Two threads that look at the same time find equal ones: they have no state. */
    private static volatile MemoryStreamer.Engine found;

    private InstalledEngine() {
    }

    static MemoryStreamer.Engine get() {
        MemoryStreamer.Engine engine = found;
        if (engine == null) {
            engine = ServiceLoader.load(MemoryStreamer.Engine.class, MemoryStreamer.Engine.class.getClassLoader())
                    .findFirst()
                    .orElseThrow(() -> new KaelixException("no engine found: the artifact 'kaelix' is not complete on the path"));
            found = engine;
        }
        return engine;
    }
}
