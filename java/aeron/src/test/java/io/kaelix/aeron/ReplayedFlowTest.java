// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.Topic;
import io.kaelix.config.BridgeConfig;
import io.kaelix.net.FlowSink;
import io.kaelix.net.Flows;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A flow over a sink that fails when it is told to. */
class ReplayedFlowTest {

    private static final int FRAME = 24;
    private static final int END = 1_000;

    @TempDir
    Path folder;
    private final Map<String, Integer> calls = new HashMap<>();
    private Object committed = FRAME;
    private boolean read = true;
    private Receipt receipt;
    private ReplayedFlow flow;

    @BeforeEach
    void open() {
        final BridgeConfig link = BridgeConfig.in("in", "aeron:udp?endpoint=127.0.0.1:1").replayedTo("aeron:udp?endpoint=127.0.0.1:0", folder);
        receipt = Receipt.open(link, 0);
        receipt.begin(1, 2, 0);
        flow = new ReplayedFlow(5, "out", 3, flows(), new Figures(link), receipt, false);
        flow.sync(0, 0, 0);
        flow.stream(0, Topic.of("topic"), 0, 1);
        flow.lane(0, 0, 0);
    }

    @AfterEach
    void close() {
        receipt.close();
    }

    private static <T> T made(final Class<T> type, final Map<String, Object> answers, final Map<String, Integer> calls) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
            calls.merge(method.getName(), 1, Integer::sum);
            final Object answer = answers.get(method.getName());
            if (answer instanceof final RuntimeException failure) {
                throw failure;
            }
            return answer;
        }));
    }

    private Flows flows() {
        final FlowSink sink = made(FlowSink.class, new HashMap<>(Map.of("maxFrameLength", 1 << 16, "room", 1 << 20, "claim", 0, "put", FRAME,
                "waiting", 0L, "denied", 0L, "stream", 0, "laneNumber", 9L, "position", 64L, "readTo", 64L)) {
            private static final long serialVersionUID = 1;

            @Override
            public Object get(final Object key) {
                return key.equals("commit") ? committed : super.get(key);
            }
        }, calls);
        return made(Flows.class, new HashMap<>(Map.of("sink", sink, "instance", 2L)) {
            private static final long serialVersionUID = 1;

            @Override
            public Object get(final Object key) {
                return key.equals("isRead") ? read : super.get(key);
            }
        }, calls);
    }

    private int run() {
        final UnsafeBuffer run = new UnsafeBuffer(new byte[RecordDescriptor.RUN_LENGTH + FRAME]);
        run.putInt(RecordDescriptor.RUN_COUNT_OFFSET, 1, LITTLE_ENDIAN);
        run.putInt(RecordDescriptor.RUN_LENGTH, FRAME, LITTLE_ENDIAN);
        return flow.run(run, 0, run.capacity(), END);
    }

    @Test
    void shouldTakeARunOnceMoreThatCouldNotBePublished() {
        committed = new KaelixException("others keep the directory locked");
        assertThatThrownBy(this::run).isInstanceOf(KaelixException.class);
        assertThat(receipt.position()).isZero();
        assertThat(calls).containsEntry("abort", 1);
        committed = FlowSink.CLOSED;
        assertThat(run()).isEqualTo(FlowSink.CLOSED);
        assertThat(receipt.position()).isZero();
        committed = FRAME;
        assertThat(run()).isZero();
        assertThat(receipt.progress()).isEqualTo(new Receipt.Progress(0, END, 1, 0));
        // And only once.
        assertThat(run()).isZero();
        assertThat(calls).containsEntry("commit", 3);
    }

    @Test
    void shouldPublishNothingBeforeLanesOfALifeBeforeAreRead() {
        receipt.opened(4);
        read = false;
        assertThat(run()).isEqualTo(RemoteFlow.NO_ROOM);
        assertThat(calls).doesNotContainKey("commit");
        read = true;
        final int[] result = {RemoteFlow.NO_ROOM};
        Pair.await("published", () -> (result[0] = run()) == 0);
        assertThat(calls).containsEntry("commit", 1);
    }
}
