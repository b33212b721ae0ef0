// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Publisher;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.net.FlowRequest;
import io.kaelix.net.FlowSink;
import io.kaelix.net.FlowSource;
import io.kaelix.net.OutRun;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a bridge does with flows, in one thread: brings messages to a sink as from another host, and takes what a source has. */
final class FlowCarrier implements AutoCloseable {

    private final LocalStreamer elsewhere = (LocalStreamer) EngineFixture.launch();
    private final OutRun run = new OutRun(0);

    /** Brings numbers from 0 on, published elsewhere to a topic; how many there was room for. */
    int bring(final FlowSink sink, final String topic, final int count) {
        try (FlowSource source = elsewhere.flows().source(new FlowRequest(TopicPattern.of(topic), SubscriberConfig.defaults(), 1 << 12,
                sink.maxFrameLength(), List.of())); Publisher publisher = elsewhere.publisher(topic)) {
            for (int number = 0; number < count; number++) {
                EngineFixture.send(publisher, number);
                final int bytes = source.next(run, sink.maxFrameLength());
                if (sink.room() < bytes) {
                    return number;
                }
                for (int i = 0; i < run.newStreams(); i++) {
                    assertThat(sink.stream(run.newStream(i), source.topic(run.newStream(i)), 0, 1, true)).isZero();
                }
                assertThat(sink.claim(bytes)).isZero();
                assertThat(sink.put(run.buffer())).isEqualTo(bytes);
                assertThat(sink.commit()).as(sink.error()).isEqualTo(bytes);
                assertThat(source.acknowledge(source.sent())).isTrue();
            }
        }
        return count;
    }

    /** Takes and acknowledges all that there is: how many messages of each stream, as {@code topic#partition}. */
    Map<String, Integer> take(final FlowSource source) {
        final Map<String, Integer> counts = new TreeMap<>();
        for (int idle = 0; idle < 32; idle++) {
            while (source.next(run, 1 << 12) > 0) {
                idle = 0;
                final var frames = run.buffer().slice().order(ByteOrder.LITTLE_ENDIAN);
                for (int at = 0; at < run.length(); at += FrameDescriptor.step(frames.getInt(at))) {
                    final int stream = frames.getInt(at + FrameDescriptor.STREAM_ID_OFFSET);
                    counts.merge(source.topic(stream).name() + '#' + source.partition(stream), 1, Integer::sum);
                }
                assertThat(source.acknowledge(source.sent())).isTrue();
            }
        }
        return counts;
    }

    @Override
    public void close() {
        elsewhere.close();
    }
}
