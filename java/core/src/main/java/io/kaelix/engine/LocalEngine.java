// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.ClientConfig;
import io.kaelix.KaelixClient;
import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.StreamerConfig;
import io.kaelix.Workers;
import io.kaelix.platform.Platforms;
import java.util.Objects;

/** Launches streamers that live in this process; what {@link MemoryStreamer#launch(StreamerConfig)} finds as a service. */
public final class LocalEngine implements MemoryStreamer.Engine {

    /** Two who come at once may both find nobody, and one of them then somebody. */
    private static final int JOINING = 3;

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
    public MemoryStreamer join(final StreamerConfig config, final Workers workers) {
        KaelixException failure = null;
        for (int attempt = 0; attempt < JOINING; attempt++) {
            try {
                return attach(config, workers);
            } catch (final KaelixException nobodyThere) {
                try {
                    return LocalStreamer.launch(config, Platforms.current(), workers, false);
                } catch (final KaelixException e) {
                    failure = e;
                    failure.addSuppressed(nobodyThere);
                }
            }
        }
        throw failure;
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
