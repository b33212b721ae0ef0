// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.kaelix.MemoryStreamer;
import io.kaelix.config.BridgeConfig;
import io.kaelix.launch.BridgeProvider;
import io.kaelix.launch.LinkStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Opens what {@code [bridge.NAME]} asks for: links of one driver are one bridge. Found as a service.
 *
 * <p><b>Threads</b>: any.
 */
public final class ConfiguredBridges implements BridgeProvider {

    /** For the loader of services. */
    public ConfiguredBridges() {
    }

    @Override
    public Bridges open(final MemoryStreamer streamer, final List<BridgeConfig> bridges) {
        final Map<AeronBridge.Driver, List<BridgeConfig>> byDriver = bridges.stream()
                .collect(Collectors.groupingBy(AeronBridge.Driver::of, LinkedHashMap::new, Collectors.toList()));
        final List<AeronBridge> open = new ArrayList<>();
        try {
            byDriver.values().forEach(links -> open.add(AeronBridge.open(streamer, links.toArray(BridgeConfig[]::new))));
        } catch (final RuntimeException | Error e) {
            open.forEach(AeronBridge::close);
            throw e;
        }
        return new Bridges() {

            @Override
            public List<LinkStatus> links() {
                final List<LinkStatus> links = new ArrayList<>();
                open.forEach(bridge -> links.addAll(bridge.links()));
                return links;
            }

            @Override
            public void close() {
                open.forEach(AeronBridge::close);
            }
        };
    }
}
