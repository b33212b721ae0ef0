// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Topic;
import io.kaelix.config.BridgeConfig;
import io.kaelix.net.Flows;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class RemoteFlowTest {

    private static final int MOST_HOSTS = 256;
    private static final int FRAME = 24;

    /** One message of 8 bytes, in a lane of its sender. */
    private static UnsafeBuffer run(final int lane, final long before) {
        final UnsafeBuffer run = new UnsafeBuffer(new byte[RecordDescriptor.RUN_LENGTH + FRAME]);
        run.putInt(RecordDescriptor.RUN_LANE_OFFSET, lane, LITTLE_ENDIAN);
        run.putInt(RecordDescriptor.RUN_COUNT_OFFSET, 1, LITTLE_ENDIAN);
        run.putLong(RecordDescriptor.RUN_FLOW_MESSAGES_OFFSET, before, LITTLE_ENDIAN);
        run.putInt(RecordDescriptor.RUN_LENGTH, FRAME, LITTLE_ENDIAN);
        run.putByte(RecordDescriptor.RUN_LENGTH + 5, (byte) 1);
        return run;
    }

    @Test
    void shouldRefuseASenderThatNamesHostsWithoutEnd() {
        try (MemoryStreamer streamer = MemoryStreamer.launch()) {
            final RemoteFlow flow = new RemoteFlow(1, "flow", 1, Flows.of(streamer), new Figures(BridgeConfig.in("in", "aeron:ipc")));
            flow.sync(0, 0, 0);
            assertThat(flow.stream(0, Topic.of("topic"), 0, 1)).isTrue();
            // The first is the sender itself.
            for (int host = 1; host < MOST_HOSTS; host++) {
                flow.lane(host, 1_000 + host, 1);
                final UnsafeBuffer run = run(host, host - 1);
                assertThat(flow.run(run, 0, run.capacity(), 0)).as(flow.error()).isZero();
            }
            flow.lane(MOST_HOSTS, 1_000 + MOST_HOSTS, 1);
            final UnsafeBuffer run = run(MOST_HOSTS, MOST_HOSTS - 1);
            assertThatThrownBy(() -> flow.run(run, 0, run.capacity(), 0)).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("more than 256 hosts");
            flow.close();
        }
    }
}
