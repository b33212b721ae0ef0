// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.config.BridgeConfig;
import io.kaelix.launch.LinkStatus;
import java.util.function.BooleanSupplier;

/** Two streamers, and a channel from the one to the other, for tests. */
final class Pair implements AutoCloseable {

    private static final long PATIENCE_NANOS = 30_000_000_000L;

    final MemoryStreamer here = MemoryStreamer.launch();
    final MemoryStreamer there = MemoryStreamer.launch();
    final String channel = "aeron:udp?endpoint=127.0.0.1:" + Ports.free();

    /** A link that sends on the channel, and waits for room. */
    BridgeConfig out() {
        return BridgeConfig.out("out", channel).withSlow(SlowSubscriberPolicy.BLOCK);
    }

    /** The other end of it. */
    BridgeConfig in() {
        return BridgeConfig.in("in", channel);
    }

    AeronBridge openHere(final BridgeConfig... links) {
        return AeronBridge.open(here, links);
    }

    AeronBridge openThere(final BridgeConfig... links) {
        return AeronBridge.open(there, links);
    }

    static LinkStatus status(final AeronBridge bridge) {
        return bridge.links().getFirst();
    }

    /** Waits until all links of all bridges have their other ends. */
    static void awaitConnected(final AeronBridge... bridges) {
        for (final AeronBridge bridge : bridges) {
            await("connected", () -> bridge.links().stream().allMatch(LinkStatus::connected));
        }
    }

    static void await(final String what, final BooleanSupplier condition) {
        final long until = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - until).as(what + ", in time").isNegative();
            Thread.yield();
        }
    }

    @Override
    public void close() {
        here.close();
        there.close();
    }
}
