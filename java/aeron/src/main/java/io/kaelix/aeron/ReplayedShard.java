// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.aeron.Aeron;
import io.aeron.ChannelUri;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.client.ArchiveException;
import io.aeron.exceptions.TimeoutException;
import io.kaelix.KaelixException;
import io.kaelix.config.BridgeConfig;
import io.kaelix.net.Flows;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * The receiving end of a shard in archive mode: it has the sender's Archive replay its recording from where this receiver was, and follow it.
 * It never listens to the sender itself, which might be ahead of what was recorded when it is killed.
 *
 * <pre>
 *   connect ──► find the recording ──► replay from the receipt's start ──► images: runs go into lanes, and into the receipt
 *      ▲                                                                       │ the image ends: the sender is gone, or the way to it
 *      └───────────────────────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>Its own thread, but for the constructor.
 */
final class ReplayedShard extends ArchiveEnd implements InEnd {

    private static final int MOST_SAMPLES = 256;
    private static final long READ_INTERVAL_NANOS = 20_000_000;
    private static final long CHECK_INTERVAL_NANOS = 100_000_000;
    private static final long LEAST_TIMEOUT_NANOS = 1_000_000_000;
    private static final long IMAGE_NANOS = 10_000_000_000L;
    private static final int RESPONSE_STREAM_OFFSET = 10_000;

    /** Where lanes stood when the receipt did. */
    private record Sample(Receipt.Progress progress, List<RemoteFlow.Inlet> inlets, long[] positions) {

        private boolean isRead() {
            for (int i = 0; i < positions.length; i++) {
                if (inlets.get(i).sink.readTo() < positions[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    private final Flows flows;
    private final String driverDirectory;
    private final Receipt receipt;
    private final IdleStrategy idle = new BackoffIdleStrategy(16, 8, TimeUnit.MICROSECONDS.toNanos(1), TimeUnit.MICROSECONDS.toNanos(200));
    private ReplayedFlow flow;
    /** Identity of the recording that the flow is of. */
    private long identity;
    /** What was published and not read, as one look after the other found it, the oldest first. */
    private final ArrayDeque<Sample> samples = new ArrayDeque<>();
    /** Position that the receipt has noted as read. */
    private long lastNoted;
    private long lastRead;
    private String refusal;

    /** @throws KaelixException if the folder can't be used */
    ReplayedShard(final BridgeConfig link, final int shard, final Flows flows, final String driverDirectory, final Figures figures) {
        super(link, shard, figures);
        this.flows = flows;
        this.driverDirectory = driverDirectory;
        this.receipt = Receipt.open(link, shard);
    }

    @Override
    void session() {
        if (flows.isClosed()) {
            return;
        }
        refusal = null;
        try (Aeron aeron = connect(driverDirectory, figures); AeronArchive archive = archive(aeron)) {
            if (archive == null) {
                return;
            }
            final RemoteRecording recording = RemoteRecording.newest(archive, link, shard);
            begin(recording, archive);
            replay(aeron, archive, recording);
        } catch (final TimeoutException nobody) {
            throw new KaelixException("no Archive answers on " + link.channel() + ": it is tried again", nobody);
        } catch (final ArchiveException refused) {
            throw new KaelixException("the Archive on " + link.channel() + " refuses: " + AeronClient.text(refused) + "; it is tried again",
                    refused);
        } finally {
            figures.connected(this, false);
        }
    }

    /** Null, if this was closed meanwhile. */
    private AeronArchive archive(final Aeron aeron) {
        final AeronArchive.AsyncConnect connecting = AeronArchive.asyncConnect(new AeronArchive.Context().aeron(aeron).ownsAeronClient(false)
                .controlRequestChannel(link.channel()).controlResponseChannel(link.response())
                .controlResponseStreamId(link.stream() + shard + RESPONSE_STREAM_OFFSET)
                .messageTimeoutNs(Math.max(link.peerTimeout().toNanos(), LEAST_TIMEOUT_NANOS))
                .errorHandler(AeronClient.told(figures::error)));
        try {
            AeronArchive archive = connecting.poll();
            while (archive == null && !isOver()) {
                idle.idle(tend(aeron));
                archive = connecting.poll();
            }
            return archive;
        } catch (final RuntimeException e) {
            connecting.close();
            throw e;
        }
    }

    /** Goes on where it was, or with what the recording begins with. */
    private void begin(final RemoteRecording recording, final AeronArchive archive) {
        if (flow != null && identity == recording.identity()) {
            flow.begin();
        } else {
            drop();
            identity = recording.identity();
            if (!receipt.resume(identity, flows.instance(), flows::endOf)) {
                receipt.begin(identity, flows.instance(), recording.startPosition());
            }
        }
        final long end = archive.getMaxRecordedPosition(recording.id());
        final long known = Math.max(receipt.position(), receipt.start());
        if (end < known) {
            figures.error("the recording ends at " + end + ", and this receiver has been at " + known
                    + ": the sender was restored from an older state, or its disk lost what was written last");
            receipt.fallBack(Math.min(end, receipt.position()));
        }
        if (receipt.start() < recording.startPosition()) {
            receipt.start(recording.startPosition());
        }
    }

    private void replay(final Aeron aeron, final AeronArchive archive, final RemoteRecording recording) {
        final Subscription subscription = aeron.addSubscription(link.response(), link.stream() + shard);
        Subscription own = subscription;
        try {
            String channel = subscription.tryResolveChannelEndpointPort();
            while (channel == null && !isOver()) {
                idle.idle(tend(aeron));
                channel = subscription.tryResolveChannelEndpointPort();
            }
            if (isOver()) {
                return;
            }
            final long session = archive.startReplay(recording.id(), receipt.start(), AeronArchive.REPLAY_ALL_AND_FOLLOW, channel,
                    link.stream() + shard);
            if (channel.equals(link.response())) {
                // Others may have the same port and stream: nothing of theirs must come, as who does not poll it holds it up.
                own = aeron.addSubscription(ChannelUri.addSessionId(channel, (int) session), link.stream() + shard);
                subscription.close();
            }
            follow(aeron, archive, image(aeron, own, (int) session));
        } finally {
            CloseHelper.quietCloseAll(own, subscription);
        }
    }

    private InImage image(final Aeron aeron, final Subscription subscription, final int session) {
        final long until = System.nanoTime() + IMAGE_NANOS;
        Image image = subscription.imageBySessionId(session);
        while (image == null && !isOver()) {
            if (System.nanoTime() - until > 0) {
                throw new KaelixException("the Archive on " + link.channel() + " replays to " + link.response() + ", and nothing comes there:"
                        + " can that address be reached from the sender?");
            }
            idle.idle(tend(aeron));
            image = subscription.imageBySessionId(session);
        }
        return image == null ? null : new InImage(image, this);
    }

    private void follow(final Aeron aeron, final AeronArchive archive, final InImage image) {
        if (image == null) {
            return;
        }
        long lastCheck = System.nanoTime();
        while (!isOver() && !flows.isClosed() && !image.image().isClosed() && !image.isClosed()) {
            final int done = image.turn();
            if (refusal != null) {
                throw new KaelixException(refusal);
            }
            final long now = System.nanoTime();
            if (now - lastCheck > CHECK_INTERVAL_NANOS) {
                lastCheck = now;
                // Its answers are read, too, or it would take this end for dead.
                archive.checkForErrorResponse();
            }
            if (done == 0 && image.image().isEndOfStream()) {
                // The sender stopped recording in order: it is asked again.
                return;
            }
            idle.idle(done + tend(aeron));
        }
    }

    /** What goes on whether the sender is there or not. */
    private int tend(final Aeron aeron) {
        final long now = System.nanoTime();
        if (flow != null && now - lastRead > READ_INTERVAL_NANOS) {
            lastRead = now;
            flow.catchUp();
            noteRead();
        }
        return aeron.conductorAgentInvoker().invoke();
    }

    private void noteRead() {
        figures.position(shard, receipt.position());
        Sample read = null;
        while (!samples.isEmpty() && samples.getFirst().isRead()) {
            read = samples.removeFirst();
        }
        if (read != null) {
            receipt.read(read.progress());
            lastNoted = read.progress().position();
        }
        final long newest = samples.isEmpty() ? lastNoted : samples.getLast().progress().position();
        if (samples.size() < MOST_SAMPLES && receipt.position() != newest && !flow.isWaiting()) {
            final List<RemoteFlow.Inlet> inlets = new ArrayList<>(flow.inlets());
            samples.add(new Sample(receipt.progress(), inlets, inlets.stream().mapToLong(inlet -> inlet.sink.position()).toArray()));
        }
    }

    @Override
    public void check(final int number, final int shards, final byte mode) {
        InShard.check(link, shard, number, shards, mode);
    }

    @Override
    public RemoteFlow flow(final long number, final String name, final long sender) {
        if (flow == null || flow.number() != number) {
            final boolean follows = flow != null;
            drop();
            flow = new ReplayedFlow(number, name, sender, flows, figures, receipt, follows);
        }
        return flow;
    }

    private void drop() {
        if (flow != null) {
            samples.clear();
            flow.close();
            flow = null;
        }
    }

    @Override
    public void connected(final InImage image) {
        figures.connected(this, true);
    }

    @Override
    public void backPressured() {
        figures.backPressured();
    }

    @Override
    public void left(final InImage image, final RemoteFlow ended) {
        // Another life of the sender follows, and goes on with the same recording: it takes the place of this one.
    }

    @Override
    public void refused(final InImage image, final String why) {
        refusal = "what the recording on " + link.channel() + " holds is not taken: " + why;
    }

    @Override
    public void close() {
        super.close();
        if (isBusy()) {
            return;
        }
        if (flow != null && !flows.isClosed()) {
            noteRead();
        }
        drop();
        receipt.close();
    }
}
