// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.aeron.Aeron;
import io.aeron.ChannelUri;
import io.aeron.ChannelUriStringBuilder;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.client.ArchiveException;
import io.aeron.archive.codecs.SourceLocation;
import io.aeron.archive.status.RecordingPos;
import io.aeron.logbuffer.FragmentHandler;
import io.kaelix.KaelixException;
import io.kaelix.config.BridgeConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.CloseHelper;
import org.agrona.concurrent.status.CountersReader;

/**
 * The recording of a shard, in the hands of who sends it.
 *
 * <pre>
 *   open: found, or to be begun ──► read(…): what it holds ──► extend: what is published from now on is recorded ──► close
 * </pre>
 *
 * <p>The channel that an Archive knows of a recording has an alias, {@code kaelix-v1-SHARD-of-SHARDS-FLOW}: by it the sender finds its
 * own, and receivers know which one they have heard. The flow is a random number, the same as long as the recording lives.
 *
 * <p>One thread at a time. Requests wait for the Archive's answer; an exception says in one line what went wrong.
 */
final class Recording implements AutoCloseable {

    static final String ALIAS = "kaelix-v";
    static final int VERSION = 1;

    private static final int MOST_RECORDINGS = 1 << 16;
    private static final int FRAGMENTS = 256;
    private static final long PATIENCE_NANOS = 8_000_000_000L;
    private static final long PAUSE_NANOS = 200_000;
    private static final int HEX = 16;

    private final BridgeConfig link;
    private final Path folder;
    private final int shard;
    private final Aeron aeron;
    private final AeronArchive archive;
    private ExclusivePublication publication;
    private int counter = CountersReader.NULL_COUNTER_ID;

    private long id = Aeron.NULL_VALUE;
    private long flow;
    private long start;
    private long stop;
    private int initialTerm;
    private int termLength = AeronClient.TERM_LENGTH;
    private int mtu;

    private Recording(final BridgeConfig link, final int shard, final Aeron aeron, final AeronArchive archive) {
        this.link = link;
        this.folder = ArchiveEnd.folder(link);
        this.shard = shard;
        this.aeron = aeron;
        this.archive = archive;
    }

    /** Connects, and looks for the shard's newest recording. */
    static Recording open(final SenderArchive of, final String driverDirectory, final BridgeConfig link, final int shard,
            final Figures figures) {
        final Aeron aeron = ArchiveEnd.connect(driverDirectory, figures);
        try {
            final Recording recording = new Recording(link, shard, aeron, of.connect(aeron));
            recording.find();
            return recording;
        } catch (final RuntimeException | Error e) {
            CloseHelper.quietClose(aeron);
            throw e;
        }
    }

    private String name() {
        return ALIAS + VERSION + "-" + shard + "-of-" + link.shards() + "-";
    }

    private String alias() {
        return name() + HexFormat.of().toHexDigits(flow);
    }

    private void find() {
        archive.listRecordings(0, MOST_RECORDINGS, (controlSessionId, correlationId, recordingId, startTimestamp, stopTimestamp,
                startPosition, stopPosition, initialTermId, segmentFileLength, termBufferLength, mtuLength, sessionId, streamId,
                strippedChannel, originalChannel, sourceIdentity) -> {
            final String alias = ChannelUri.parse(originalChannel).get("alias", "");
            if (streamId != link.stream() + shard || !alias.startsWith(ALIAS)) {
                return;
            }
            if (!alias.startsWith(ALIAS + VERSION + "-")) {
                throw new KaelixException("link " + link.name() + ": " + folder + " holds a recording of another version, '" + alias
                        + "': use the release that made it, or name another folder");
            }
            if (alias.startsWith(name()) && alias.length() == name().length() + HEX) {
                id = recordingId;
                flow = Long.parseUnsignedLong(alias, name().length(), alias.length(), HEX);
                start = startPosition;
                stop = stopPosition;
                initialTerm = initialTermId;
                termLength = termBufferLength;
                mtu = mtuLength;
            } else {
                // The link had other shards meanwhile: receivers have gone on to that one.
                id = Aeron.NULL_VALUE;
            }
        });
        if (isNew()) {
            flow = new SplittableRandom().nextLong();
        } else if (stop == AeronArchive.NULL_POSITION) {
            await("the recording has not ended", () -> {
                stop = archive.getStopPosition(id);
                return stop != AeronArchive.NULL_POSITION;
            });
        }
    }

    private void await(final String otherwise, final BooleanSupplier condition) {
        final long until = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            final String error = archive.pollForErrorResponse();
            if (error != null) {
                throw new KaelixException(error);
            }
            if (System.nanoTime() - until > 0) {
                throw new KaelixException("link " + link.name() + ": " + otherwise + ", after " + PATIENCE_NANOS / 1_000_000_000 + " s");
            }
            invoke();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Whether none was found. */
    boolean isNew() {
        return id == Aeron.NULL_VALUE;
    }

    /** Its identity. */
    long flow() {
        return flow;
    }

    /** Position that it begins at: what was before is purged. */
    long start() {
        return start;
    }

    /** Position that it ended at, before it is extended. */
    long stop() {
        return stop;
    }

    /** Hands over all messages from a position, at which one begins, to where it ended. */
    void read(final long from, final FragmentHandler to) {
        if (from >= stop) {
            return;
        }
        final FragmentAssembler assembler = new FragmentAssembler(to);
        try (Subscription replay = archive.replay(id, from, stop - from, "aeron:ipc", link.stream() + shard)) {
            await("the recording is not replayed", () -> replay.imageCount() > 0);
            final Image image = replay.imageAtIndex(0);
            long at = from;
            long until = System.nanoTime() + PATIENCE_NANOS;
            while (image.position() < stop) {
                invoke();
                image.poll(assembler, FRAGMENTS);
                if (image.position() > at) {
                    at = image.position();
                    until = System.nanoTime() + PATIENCE_NANOS;
                } else if (image.isClosed() || System.nanoTime() - until > 0) {
                    throw new KaelixException("link " + link.name() + ": the recording in " + folder + " cannot be read from "
                            + at + " on, and should reach " + stop);
                } else {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    /** Records what is published from now on, behind where it ended. */
    void extend() {
        final ChannelUriStringBuilder channel = new ChannelUriStringBuilder().media("ipc").termLength(termLength)
                .alias(alias());
        if (!isNew()) {
            channel.initialPosition(stop, initialTerm, termLength).mtu(mtu);
            clearBehindEnd();
        }
        final int stream = link.stream() + shard;
        publication = aeron.addExclusivePublication(channel.build(), stream);
        // By its session alone: one that was killed may have left another publication on the stream, for some seconds.
        final String recorded = new ChannelUriStringBuilder().media("ipc").termLength(termLength).alias(alias())
                .sessionId(publication.sessionId()).build();
        if (isNew()) {
            archive.startRecording(recorded, stream, SourceLocation.LOCAL, true);
        } else {
            archive.extendRecording(id, recorded, stream, SourceLocation.LOCAL, true);
        }
        final CountersReader counters = aeron.countersReader();
        await("the Archive does not record", () -> {
            counter = RecordingPos.findCounterIdBySession(counters, publication.sessionId(), archive.archiveId());
            return counter != CountersReader.NULL_COUNTER_ID && publication.isConnected();
        });
        id = RecordingPos.getRecordingId(counters, counter);
    }

    /** A write that a full disk cut short lies behind the end: who looked for the end after a crash would take it for frames. */
    private void clearBehindEnd() {
        final long base = base(stop);
        final Path segment = folder.resolve(id + "-" + base + ".rec");
        if (Files.exists(segment)) {
            try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
                file.truncate(stop - base);
                file.write(ByteBuffer.allocate(1), SenderArchive.SEGMENT_LENGTH - 1);
            } catch (final IOException e) {
                throw new KaelixException("link " + link.name() + ": the recording cannot be cut at its end, in " + segment + ": " + e, e);
            }
        }
    }

    /** Up to where it is recorded; -1 if nothing is any more. */
    long recorded() {
        final CountersReader counters = aeron.countersReader();
        final long position = counters.getCounterValue(counter);
        return RecordingPos.isActive(counters, counter, id) ? position : -1;
    }

    /** What is published on it is recorded. */
    ExclusivePublication publication() {
        return publication;
    }

    /** What the Archive has to say; null if nothing. */
    String error() {
        return archive.pollForErrorResponse();
    }

    /** Whether {@link #purge} would take something away. */
    boolean canPurge(final long below) {
        return base(below) > start;
    }

    private long base(final long position) {
        return AeronArchive.segmentFileBasePosition(start, position, termLength, SenderArchive.SEGMENT_LENGTH);
    }

    /** Takes away whole files that lie below a position. @return null; or why not now, in one line */
    String purge(final long below) {
        try {
            final long base = base(below);
            archive.purgeSegments(id, base);
            start = base;
            return null;
        } catch (final ArchiveException refused) {
            return AeronClient.text(refused);
        }
    }

    int invoke() {
        return aeron.conductorAgentInvoker().invoke();
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(publication, archive, aeron);
    }
}
