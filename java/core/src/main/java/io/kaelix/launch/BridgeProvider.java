// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.config.BridgeConfig;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Opens the links that {@code [bridge.NAME]} asks for. The artifact {@code kaelix-aeron} provides it, as a service: {@link Kaelix#launch}
 * finds it on the class path or module path, and needs it only where there is a bridge.
 *
 * <p><b>Threads</b>: any.
 */
public interface BridgeProvider {

    /** Links that are open. */
    interface Bridges extends AutoCloseable {

        /** How they are doing, in the order in which they were given; from any thread, and after they were closed. */
        List<LinkStatus> links();

        /** Closes all of them, in order, before their streamer is closed. Again is without effect. */
        @Override
        void close();
    }

    /**
     * Opens links of a streamer.
     *
     * @param streamer that the library has launched
     * @param bridges at least one, of different names
     * @throws KaelixException if one cannot be opened: a message of one line says which, why, and what to do. None is open then
     */
    Bridges open(MemoryStreamer streamer, List<BridgeConfig> bridges);

    /**
     * The provider that is installed.
     *
     * @param wanted what it is for: at least one
     * @throws KaelixException if there is none, or it does not start
     */
    static BridgeProvider installed(final List<BridgeConfig> wanted) {
        final String bridge = "[bridge." + wanted.getFirst().name() + "] needs the artifact io.kaelix:kaelix-aeron, which ";
        try {
            return ServiceLoader.load(BridgeProvider.class, BridgeProvider.class.getClassLoader()).findFirst()
                    .orElseThrow(() -> new KaelixException(bridge + "is neither on the class path nor on the module path: add it, or take"
                            + " the bridges out of the configuration"));
        } catch (final ServiceConfigurationError e) {
            throw new KaelixException(bridge + "does not start: " + e.getMessage(), e);
        }
    }
}
