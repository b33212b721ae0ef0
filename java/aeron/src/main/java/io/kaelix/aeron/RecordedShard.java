// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.aeron.Publication;
import io.kaelix.KaelixException;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.config.BridgeConfig;
import io.kaelix.net.FlowRequest;
import io.kaelix.net.FlowSource;
import io.kaelix.net.Flows;
import io.kaelix.net.OutRun;
import io.kaelix.net.Shard;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The sending end of a shard in archive mode: what its source finds in the lanes is recorded, and acknowledged once it is.
 *
 * <pre>
 *   source.next(run) ──► publication ──► Archive ──► recorded position ──► source.acknowledge, counts
 *                                          │ it ends: open anew where the recording stops, and rewind the source to there
 *   all is recorded ──► rewind to here: HELLO and SYNC, and all names again ──► checkpoint
 * </pre>
 *
 * <p>The constructor does the opening, and throws; the thread of the {@link ArchiveEnd} does the rest.
 */
final class RecordedShard extends ArchiveEnd {

    private static final int RUNS_PER_TURN = 64;
    private static final long LOOK_NANOS = 100_000_000;
    private static final long SYNC_NANOS = 1_000_000_000;
    private static final long LONGEST_END_NANOS = 2_000_000_000;
    private static final long LEAST_BETWEEN_CHECKPOINTS = SenderArchive.SEGMENT_LENGTH;
    private static final int SYNC_PART = 16;
    private static final int SPINS = 10;
    private static final int YIELDS = 10;
    private static final long LEAST_PARK_NANOS = 1_000;
    private static final long LONGEST_PARK_NANOS = 500_000;

    private final Flows flows;
    private final SenderArchive archive;
    private final String driverDirectory;
    private final byte[] name;
    private final Path folder;
    private final Path checkpointFile;
    private final int longest;
    private final int window;
    private final StreamCounts counts = new StreamCounts();
    private final Unrecorded unrecorded = new Unrecorded();
    private final OutRun run = new OutRun(0);
    private final Records records = new Records();
    private final RunOffer offer = new RunOffer();
    private final UnsafeBuffer frames = new UnsafeBuffer(0, 0);

    /** Another one each time: numbers of streams and lanes begin anew with it. */
    private final long life = new SplittableRandom().nextLong();
    private FlowSource source;
    private Recording recording;
    /** Whether {@link #run} was taken and not sent. */
    private boolean holds;
    private boolean syncDue;
    /** Positions of this life at which a receiver can begin; those that no longer matter are gone. */
    private final List<Long> syncs = new ArrayList<>();
    private boolean checkpointDue;
    private boolean full;
    private long lastLook;
    private long lastSync;
    private long bytesAtSync;
    private long announced;
    /** Messages of the flow that were sent, of all lives. */
    private long messages;
    private long passed;
    private long lostBefore;
    private long lostTold;
    private long checkpoint;
    private String purgeRefused = "";

    RecordedShard(final BridgeConfig link, final int shard, final Flows flows, final SenderArchive archive, final String driverDirectory,
            final Figures figures) {
        super(link, shard, figures);
        this.flows = flows;
        this.archive = archive;
        this.driverDirectory = driverDirectory;
        this.name = link.name().getBytes(StandardCharsets.UTF_8);
        this.folder = folder(link);
        this.checkpointFile = folder.resolve("kaelix-checkpoint-" + shard + "-of-" + link.shards());
        // The longest message that Aeron takes with such terms.
        this.longest = Math.min(link.maxFrameLength(), AeronClient.TERM_LENGTH / 8 - RecordDescriptor.RUN_LENGTH & -RecordDescriptor.ALIGNMENT);
        this.window = Math.max(AeronClient.TERM_LENGTH, 2 * longest);
        try {
            recording = Recording.open(archive, driverDirectory, link, shard, figures);
            recover();
            recording.extend();
            syncDue = true;
            source = flows.source(new FlowRequest(link.pattern(), SubscriberConfig.defaults().withPolicy(link.slow()), window, longest, List.of())
                    .withShard(new Shard(shard, link.shards())).withMaxHops(link.hops()));
            figures.connected(this, true);
        } catch (final RuntimeException | Error e) {
            release();
            throw e;
        }
    }

    /** Reads what the lives before have recorded. */
    private void recover() {
        if (recording.isNew()) {
            return;
        }
        final Checkpoint read = Checkpoint.read(checkpointFile);
        final Checkpoint from = read != null && read.flow() == recording.flow() && read.position() >= recording.start()
                && read.position() <= recording.stop() ? read
                        : new Checkpoint(recording.flow(), recording.start(), 0, 0, List.of());
        if (from != read && recording.start() > 0) {
            figures.error("the checkpoint " + checkpointFile + " is gone or corrupt, and the begin of the recording was purged: what is"
                    + " recorded of each topic is counted from position " + recording.start() + " on");
        }
        from.streams().forEach(count -> counts.add(count.topic(), count.partition(), count.messages()));
        final RecordingScan scan = new RecordingScan(counts, from.messages(), from.lost());
        recording.read(from.position(), scan);
        messages = scan.messages();
        unrecorded.begin(messages);
        lostBefore = scan.lost();
        lostTold = lostBefore;
        checkpoint = recording.stop();
        write(checkpoint);
    }

    @Override
    void session() {
        if (recording == null) {
            resume();
        }
        final BackoffIdleStrategy idle = new BackoffIdleStrategy(SPINS, YIELDS, LEAST_PARK_NANOS, LONGEST_PARK_NANOS);
        try {
            while (!isOver()) {
                idle.idle(turn(System.nanoTime()));
            }
            end();
        } finally {
            figures.connected(this, false);
            recording.close();
            recording = null;
        }
    }

    /** Goes on where the recording stopped: what it holds more than was known is acknowledged, the rest is sent again. */
    private void resume() {
        final Recording next = Recording.open(archive, driverDirectory, link, shard, figures);
        try {
            if (next.isNew()) {
                throw new KaelixException("the recording is gone from " + folder + ": open the bridge anew");
            }
            confirm(next.stop());
            unrecorded.forget();
            counts.forget();
            holds = false;
            records.clear();
            if (!source.rewind(unrecorded.flowPosition())) {
                throw new KaelixException("what was not recorded cannot be sent again: open the bridge anew");
            }
            messages = unrecorded.messages();
            next.extend();
        } catch (final RuntimeException | Error e) {
            next.close();
            throw e;
        }
        recording = next;
        syncDue = true;
        figures.connected(this, true);
    }

    private void confirm(final long position) {
        counts.recorded(position);
        if (unrecorded.recorded(position)) {
            source.acknowledge(unrecorded.flowPosition());
        }
    }

    private int turn(final long now) {
        recording.invoke();
        final long recorded = recording.recorded();
        if (recorded < 0) {
            throw new KaelixException("the recording in " + folder + " has ended; it is begun anew where it stopped");
        }
        confirm(recorded);
        checkpointDue |= recorded - checkpoint >= Math.max(LEAST_BETWEEN_CHECKPOINTS, link.retention() / 4);
        if (now - lastLook > LOOK_NANOS) {
            lastLook = now;
            look(now, recorded);
        }
        try {
            return send(now, recorded);
        } catch (final KaelixException corrupt) {
            figures.error(corrupt.getMessage());
            return 1;
        }
    }

    private int send(final long now, final long recorded) {
        if (!flushed(records.flush(recording.publication())) || holds && !offered()) {
            return 0;
        }
        if (syncDue || checkpointDue) {
            if (recorded < recording.publication().position()) {
                return 0;
            }
            sync(now, recorded);
        }
        int done = 0;
        while (!full && done < RUNS_PER_TURN && next() > 0) {
            holds = true;
            offer.begin(run);
            frames.wrap(run.buffer(), run.buffer().position(), run.length());
            for (int i = 0; i < run.newStreams(); i++) {
                final int stream = run.newStream(i);
                counts.stream(stream, source.topic(stream), source.partition(stream));
            }
            announced += records.announce(source, run);
            done++;
            if (!flushed(records.flush(recording.publication())) || !offered()) {
                break;
            }
        }
        figures.lag(source.lag());
        if (done == 0) {
            records.lanes(source);
        }
        if (lostBefore + source.lost() != lostTold) {
            figures.lost(lostBefore + source.lost() - lostTold);
            lostTold = lostBefore + source.lost();
            records.lost(lostTold);
        }
        if (!holds) {
            flushed(records.flush(recording.publication()));
        }
        return done;
    }

    private int next() {
        final long room = window - (source.sent() - source.acknowledged());
        return room < longest ? FlowSource.NOTHING : source.next(run, longest);
    }

    private boolean offered() {
        while (!offer.isDone()) {
            final int from = offer.sent();
            final long end = offer.offer(recording.publication(), messages);
            if (!flushed(end)) {
                return false;
            }
            messages += offer.messages();
            counts.sent(frames, from, offer.length(), end);
            unrecorded.add(end, run.flowPosition() + offer.sent(), messages);
            if (run.flowPosition() + from >= passed) {
                passed = run.flowPosition() + offer.sent();
                figures.passed(offer.messages(), offer.length());
            }
        }
        holds = false;
        return true;
    }

    /** Whether Aeron took it. If not now, it is offered again. */
    private boolean flushed(final long result) {
        if (result > 0) {
            return true;
        }
        if (result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED) {
            throw new IllegalStateException("the publication to the Archive takes nothing any more: " + Publication.errorString(result));
        }
        if (result != Publication.NOT_CONNECTED) {
            figures.backPressured();
        }
        return false;
    }

    /** All that was sent is recorded: tells of all anew, so that a reader of the recording, and a scan, can begin here. */
    private void sync(final long now, final long position) {
        if (checkpointDue) {
            checkpointDue = false;
            checkpoint = position;
            write(position);
        }
        syncDue = false;
        syncs.add(position);
        lastSync = now;
        bytesAtSync = source.sent();
        announced = 0;
        source.rewind(source.sent());
        records.hello(flows.instance(), life, shard, link, longest, name);
        records.sync(messages, lostBefore + source.lost());
        flushed(records.flush(recording.publication()));
    }

    private void write(final long position) {
        try {
            Checkpoint.of(recording.flow(), position, messages, source == null ? lostBefore : lostBefore + source.lost(), counts.streams())
                    .write(checkpointFile);
        } catch (final IOException e) {
            figures.error("the checkpoint " + checkpointFile + " cannot be written: " + e + "; the next start reads more of the recording");
        }
    }

    private void look(final long now, final long recorded) {
        figures.position(shard, recorded);
        final String error = recording.error();
        if (error != null) {
            figures.error(error);
        }
        final boolean isFull = !archive.hasRoom();
        if (isFull && !full) {
            figures.error("the disk of " + folder + " is nearly full: nothing more is taken until there is room for "
                    + "four files of " + (SenderArchive.SEGMENT_LENGTH >> 20) + " MiB");
        }
        full = isFull;
        final long sent = source.sent() - bytesAtSync;
        syncDue |= now - lastSync > SYNC_NANOS && sent > SYNC_PART * announced && sent > 0;
        purge(Math.min(checkpoint, recorded - link.retention()));
    }

    /** Takes away what is older, up to the last place before it at which a receiver can begin. */
    private void purge(final long older) {
        while (syncs.size() > 1 && syncs.get(1) <= older) {
            syncs.removeFirst();
        }
        if (!syncs.isEmpty() && syncs.getFirst() <= older && recording.canPurge(syncs.getFirst())) {
            final String refused = recording.purge(syncs.getFirst());
            if (refused != null && purgeRefused.isEmpty()) {
                figures.error("what is older than the retention is kept for now: " + refused);
            }
            purgeRefused = refused == null ? "" : refused;
        }
    }

    /** What was sent is recorded, if that does not take long; and noted as such. */
    private void end() {
        final long until = System.nanoTime() + LONGEST_END_NANOS;
        long recorded = recording.recorded();
        while (recorded >= 0 && recorded < recording.publication().position() && System.nanoTime() - until < 0) {
            recording.invoke();
            Thread.yield();
            recorded = recording.recorded();
        }
        if (recorded < 0) {
            return;
        }
        confirm(recorded);
        if (recorded == recording.publication().position()) {
            write(recorded);
        }
    }

    /** Messages of a topic that are recorded. Any thread. */
    long recorded(final Topic topic) {
        return counts.recorded(topic);
    }

    @Override
    public void close() {
        super.close();
        if (!isBusy()) {
            release();
        }
    }

    private void release() {
        if (source != null) {
            source.close();
        }
        final Recording open = recording;
        if (open != null) {
            open.close();
        }
    }
}
