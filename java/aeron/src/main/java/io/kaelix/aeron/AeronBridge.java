// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.kaelix.Duty;
import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Topic;
import io.kaelix.Workers;
import io.kaelix.config.BridgeConfig;
import io.kaelix.launch.LinkStatus;
import io.kaelix.net.Flows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Links the streams of a streamer with those of others, on other hosts, over Aeron.
 *
 * {@snippet :
 * try (MemoryStreamer streamer = MemoryStreamer.launch();
 *         AeronBridge bridge = AeronBridge.open(streamer,
 *                 BridgeConfig.out("east", "aeron:udp?endpoint=10.0.0.2:7100"),
 *                 BridgeConfig.in("west", "aeron:udp?endpoint=10.0.0.1:7100"))) {
 *     streamer.subscribe("orders.>", message -> System.out.println(message.asString()));
 * }
 * }
 *
 * <p>What subscribers of one host see of a publisher of another is in the order in which it was published, per stream and publisher, and nothing
 * comes twice. Whether something can be lost is the {@linkplain BridgeConfig.Mode mode}'s to say. Delivery here never waits for a link, unless
 * {@link BridgeConfig#slow} says so.
 *
 * <p>What came by a bridge is not sent on by another, unless {@link BridgeConfig#hops} allows that; what was published here, and comes back,
 * is dropped.
 *
 * <p>Aeron needs a flag of the JVM: {@code --add-opens java.base/jdk.internal.misc=ALL-UNNAMED}.
 *
 * <p><b>Threads</b>: any. The work is done by a worker of the streamer, in its turns; {@link #close} waits until it has ended.
 */
public final class AeronBridge implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger(AeronBridge.class.getName());
    private static final long LONGEST_CLOSE_MILLIS = 2_000;
    private static final long LONGEST_ARCHIVED_CLOSE_MILLIS = 10_000;
    private static final long LOOK_NANOS = 100_000_000;
    private static final long RECONNECT_NANOS = 1_000_000_000;

    private final MemoryStreamer streamer;
    private final AeronClient client;
    private final List<Figures> figures = new ArrayList<>();
    private final List<OutShard> outs = new ArrayList<>();
    private final List<InShard> ins = new ArrayList<>();
    private final List<ArchiveEnd> archived = new ArrayList<>();
    private final Map<String, SenderArchive> archives = new LinkedHashMap<>();
    private final Loop loop = new Loop();
    private Workers.Work work;

    /** What links of one bridge have in common: the driver that they use, and how it works if it is of this process. */
    record Driver(String driver, BridgeConfig.Threading threading, int mtu) {

        static Driver of(final BridgeConfig link) {
            return new Driver(link.driver(), link.threading(), link.mtu());
        }
    }

    private AeronBridge(final MemoryStreamer streamer, final List<BridgeConfig> links) {
        this.streamer = streamer;
        final Flows flows = Flows.of(streamer);
        final Duration timeout = links.stream().map(BridgeConfig::peerTimeout).min(Comparator.naturalOrder()).orElseThrow();
        final boolean records = links.stream().anyMatch(link -> link.mode() == BridgeConfig.Mode.ARCHIVE);
        client = AeronClient.open(links.getFirst(), records, timeout, error -> figures.forEach(one -> one.error(error)));
        try {
            for (final BridgeConfig link : links) {
                open(link, flows);
            }
            archived.forEach(ArchiveEnd::start);
            work = flows.recur(loop);
        } catch (final RuntimeException | Error e) {
            release();
            throw e;
        }
    }

    private void open(final BridgeConfig link, final Flows flows) {
        final Figures counted = new Figures(link);
        figures.add(counted);
        if (link.mode() == BridgeConfig.Mode.ARCHIVE) {
            openArchived(link, flows, counted);
        } else {
            openTransport(link, flows, counted);
        }
        LOGGER.log(System.Logger.Level.INFO, "link " + link.name() + (link.direction() == BridgeConfig.Direction.OUT ? " sends " + link.pattern()
                + " on " : " takes in what comes on ") + link.channel() + (link.mode() == BridgeConfig.Mode.TRANSPORT
                        ? "; mode TRANSPORT: what is in flight when an end dies is lost, and counted" : "; mode ARCHIVE: what is recorded arrives"));
    }

    private void openTransport(final BridgeConfig link, final Flows flows, final Figures counted) {
        for (int shard = 0; shard < link.shards(); shard++) {
            if (link.direction() == BridgeConfig.Direction.OUT) {
                outs.add(new OutShard(link, shard, flows, client, counted));
            } else {
                ins.add(new InShard(link, shard, flows, client, counted));
            }
        }
    }

    private void openArchived(final BridgeConfig link, final Flows flows, final Figures counted) {
        if (link.direction() == BridgeConfig.Direction.IN) {
            for (int shard = 0; shard < link.shards(); shard++) {
                archived.add(new ReplayedShard(link, shard, flows, client.directory(), counted));
            }
            return;
        }
        final SenderArchive archive = SenderArchive.launch(link, client.directory(), counted);
        archives.put(link.name(), archive);
        for (int shard = 0; shard < link.shards(); shard++) {
            archived.add(new RecordedShard(link, shard, flows, archive, client.directory(), counted));
        }
    }

    /**
     * Opens links, which have one driver.
     *
     * @param streamer whose streams they are; it is closed after the bridge
     * @param links of different names, with one {@link BridgeConfig#driver}, {@link BridgeConfig#threading} and {@link BridgeConfig#mtu}
     * @throws KaelixException if Aeron does not start, or takes a channel not; it says why, and the remedy. Nothing is open then
     * @throws IllegalArgumentException if there is no link, or two have one name, or drivers that are not the same, or the streamer is not one of
     *     this library's
     */
    public static AeronBridge open(final MemoryStreamer streamer, final BridgeConfig... links) {
        Objects.requireNonNull(streamer, "streamer");
        final List<BridgeConfig> all = List.of(links);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("a bridge without links: give it one at least");
        }
        if (all.stream().map(BridgeConfig::name).distinct().count() < all.size()) {
            throw new IllegalArgumentException("two links have one name: " + all.stream().map(BridgeConfig::name).toList());
        }
        final Driver driver = Driver.of(all.getFirst());
        for (final BridgeConfig link : all) {
            if (!Driver.of(link).equals(driver)) {
                throw new IllegalArgumentException("links of one bridge have one driver, and " + all.getFirst().name() + " asks for " + driver + ", "
                        + link.name() + " for " + Driver.of(link) + ": give them the same, or open a bridge for each");
            }
        }
        return new AeronBridge(streamer, all);
    }

    /** How its links are doing, in the order in which they were given. */
    public List<LinkStatus> links() {
        return figures.stream().map(Figures::status).toList();
    }

    /**
     * How many messages of a topic are recorded by an out link in archive mode: of all its partitions and publishers, and of all lives of the
     * link. They arrive, whatever happens to this process. A publisher that was killed with it, and publishes alone to the topic, goes on
     * behind so many:
     *
     * {@snippet :
     * void publish(AeronBridge bridge, Publisher publisher, List<byte[]> orders) {
     *     long next = bridge.recorded("safe", Topic.of("orders"));
     *     while (next < orders.size()) {
     *         next += publisher.offer(orders.get((int) next)) > 0 ? 1 : 0;
     *     }
     * }
     * }
     *
     * <p>What other processes of a directory published while no bridge was there was never accepted: a new life begins with what is
     * published from then on.
     *
     * <p>Any thread; it does not block.
     *
     * @throws IllegalArgumentException if the link is not an out link in archive mode
     */
    public long recorded(final String link, final Topic topic) {
        Objects.requireNonNull(topic, "topic");
        if (!archives.containsKey(link)) {
            throw new IllegalArgumentException("'" + link + "' is not an out link in archive mode of this bridge: " + archives.keySet());
        }
        long sum = 0;
        for (final ArchiveEnd end : archived) {
            sum += end instanceof final RecordedShard shard && shard.link.name().equals(link) ? shard.recorded(topic) : 0;
        }
        return sum;
    }

    /** The Archive of an out link; null if it has none. For tests. */
    SenderArchive archive(final String link) {
        return archives.get(link);
    }

    /** The streamer whose streams it links. */
    public MemoryStreamer streamer() {
        return streamer;
    }

    /**
     * Ends the links: what was published and not sent stays where it is. Waits until the worker is through with its turn, not longer than
     * two seconds, or ten if there are links in archive mode; from within a handler of that worker, not at all. Again is without effect.
     */
    @Override
    public void close() {
        work.close();
        loop.await();
    }

    private void release() {
        archived.forEach(ArchiveEnd::close);
        outs.forEach(OutShard::close);
        ins.forEach(InShard::close);
        archives.values().forEach(SenderArchive::close);
        client.close();
        figures.forEach(Figures::closed);
    }

    /** What a worker does. */
    private final class Loop implements Duty {

        private volatile Thread worker;
        private volatile boolean over;
        private long lastLook = System.nanoTime();
        /** Whether Aeron has ended by itself, and when it was last tried again. */
        private boolean cut;
        private long lastConnect;

        @Override
        public int turn() {
            if (worker == null) {
                worker = Thread.currentThread();
            }
            final long now = System.nanoTime();
            if (client.isClosed()) {
                cut(now);
            }
            if (cut && !isReconnected(now)) {
                return 0;
            }
            int done = 0;
            for (int i = 0; i < outs.size(); i++) {
                done += outs.get(i).turn(now);
            }
            // Between the two: what was offered goes out in this turn, and what came in is taken.
            done += client.invoke();
            for (int i = 0; i < ins.size(); i++) {
                done += ins.get(i).turn(now);
            }
            if (now - lastLook > LOOK_NANOS) {
                lastLook = now;
                look();
            }
            return done;
        }

        private void cut(final long now) {
            if (!cut) {
                cut = true;
                lastConnect = now;
                figures.forEach(one -> one.error("Aeron has ended: its driver in " + client.directory() + " is gone, or this process did not"
                        + " run for ten seconds; it is tried again each second"));
                outs.forEach(OutShard::cut);
                ins.forEach(InShard::cut);
            }
        }

        /** What was opened is opened again, once a second until that is possible. */
        private boolean isReconnected(final long now) {
            if (now - lastConnect < RECONNECT_NANOS) {
                return false;
            }
            lastConnect = now;
            try {
                if (!client.reconnect()) {
                    return false;
                }
                outs.forEach(OutShard::open);
                ins.forEach(InShard::open);
                cut = false;
                LOGGER.log(System.Logger.Level.INFO, "Aeron is there again, and links go on");
                return true;
            } catch (final KaelixException e) {
                figures.forEach(one -> one.error(e.getMessage() + "; it is tried again each second"));
                outs.forEach(OutShard::cut);
                ins.forEach(InShard::cut);
                client.disconnect();
                return false;
            }
        }

        private void look() {
            final long resent = client.resent();
            final long asked = client.asked();
            for (int i = 0; i < figures.size(); i++) {
                figures.get(i).repairs(resent, asked);
            }
            for (int i = 0; i < outs.size(); i++) {
                outs.get(i).look();
            }
            for (int i = 0; i < ins.size(); i++) {
                ins.get(i).look();
            }
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
            final long longest = archived.isEmpty() ? LONGEST_CLOSE_MILLIS : LONGEST_ARCHIVED_CLOSE_MILLIS;
            final long until = System.nanoTime() + longest * 1_000_000;
            boolean interrupted = false;
            synchronized (this) {
                while (!over && System.nanoTime() - until < 0) {
                    try {
                        wait(longest);
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
