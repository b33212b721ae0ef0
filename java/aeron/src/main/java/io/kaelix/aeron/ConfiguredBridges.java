// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.kaelix.MemoryStreamer;
import io.kaelix.config.BridgeConfig;
import io.kaelix.launch.BridgeProvider;
import io.kaelix.launch.LinkStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
        final Map<DriverConfig, List<LinkConfig>> byDriver = new LinkedHashMap<>();
        bridges.forEach(config -> byDriver.computeIfAbsent(driver(config), driver -> new ArrayList<>()).add(link(config)));
        final List<AeronBridge> open = new ArrayList<>();
        try {
            byDriver.forEach((driver, links) -> open.add(AeronBridge.open(streamer, driver, links.toArray(LinkConfig[]::new))));
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

    static DriverConfig driver(final BridgeConfig config) {
        return new DriverConfig(config.driver(), DriverConfig.Threading.valueOf(config.threading().name()), config.mtu());
    }

    static LinkConfig link(final BridgeConfig config) {
        final LinkConfig plain = config.direction() == BridgeConfig.Direction.OUT
                ? LinkConfig.out(config.name(), config.channel()).withPattern(config.pattern()).withSlow(config.slow()).withHops(config.hops())
                : LinkConfig.in(config.name(), config.channel());
        final LinkConfig link = config.mode() == BridgeConfig.Mode.TRANSPORT ? plain
                : config.direction() == BridgeConfig.Direction.OUT
                        ? plain.recordedIn(Path.of(config.archiveDirectory())).withSlow(config.slow()).withRetention(config.retention())
                        : plain.replayedTo(config.response(), Path.of(config.stateDirectory()));
        return link.withStream(config.stream()).withShards(config.shards())
                .withMaxFrameLength(config.maxFrameLength()).withPeerTimeout(config.peerTimeout());
    }
}
