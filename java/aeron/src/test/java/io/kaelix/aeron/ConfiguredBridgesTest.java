// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.config.BridgeConfig;
import io.kaelix.config.BridgeConfig.Threading;
import io.kaelix.launch.BridgeProvider;
import io.kaelix.launch.LinkStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a file asks for, opened; and what a driver's threads are, unless it says. */
class ConfiguredBridgesTest {

    @Test
    void shouldOpenABridgeForEachDriver() {
        try (Pair pair = new Pair()) {
            final List<BridgeConfig> asked = List.of(pair.out(), other("other").withThreading(Threading.SHARED), other("more").withMtu(8192),
                    other("last").withThreading(Threading.SHARED));
            try (BridgeProvider.Bridges bridges = new ConfiguredBridges().open(pair.here, asked); AeronBridge to = pair.openThere(pair.in())) {
                Pair.awaitConnected(to);
                assertThat(bridges.links()).extracting(LinkStatus::name).containsExactly("out", "other", "last", "more");
            }
        }
    }

    private static BridgeConfig other(final String name) {
        return BridgeConfig.out(name, "aeron:udp?endpoint=127.0.0.1:" + Ports.free());
    }

    @Test
    void shouldCloseAllIfOneIsRefused() {
        try (Pair pair = new Pair()) {
            final BridgeConfig bad = BridgeConfig.out("bad", "aeron:carrier-pigeon?endpoint=a:1").withThreading(Threading.SHARED);
            assertThatThrownBy(() -> new ConfiguredBridges().open(pair.there, List.of(pair.in(), bad))).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("link bad: Aeron does not take channel");
            // The port of the first is free again.
            new ConfiguredBridges().open(pair.there, List.of(pair.in())).close();
        }
    }

    @Test
    void shouldFitThreadsToCpusUnlessTheyAreGiven() {
        assertThat(AeronClient.threading(Threading.AUTO, 1)).isEqualTo(Threading.INVOKER);
        assertThat(AeronClient.threading(Threading.AUTO, 2)).isEqualTo(Threading.INVOKER);
        assertThat(AeronClient.threading(Threading.AUTO, 3)).isEqualTo(Threading.SHARED);
        assertThat(AeronClient.threading(Threading.AUTO, 4)).isEqualTo(Threading.SHARED);
        assertThat(AeronClient.threading(Threading.AUTO, 5)).isEqualTo(Threading.SHARED_NETWORK);
        assertThat(AeronClient.threading(Threading.DEDICATED, 1)).isEqualTo(Threading.DEDICATED);
    }
}
