// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.ClientConfig;
import io.kaelix.KaelixClient;
import io.kaelix.MemoryStreamer;
import io.kaelix.StreamerConfig;
import io.kaelix.Workers;
import io.kaelix.platform.Platforms;
import java.util.Objects;

/** Launches streamers that live in this process; what {@link MemoryStreamer#launch(StreamerConfig)} finds as a service. */
public final class LocalEngine implements MemoryStreamer.Engine {

    /** For the service loader. */
    public LocalEngine() {
    }

    @Override
    public MemoryStreamer launch(final StreamerConfig config) {
        Platforms.requireNativeAccess();
        return LocalStreamer.launch(config, Platforms.current(), null, false);
    }

    @Override
    public MemoryStreamer launch(final StreamerConfig config, final Workers workers) {
        Objects.requireNonNull(workers, "workers");
        Platforms.requireNativeAccess();
        return LocalStreamer.launch(config, Platforms.current(), workers, false);
    }

    @Override
    public MemoryStreamer attach(final StreamerConfig config, final Workers workers) {
        if (config.directory().isEmpty()) {
            throw new IllegalArgumentException("no directory to attach to: name it with withDirectory");
        }
        Platforms.requireNativeAccess();
        return LocalStreamer.launch(config, Platforms.current(), workers, true);
    }

    @Override
    public KaelixClient connect(final ClientConfig config) {
        Platforms.requireNativeAccess();
        return RemoteClient.connect(Objects.requireNonNull(config, "config"), Platforms.current(), null);
    }

    @Override
    public KaelixClient connect(final ClientConfig config, final Workers workers) {
        Objects.requireNonNull(workers, "workers");
        Platforms.requireNativeAccess();
        return RemoteClient.connect(Objects.requireNonNull(config, "config"), Platforms.current(), workers);
    }
}
