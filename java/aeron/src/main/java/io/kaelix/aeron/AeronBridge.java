// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.kaelix.Duty;
import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Workers;
import io.kaelix.launch.LinkStatus;
import io.kaelix.net.Flows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Links the streams of a streamer with those of others, on other hosts, over Aeron.
 *
 * {@snippet :
 * try (MemoryStreamer streamer = MemoryStreamer.launch();
 *         AeronBridge bridge = AeronBridge.open(streamer, DriverConfig.defaults(),
 *                 LinkConfig.out("east", "aeron:udp?endpoint=10.0.0.2:7100"),
 *                 LinkConfig.in("west", "aeron:udp?endpoint=10.0.0.1:7100"))) {
 *     streamer.subscribe("orders.>", message -> System.out.println(message.asString()));
 * }
 * }
 *
 * <p>What subscribers of one host see of a publisher of another is in the order in which it was published, per stream and publisher, and nothing
 * comes twice. Whether something can be lost is the {@linkplain BridgeMode mode}'s to say. Delivery here never waits for a link, unless
 * {@link LinkConfig#slow} says so.
 *
 * <p>What came by a bridge is not sent on by another, unless {@link LinkConfig#hops} allows that; what was published here, and comes back,
 * is dropped.
 *
 * <p>Aeron needs a flag of the JVM: {@code --add-opens java.base/jdk.internal.misc=ALL-UNNAMED}.
 *
 * <p><b>Threads</b>: any. The work is done by a worker of the streamer, in its turns; {@link #close} waits until it has ended.
 */
public final class AeronBridge implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger(AeronBridge.class.getName());
    private static final long LONGEST_CLOSE_MILLIS = 2_000;

    private final MemoryStreamer streamer;
    private final AeronClient client;
    private final List<Figures> figures = new ArrayList<>();
    private final List<OutShard> outs = new ArrayList<>();
    private final List<InShard> ins = new ArrayList<>();
    private final Loop loop = new Loop();
    private Workers.Work work;

    private AeronBridge(final MemoryStreamer streamer, final DriverConfig driver, final List<LinkConfig> links) {
        this.streamer = streamer;
        final Flows flows = Flows.of(streamer);
        final Duration timeout = links.stream().map(LinkConfig::peerTimeout).min(Comparator.naturalOrder()).orElseThrow();
        client = AeronClient.open(driver, timeout, error -> figures.forEach(one -> one.error(error)));
        try {
            for (final LinkConfig link : links) {
                open(link, flows);
            }
            work = flows.recur(loop);
        } catch (final RuntimeException | Error e) {
            release();
            throw e;
        }
    }

    private void open(final LinkConfig link, final Flows flows) {
        if (link.mode() == BridgeMode.ARCHIVE) {
            throw new KaelixException("link " + link.name() + ": mode archive is not part of this version: use transport");
        }
        final Figures counted = new Figures(link);
        figures.add(counted);
        for (int shard = 0; shard < link.shards(); shard++) {
            if (link.direction() == LinkConfig.Direction.OUT) {
                outs.add(new OutShard(link, shard, flows, client, counted));
            } else {
                ins.add(new InShard(link, shard, flows, client, counted));
            }
        }
        LOGGER.log(System.Logger.Level.INFO, "link " + link.name() + (link.direction() == LinkConfig.Direction.OUT ? " sends " + link.pattern()
                + " on " : " takes in what comes on ") + link.channel() + (link.mode() == BridgeMode.TRANSPORT
                        ? "; mode TRANSPORT: what is in flight when an end dies is lost, and counted" : "; mode ARCHIVE: what is recorded arrives"));
    }

    /**
     * Opens links.
     *
     * @param streamer whose streams they are; it is closed after the bridge
     * @throws KaelixException if Aeron does not start, or takes a channel not; it says why, and the remedy. Nothing is open then
     * @throws IllegalArgumentException if there is no link, or two have one name, or the streamer is not one of this library's
     */
    public static AeronBridge open(final MemoryStreamer streamer, final DriverConfig driver, final LinkConfig... links) {
        Objects.requireNonNull(streamer, "streamer");
        Objects.requireNonNull(driver, "driver");
        final List<LinkConfig> all = List.of(links);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("a bridge without links: give it one at least");
        }
        if (all.stream().map(LinkConfig::name).distinct().count() < all.size()) {
            throw new IllegalArgumentException("two links have one name: " + all.stream().map(LinkConfig::name).toList());
        }
        return new AeronBridge(streamer, driver, all);
    }

    /** How its links are doing, in the order in which they were given. */
    public List<LinkStatus> links() {
        return figures.stream().map(Figures::status).toList();
    }

    /** The streamer whose streams it links. */
    public MemoryStreamer streamer() {
        return streamer;
    }

    /**
     * Ends the links: what was published and not sent stays where it is. Waits until the worker is through with its turn, not longer than
     * two seconds; from within a handler of that worker, not at all. Again is without effect.
     */
    @Override
    public void close() {
        work.close();
        loop.await();
    }

    private void release() {
        outs.forEach(OutShard::close);
        ins.forEach(InShard::close);
        client.close();
    }

    /** What a worker does. */
    private final class Loop implements Duty {

        private volatile Thread worker;
        private volatile boolean over;

        @Override
        public int turn() {
            if (worker == null) {
                worker = Thread.currentThread();
            }
            final long now = System.nanoTime();
            int done = 0;
            for (int i = 0; i < outs.size(); i++) {
                done += outs.get(i).turn(now);
            }
            // Between the two: what was offered goes out in this turn, and what came in is taken.
            done += client.invoke();
            for (int i = 0; i < ins.size(); i++) {
                done += ins.get(i).turn();
            }
            return done;
        }

        @Override
        public void ended() {
            try {
                release();
            } finally {
                synchronized (this) {
                    over = true;
                    notifyAll();
                }
            }
        }

        private void await() {
            if (Thread.currentThread() == worker) {
                return;
            }
            final long until = System.nanoTime() + LONGEST_CLOSE_MILLIS * 1_000_000;
            boolean interrupted = false;
            synchronized (this) {
                while (!over && System.nanoTime() - until < 0) {
                    try {
                        wait(LONGEST_CLOSE_MILLIS);
                    } catch (final InterruptedException e) {
                        interrupted = true;
                    }
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
