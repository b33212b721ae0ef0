// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/**
 * Everything at once, made, used and closed at random by several threads for a while; then nothing of it is left.
 *
 * <pre>
 *   3 threads, each: publishers of a topic and of streams, subscribers of all policies and starts, handlers, retained messages │ closed by
 *                    their own thread or another
 *   beside them:     one publisher and one BLOCK subscriber that stay, and miss nothing
 * </pre>
 *
 * <p>Seconds long, minutes with {@code -Dkaelix.long=true}.
 */
@Timeout(1_800)
class SoakTest {

    private static final int ROUNDS = Boolean.getBoolean("kaelix.long") ? 40_000 : 600;
    private static final int THREADS = 3;
    private static final int SLOTS = 64;
    private static final String STEADY = "s.steady";

    private final BufferPoolMXBean directBuffers = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct")).findFirst().orElseThrow();

    /** Another streamer each time, so that whatever one leaves behind is not taken for what the next began with. */
    @RepeatedTest(3)
    void shouldLeaveNothingBehindOfWhatCameAndWent() throws Exception {
        final long directBefore = directBuffers.getMemoryUsed();
        final MemoryStreamer streamer = EngineFixture.launch();
        final Soak soak = new Soak(streamer, STEADY);
        try (PeerThread steadyThread = new PeerThread()) {
            final Future<Long> steady = steadyThread.begin(soak::streamSteadily);
            final List<Future<Void>> workers = new ArrayList<>();
            final List<PeerThread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                final long seed = System.nanoTime() + i;
                threads.add(new PeerThread());
                workers.add(threads.getLast().begin(() -> soak.live(seed, ROUNDS)));
            }
            for (final Future<Void> worker : workers) {
                worker.get();
            }
            soak.end();
            assertThat(PeerThread.result(steady)).as("messages of the publisher that stayed").isPositive();
            threads.forEach(PeerThread::close);
        }
        assertThat(soak.failures()).isEmpty();
        assertThat(soak.used()).as("all of it was in use").containsKeys("publisher", "publisher of streams", "BLOCK", "LOSSY", "DISCONNECT",
                "handler, BLOCK", "handler, LOSSY", "retained", "given away and closed", "cut off", "thrown by a handler");
        EngineFixture.await("the handlers' thread has ended",
                () -> Thread.getAllStackTraces().keySet().stream().noneMatch(thread -> thread.getName().startsWith("kaelix-push")));
        soak.closeShared();
        assertThat(streamer.subscribers()).isEmpty();
        assertThat(streamer.pool().outstanding()).isZero();
        assertThat(streamer.pool().leaks()).isZero();
        assertAllSlotsAreFree(streamer, soak.steadyPublisher());
        soak.steadyPublisher().close();
        streamer.close();
        // A publisher that another thread closed, whose own never came back to it, holds its lane until it is garbage; so do lossy readers' buffers.
        EngineFixture.await("all memory is given back", () -> {
            System.gc();
            return streamer.placement().bytes() == 0 && directBuffers.getMemoryUsed() <= directBefore;
        });
        assertThat(streamer.pool().reservedBytes()).isZero();
    }

    private static void assertAllSlotsAreFree(final MemoryStreamer streamer, final Publisher publisher) {
        final List<Subscriber> readers = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            readers.add(streamer.subscriber(STEADY));
        }
        assertThatThrownBy(() -> streamer.subscriber(STEADY)).isInstanceOf(KaelixException.class);
        readers.forEach(Subscriber::close);
    }
}
