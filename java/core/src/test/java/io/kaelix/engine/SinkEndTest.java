// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kaelix.MemoryStreamer;
import io.kaelix.Start;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import io.kaelix.net.FlowSink;
import io.kaelix.net.Flows;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where lanes of sinks ended: asked when they are closed, when their process was killed, and when nothing of them is there any more. */
class SinkEndTest extends SharedFixture {

    private static final int FRAME = 24;
    private static final int ROUNDS = 6;

    private final FlowCarrier carrier = new FlowCarrier();
    private Processes processes;

    @BeforeEach
    void makeProcesses() {
        processes = new Processes(parent);
    }

    @AfterEach
    void end() throws InterruptedException {
        processes.killAll();
        carrier.close();
    }

    /** Position behind so many messages, of which none lies across the end of the ring. */
    private static long positionBehind(final long messages) {
        long position = 0;
        for (long message = 0; message < messages; message++) {
            final long left = LANE - position % LANE;
            position += FRAME + (left < FRAME ? left : 0);
        }
        return position;
    }

    private Process startBridge(final Path in) throws Exception {
        final Process process = processes.start(SinkProbe.class, in);
        processes.expect(process, "ready");
        return process;
    }

    private static long laneOf(final Process process) throws Exception {
        return Long.parseLong(process.inputReader().readLine());
    }

    @Test
    void shouldSayWhereALaneEndedThatWasClosedAndIsGone() {
        final FlowSink sink = Flows.of(first).sink("host", 10, 77, 1);
        carrier.bring(sink, "a", 5);
        assertThat(Flows.of(second).endOf(sink.laneNumber())).as("it is there still").isEqualTo(Flows.UNKNOWN);
        sink.close();
        assertThat(first.lanes()).isEmpty();
        assertThat(Flows.of(second).endOf(sink.laneNumber())).isEqualTo(5 * FRAME);
        assertThat(Flows.of(first).endOf(sink.laneNumber())).isEqualTo(5 * FRAME);
    }

    @Test
    void shouldSayThatALaneEndedAtItsBeginThatWasNotUsed() {
        final FlowSink sink = Flows.of(first).sink("host", 10, 77, 1);
        sink.close();
        assertThat(Flows.of(second).endOf(sink.laneNumber())).isZero();
    }

    @Test
    void shouldNotSayItOfAStreamerThatIsClosedAndWhoseSinkIsNot() {
        final MemoryStreamer third = MemoryStreamer.attach(config());
        final FlowSink sink = Flows.of(third).sink("host", 10, 77, 1);
        carrier.bring(sink, "a", 5);
        third.close();
        assertThat(Flows.of(second).endOf(sink.laneNumber())).isEqualTo(Flows.UNKNOWN);
        sink.close();
        assertThat(Flows.of(second).endOf(sink.laneNumber())).isEqualTo(5 * FRAME);
        assertThatIllegalStateException().isThrownBy(() -> Flows.of(third).endOf(sink.laneNumber()));
    }

    @Test
    void shouldSayThatItDoesNotKnow() {
        final FlowSink own = Flows.of(first).sink("client", 10);
        carrier.bring(own, "a", 5);
        own.close();
        assertThat(Flows.of(first).endOf(own.laneNumber())).as("published here").isEqualTo(Flows.UNKNOWN);
        assertThat(Flows.of(first).endOf(Long.MAX_VALUE)).isEqualTo(Flows.UNKNOWN);
        assertThat(Flows.of(first).endOf(0)).isEqualTo(Flows.UNKNOWN);
        try (MemoryStreamer alone = EngineFixture.launch()) {
            final FlowSink sink = Flows.of(alone).sink("host", 10, 77, 1);
            carrier.bring(sink, "a", 5);
            sink.close();
            assertThat(Flows.of(alone).endOf(sink.laneNumber())).as("no directory").isEqualTo(Flows.UNKNOWN);
        }
    }

    @Test
    void shouldSayExactlyWhereALaneEndedWhoseProcessWasKilledInTheMiddleOfIt() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            final long[] messages = {0};
            try (Subscriber subscriber = first.subscriber(TopicPattern.of("a"), SubscriberConfig.defaults())) {
                final Process process = startBridge(folder);
                final long lane = laneOf(process);
                assertThat(Flows.of(second).endOf(lane)).as("it lives").isEqualTo(Flows.UNKNOWN);
                final long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20 + 23 * round);
                while (System.nanoTime() < until || messages[0] == 0) {
                    subscriber.poll(message -> messages[0]++, 100);
                }
                Processes.kill(process);
                // At once: nobody has noticed its death yet, or just does. A reader holds its lane.
                final long end = Flows.of(second).endOf(lane);
                for (int idle = 0; idle < 100; idle++) {
                    if (subscriber.poll(message -> messages[0]++, 100) > 0) {
                        idle = 0;
                    }
                }
                assertThat(end).isPositive().isEqualTo(positionBehind(messages[0]));
                EngineFixture.await("the lane is gone", () -> {
                    subscriber.poll(message -> { }, 1);
                    return first.lanes().isEmpty();
                });
                assertThat(Flows.of(second).endOf(lane)).as("behind the end of its file").isEqualTo(end);
            }
        }
    }

    @Test
    void shouldSayWhereALaneEndedWhoseProcessWasKilledWhileItClosed() throws Exception {
        final Process process = processes.start(SinkProbe.class, folder, "closed");
        processes.expect(process, "ready");
        final long lane = laneOf(process);
        // Some looks at what is to be closed, which may be in the tables by then.
        Thread.sleep(3 * Neighbours.BEAT_MILLIS);
        assertThat(Flows.of(second).endOf(lane)).isEqualTo(Flows.UNKNOWN);
        Processes.kill(process);
        assertThat(Flows.of(second).endOf(lane)).isEqualTo(FRAME);
    }

    @Test
    void shouldSayWhereALaneEndedOfADirectoryInWhichAllWereKilled() throws Exception {
        final Path other = parent.resolve("other");
        final Process process = startBridge(other);
        final long lane = laneOf(process);
        final long[] messages = {0};
        Thread.sleep(50);
        Processes.kill(process);
        try (MemoryStreamer resumed = MemoryStreamer.launch(config().withDirectory(other).withResume(true));
                Subscriber subscriber = resumed.subscriber(TopicPattern.of("a"), SubscriberConfig.defaults().withStart(Start.oldest()))) {
            // Two are number 0, the first and the next one.
            for (int idle = 0; idle < 100; idle++) {
                if (subscriber.poll(message -> messages[0] = message.getLong(0) + 2, 100) > 0) {
                    idle = 0;
                }
            }
            assertThat(Flows.of(resumed).endOf(lane)).isPositive().isEqualTo(positionBehind(messages[0]));
        }
    }
}
