// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

import io.kaelix.MemoryStreamer;

/** A streamer, and what runs beside it in the same process. */
interface Program {

    /** One that nothing runs beside. */
    static Program of(final MemoryStreamer streamer) {
        return new Program() {
            @Override
            public MemoryStreamer streamer() {
                return streamer;
            }

            @Override
            public String settings() {
                return "";
            }

            @Override
            public void close() {
                streamer.close();
            }
        };
    }

    /** What messages go through. */
    MemoryStreamer streamer();

    /**
     * What runs beside it, to be put behind the streamer's own settings; empty for nothing.
     *
     * @throws IllegalStateException if it has failed meanwhile
     */
    String settings();

    /** Ends all of it. */
    void close();
}
