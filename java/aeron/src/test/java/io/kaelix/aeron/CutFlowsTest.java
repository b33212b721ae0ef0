// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.config.BridgeConfig;
import io.kaelix.net.Flows;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CutFlowsTest {

    private static final long BEGIN = Long.MAX_VALUE - 5;

    private final MemoryStreamer streamer = MemoryStreamer.launch();
    private final CutFlows cut = new CutFlows();

    @AfterEach
    void close() {
        streamer.close();
    }

    private RemoteFlow flow(final long number) {
        return new RemoteFlow(number, "sender", 1 + number, Flows.of(streamer), new Figures(BridgeConfig.in("in", "aeron:ipc")));
    }

    @Test
    void shouldCloseThoseThatAreGoneLongestWhenTheyAreMany() {
        for (int number = 0; number < 3 * CutFlows.MOST; number++) {
            cut.add(flow(number), BEGIN);
        }
        assertThat(streamer.lanes()).hasSize(CutFlows.MOST);
        assertThat(cut.take(2 * CutFlows.MOST - 1)).isNull();
        assertThat(cut.take(2 * CutFlows.MOST)).isNotNull();
    }

    @Test
    void shouldKeepAFlowForAWhile() {
        cut.add(flow(1), BEGIN);
        cut.add(flow(2), BEGIN + 10);
        cut.turn(BEGIN + CutFlows.KEPT_NANOS);
        assertThat(streamer.lanes()).hasSize(2);
        cut.turn(BEGIN + CutFlows.KEPT_NANOS + 1);
        assertThat(streamer.lanes()).hasSize(1);
        assertThat(cut.take(1)).isNull();
        assertThat(cut.take(2)).isNotNull();
        // Who came back is not closed with the others.
        cut.turn(BEGIN + 2 * CutFlows.KEPT_NANOS);
        cut.close();
        assertThat(streamer.lanes()).hasSize(1);
    }

    @Test
    void shouldCloseAllInTheEnd() {
        cut.add(flow(1), BEGIN);
        cut.add(flow(2), BEGIN);
        cut.close();
        assertThat(streamer.lanes()).isEmpty();
        assertThat(cut.take(2)).isNull();
    }
}
