// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.aeron.Aeron;
import io.aeron.archive.Archive;
import io.aeron.archive.ArchiveMarkFile;
import io.aeron.archive.ArchiveThreadingMode;
import io.aeron.archive.client.AeronArchive;
import io.aeron.exceptions.TimeoutException;
import io.kaelix.KaelixException;
import io.kaelix.config.BridgeConfig;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.agrona.CloseHelper;
import org.agrona.IoUtil;
import org.agrona.SemanticVersion;
import org.agrona.concurrent.BackoffIdleStrategy;

/**
 * The Archive of one out link: it records what the link's shards send, on a thread of its own, in the link's folder, and answers receivers on
 * the link's channel.
 *
 * <p>What it wrote is in the page cache of the system: it survives when this process is killed, not when the machine loses its power.
 *
 * <p>Any thread. Opening and closing block for as long as Aeron takes.
 */
final class SenderArchive implements AutoCloseable {

    /** Bytes of a file of a recording; what is purged goes in such pieces. */
    static final int SEGMENT_LENGTH = 16 << 20;
    /** With less room than so many segments, nothing more is taken. */
    private static final int SPARE_SEGMENTS = 4;
    private static final int MOST_REPLAYS = 256;
    private static final int LOCAL_STREAMS = 1 << 30;
    private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(4);
    private static final String CATALOG = "archive.catalog";
    private static final Pattern TORN_SEGMENT = Pattern.compile("straddling page boundary in file: (.*)\\R", Pattern.UNIX_LINES);

    private final BridgeConfig link;
    private final Path folder;
    private final String driverDirectory;
    private final Figures figures;
    private final FolderLock lock;
    private volatile LongSupplier space;
    private Archive archive;
    private File markFolder;
    private boolean closed;

    private SenderArchive(final BridgeConfig link, final String driverDirectory, final Figures figures) {
        this.link = link;
        this.folder = ArchiveEnd.folder(link);
        this.driverDirectory = driverDirectory;
        this.figures = figures;
        this.space = () -> usable(folder);
        this.lock = FolderLock.take(link.name(), folder);
    }

    /**
     * Starts one.
     *
     * @param driverDirectory of the driver, which has a thread
     * @throws KaelixException if it can't; it says why, and the remedy
     */
    static SenderArchive launch(final BridgeConfig link, final String driverDirectory, final Figures figures) {
        final SenderArchive archive = new SenderArchive(link, driverDirectory, figures);
        try {
            archive.checkCatalog();
            archive.launch();
            return archive;
        } catch (final RuntimeException | Error e) {
            archive.close();
            throw e;
        }
    }

    private void checkCatalog() {
        final Path catalog = folder.resolve(CATALOG);
        if (!Files.exists(catalog)) {
            return;
        }
        final ByteBuffer version = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(catalog, StandardOpenOption.READ)) {
            channel.read(version, 0);
        } catch (final IOException e) {
            throw new KaelixException("link " + link.name() + ": " + catalog + " cannot be read: " + e
                    + "; give this process the right to", e);
        }
        if (version.hasRemaining() || version.getInt(0) == 0) {
            throw corrupt("its catalog has no version", null);
        }
        if (SemanticVersion.major(version.getInt(0)) != ArchiveMarkFile.MAJOR_VERSION) {
            throw new KaelixException("link " + link.name() + ": " + folder + " was recorded by version "
                    + SemanticVersion.toString(version.getInt(0)) + " of Aeron's Archive, and this one is "
                    + SemanticVersion.toString(ArchiveMarkFile.SEMANTIC_VERSION) + ": use a release with that one, or name another folder");
        }
    }

    private KaelixException corrupt(final String why, final Exception cause) {
        return new KaelixException("link " + link.name() + ": the recording in " + folder + " is corrupt: " + why
                + "; move the folder away, or name another", cause);
    }

    private void launch() {
        for (int repaired = 0; ; repaired++) {
            try {
                markFolder = new File(driverDirectory, "kaelix-archive-" + ProcessHandle.current().pid() + "-"
                        + Long.toHexString(new SplittableRandom().nextLong()));
                archive = Archive.launch(context());
                return;
            } catch (final RuntimeException e) {
                IoUtil.delete(markFolder, true);
                final Matcher torn = TORN_SEGMENT.matcher(String.valueOf(e.getMessage()));
                if (repaired < BridgeConfig.MOST_SHARDS && torn.find()) {
                    cut(Path.of(torn.group(1)));
                } else {
                    throw refused(e);
                }
            }
        }
    }

    private KaelixException refused(final RuntimeException e) {
        if (Files.exists(folder.resolve(CATALOG)) && (e instanceof IndexOutOfBoundsException || e.getMessage() != null
                && (e.getMessage().contains("catalog") || e.getMessage().contains("segment") || e.getMessage().contains("recording")))) {
            return corrupt(AeronClient.text(e), e);
        }
        return new KaelixException("link " + link.name() + ": the Archive on channel " + link.channel() + " in " + folder
                + " does not start: " + AeronClient.text(e), e);
    }

    private void cut(final Path segment) {
        try {
            SegmentRepair.cutLast(segment);
        } catch (final IOException e) {
            throw corrupt(e.toString(), e);
        }
    }

    private Archive.Context context() {
        final SplittableRandom random = new SplittableRandom();
        return new Archive.Context()
                .aeronDirectoryName(driverDirectory).archiveDir(folder.toFile())
                // In memory: an Archive ends when it can't write its mark file, so on a full disk. Another one each time: nobody waits for it.
                .markFileDir(markFolder)
                .archiveId(random.nextLong() >>> 1)
                .controlChannel(link.channel())
                .localControlChannel("aeron:ipc").localControlStreamId(random.nextInt(LOCAL_STREAMS) + LOCAL_STREAMS)
                .replicationChannel("aeron:udp?endpoint=localhost:0")
                .recordingEventsEnabled(false)
                .threadingMode(ArchiveThreadingMode.SHARED).idleStrategySupplier(BackoffIdleStrategy::new)
                .threadFactory(work -> {
                    final Thread thread = new Thread(work, "kaelix-archive-" + link.name());
                    thread.setDaemon(true);
                    return thread;
                })
                .fileSyncLevel(0).catalogFileSyncLevel(0)
                // Its search for the end of a recording looks at the whole file, and not before its buffer.
                .segmentFileLength(SEGMENT_LENGTH).fileIoMaxLength(SEGMENT_LENGTH).lowStorageSpaceThreshold(SEGMENT_LENGTH)
                .recordChecksum(new SegmentRepair())
                .maxConcurrentReplays(MOST_REPLAYS).maxConcurrentRecordings(BridgeConfig.MOST_SHARDS + 1)
                .errorHandler(AeronClient.told(figures::error));
    }

    /**
     * A client of it, in this process. Where it does not answer, it is started once more.
     *
     * @throws KaelixException if it can't be
     */
    AeronArchive connect(final Aeron aeron) {
        try {
            restartIfDead();
            return AeronArchive.connect(client(aeron));
        } catch (final TimeoutException dead) {
            restart();
            return AeronArchive.connect(client(aeron));
        }
    }

    private synchronized void restartIfDead() {
        if (archive.context().aeron().isClosed()) {
            restart();
        }
    }

    private synchronized void restart() {
        if (closed) {
            throw new KaelixException("link " + link.name() + " is closed");
        }
        stop();
        launch();
    }

    private synchronized AeronArchive.Context client(final Aeron aeron) {
        final int stream = archive.context().localControlStreamId();
        return new AeronArchive.Context().aeron(aeron).ownsAeronClient(false)
                .controlRequestChannel("aeron:ipc").controlRequestStreamId(stream)
                .controlResponseChannel("aeron:ipc").controlResponseStreamId(stream + 1 & Integer.MAX_VALUE)
                .messageTimeoutNs(CONNECT_NANOS);
    }

    private static long usable(final Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (final IOException gone) {
            return 0;
        }
    }

    /** Whether there is room to record more. A look at the disk. */
    boolean hasRoom() {
        return space.getAsLong() >= (long) SPARE_SEGMENTS * SEGMENT_LENGTH;
    }

    /** Folder of its driver. */
    String driverDirectory() {
        return driverDirectory;
    }

    /** Bytes that may be used of the disk, for tests. */
    void spaceFrom(final LongSupplier other) {
        space = other;
    }

    /** Ends the Archive, as an error of its own would. The next client has it started again. */
    synchronized void stop() {
        CloseHelper.quietClose(archive);
        if (markFolder != null) {
            IoUtil.delete(markFolder, true);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            stop();
            lock.close();
        }
    }
}
