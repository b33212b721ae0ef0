// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import static io.kaelix.shared.DirectoryDescriptor.PARTICIPANTS;

import io.kaelix.KaelixException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * A directory as one of its participants has it: a streamer, of which a process may have several.
 *
 * <p><b>Threads</b>: any. What changes the directory is under its {@linkplain #lock lock}, which a thread holds at most once.
 * <b>Blocking</b>: {@link #lock} for {@value #LOCK_SECONDS} seconds at most.
 */
public final class SharedDirectory {

    /** Longest wait for changes of others; they take microseconds, unless a process is stopped in the middle of one. */
    public static final int LOCK_SECONDS = 5;

    private static final System.Logger LOGGER = System.getLogger(SharedDirectory.class.getName());
    private static final long LOCK_NANOS = TimeUnit.SECONDS.toNanos(LOCK_SECONDS);
    private static final int MAKING_TRIES = 100;
    private static final String LOCK = "lock";
    static final String CONTROL = "control";
    private static final String STREAMS = "streams";
    private static final int NAME_HEADER_BYTES = 12;

    private final Path folder;
    private final DirectoryLock lock;
    private final ControlFile control;
    private final LaneFolder lanes;
    private final int participant;
    private final AppendedFile names;
    private final StreamUses uses;
    private long namesRead;
    private int files;
    /** Whether a change was begun. Under the lock. */
    private boolean changing;
    private boolean left;

    private SharedDirectory(final Path folder, final DirectoryLock lock, final ControlFile control, final LaneFolder lanes,
            final int participant) {
        this.folder = folder;
        this.lock = lock;
        this.control = control;
        this.lanes = lanes;
        this.participant = participant;
        this.names = new AppendedFile(folder.resolve(STREAMS));
        this.uses = new StreamUses(folder);
    }

    /**
     * Makes a directory, or one again in which nobody lives any more: what dead processes left there goes, or is taken over.
     *
     * @param lanePath where lanes are to lie; null for the directory itself
     * @param laneLayout what all participants must agree upon about lanes
     * @param resumption takes over what is there, under the lock; null to remove it. Where it throws, all stays as it is
     * @throws KaelixException if somebody lives there, if it is not the user's own, if there is no space, or if what is to be taken over is
     *     of another version
     */
    public static SharedDirectory launch(final Path path, final Path lanePath, final int laneLayout,
            final Consumer<SharedDirectory> resumption) {
        final Path named = path.toAbsolutePath().normalize();
        try {
            final DirectoryLock lock = lockMade(named);
            final Path folder = lock.folder();
            return locked(lock, () -> {
                if (anyLives(lock)) {
                    throw new KaelixException("others live in " + folder + " already: attach to it, or launch in another folder");
                }
                return resumption != null && ControlFile.isMade(folder.resolve(CONTROL))
                        ? resume(folder, lock, laneLayout, resumption)
                        : launch(folder, lock, lanePath, laneLayout);
            });
        } catch (final IOException e) {
            throw new KaelixException("cannot launch streams in " + named + ": " + e, e);
        }
    }

    /** Makes the folder and its lock, again if the last one who leaves removes them meanwhile. */
    private static DirectoryLock lockMade(final Path named) throws IOException {
        for (int tries = 1;; tries++) {
            try {
                HugePages.refuse(Files.exists(named) ? named : named.getParent());
                OwnFiles.FOLDER.create(named);
                // One name for it in this process, whatever leads there: its lock is opened once.
                return DirectoryLock.openLocked(named.toRealPath().resolve(LOCK), true, LOCK_NANOS);
            } catch (final NoSuchFileException e) {
                if (tries == MAKING_TRIES || !Files.exists(named.getParent())) {
                    throw e;
                }
            }
        }
    }

    private static SharedDirectory launch(final Path folder, final DirectoryLock lock, final Path lanePath, final int laneLayout)
            throws IOException {
        removeLanesOfTheDead(folder, laneLayout);
        OwnFiles.remove(folder, SharedDirectory::isOurs);
        LaneFolder lanes = null;
        try {
            lanes = lanePath == null ? LaneFolder.within(folder) : LaneFolder.apart(lanePath.toAbsolutePath().normalize(), folder);
            lanes.removeFiles();
            final ControlFile control = ControlFile.create(folder.resolve(CONTROL), laneLayout, lanes.text());
            return join(folder, lock, control, lanes);
        } catch (final IOException | RuntimeException | Error e) {
            OwnFiles.remove(folder, SharedDirectory::isOurs);
            if (lanes != null) {
                lanes.removeAll();
            }
            lock.remove();
            throw e;
        }
    }

    /** Where lanes lie elsewhere, nobody else finds them when the directory is gone. */
    private static void removeLanesOfTheDead(final Path folder, final int laneLayout) throws IOException {
        LaneFolder.within(folder).removeFiles();
        if (ControlFile.isMade(folder.resolve(CONTROL))) {
            try {
                lanes(folder, ControlFile.open(folder.resolve(CONTROL), laneLayout)).removeAll();
            } catch (final KaelixException e) {
                LOGGER.log(System.Logger.Level.INFO, "lanes that dead processes left may lie in another folder than " + folder
                        + ": " + e.getMessage());
            }
        }
    }

    private static LaneFolder lanes(final Path folder, final ControlFile control) throws IOException {
        final String path = control.laneFolder();
        try {
            return path.isEmpty() ? LaneFolder.within(folder) : LaneFolder.opened(Path.of(path), folder);
        } catch (final NoSuchFileException e) {
            throw new KaelixException("the lanes of " + folder + " lie in " + path + ", which is not there: mount it again, or launch "
                    + folder + " without resuming", e);
        }
    }

    private static SharedDirectory resume(final Path folder, final DirectoryLock lock, final int laneLayout,
            final Consumer<SharedDirectory> resumption) throws IOException {
        final ControlFile control = ControlFile.open(folder.resolve(CONTROL), laneLayout);
        final LaneFolder lanes = lanes(folder, control);
        control.forgetAll();
        final SharedDirectory resumed = join(folder, lock, control, lanes);
        try {
            resumed.begin();
            resumed.repairNames();
            lanes.removeUnnamed();
            resumption.accept(resumed);
            control.publish();
            resumed.changing = false;
            control.end();
            return resumed;
        } catch (final IOException | RuntimeException | Error e) {
            resumed.names.close();
            resumed.uses.close();
            control.removeParticipant(resumed.participant);
            lock.die(resumed.participant);
            throw e;
        }
    }

    /**
     * Joins those that live in a directory.
     *
     * @throws KaelixException if nobody does, if it is not the user's own, or of another version
     */
    public static SharedDirectory attach(final Path path, final int laneLayout) {
        final Path named = path.toAbsolutePath().normalize();
        final String nobody = "nobody lives in " + named + ": launch streams there first (MemoryStreamer.launch), then attach";
        try {
            OwnFiles.FOLDER.check(named);
            final Path folder = named.toRealPath();
            final DirectoryLock lock = DirectoryLock.openLocked(folder.resolve(LOCK), false, LOCK_NANOS);
            return locked(lock, () -> {
                if (!Files.exists(folder.resolve(CONTROL)) || !anyLives(lock)) {
                    throw new KaelixException(nobody);
                }
                final ControlFile control = ControlFile.open(folder.resolve(CONTROL), laneLayout);
                return join(folder, lock, control, lanes(folder, control));
            });
        } catch (final NoSuchFileException e) {
            throw new KaelixException(nobody, e);
        } catch (final IOException e) {
            throw new KaelixException("cannot attach to " + named + ": " + e, e);
        }
    }

    /** What is done when a directory is opened. */
    @FunctionalInterface
    private interface Opening {

        SharedDirectory run() throws IOException;
    }

    private static SharedDirectory locked(final DirectoryLock lock, final Opening opening) throws IOException {
        SharedDirectory opened = null;
        try {
            opened = opening.run();
            return opened;
        } finally {
            lock.unlock();
            if (opened == null) {
                lock.close();
            }
        }
    }

    private static boolean anyLives(final DirectoryLock lock) {
        for (int participant = 0; participant < PARTICIPANTS; participant++) {
            if (lock.lives(participant)) {
                return true;
            }
        }
        return false;
    }

    private static SharedDirectory join(final Path folder, final DirectoryLock lock, final ControlFile control, final LaneFolder lanes) {
        for (int participant = 0; participant < PARTICIPANTS; participant++) {
            // What a dead one left is cleaned up by others first.
            if (!control.isParticipant(participant) && lock.live(participant)) {
                control.addParticipant(participant);
                return new SharedDirectory(folder, lock, control, lanes, participant);
            }
        }
        throw new KaelixException(folder + " has " + PARTICIPANTS + " participants, no more fit: close a streamer");
    }

    /** But for lanes. */
    private static boolean isOurs(final String name) {
        return name.equals(CONTROL) || name.equals(STREAMS) || StreamUses.isName(name) || name.startsWith("." + LOCK)
                || name.startsWith(DirectoryView.COUNTERS);
    }

    /** Where it lies. */
    public Path folder() {
        return folder;
    }

    /** Its tables. */
    public ControlFile control() {
        return control;
    }

    /** Number of this participant. */
    public int participant() {
        return participant;
    }

    /**
     * Waits until nobody else changes it.
     *
     * @throws KaelixException if that takes longer than {@value #LOCK_SECONDS} seconds
     */
    public void lock() {
        lock(LOCK_NANOS);
    }

    void lock(final long nanos) {
        lock.lock(nanos, control::changingProcess);
    }

    /** Whether it is locked now by the caller, who did not have it before. */
    public boolean tryLock() {
        return lock.tryLock();
    }

    /**
     * Behind the lock: a change begins.
     *
     * @return whether somebody died in the middle of one: what that left is to be put right
     */
    public boolean begin() {
        final boolean died = control.begin(participant);
        changing = true;
        if (died) {
            repairNames();
        }
        return died;
    }

    /** Has the log of names end behind the last one that is published: who died may have said how long it is, and not how many. */
    private void repairNames() {
        final ByteBuffer bytes = ByteBuffer.wrap(names.read(0, Math.toIntExact(control.nameBytes()))).order(ByteOrder.LITTLE_ENDIAN);
        try {
            for (int name = 0; name < control.names(); name++) {
                bytes.position(bytes.position() + NAME_HEADER_BYTES + bytes.getInt(bytes.position() + 8));
            }
        } catch (final IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new KaelixException("the names of streams in " + folder + " are corrupt: " + control.names() + " do not fit into "
                    + bytes.capacity() + " bytes; end the processes in it, and launch it again without resuming", e);
        }
        control.publishNames(control.names(), bytes.position());
    }

    /** Whether the calling thread has it locked. */
    public boolean isLocked() {
        return lock.isHeldByCurrentThread();
    }

    /** The change is done. If none was begun, what somebody died in the middle of is left to the next one who begins one. */
    public void unlock() {
        if (changing) {
            changing = false;
            control.end();
        }
        lock.unlock();
    }

    /** Whether a participant is registered. Under the lock, as all that follows but reading. */
    public boolean isParticipant(final int other) {
        return control.isParticipant(other);
    }

    /** Whether one that is registered has died. */
    public boolean isDead(final int other) {
        return control.isParticipant(other) && !lock.lives(other);
    }

    /** A lane's file before it has a number. Without the lock: its memory is cleared. */
    public LaneFile newLane(final long bytes) {
        final int number;
        synchronized (this) {
            number = ++files;
        }
        return lanes.create(participant, number, bytes);
    }

    /** Gives it its number. */
    public void nameLane(final LaneFile file, final long number) {
        lanes.name(file, number);
    }

    /** Removes a lane's file that was not added. */
    public void discard(final LaneFile file) {
        file.delete();
    }

    /** Maps a lane that the caller takes part in. */
    public LaneFile openLane(final long number) {
        return lanes.open(number);
    }

    /** Removes the files of a lane that nobody takes part in any more. */
    public void removeLane(final long number) {
        try {
            lanes.remove(number);
            uses.remove(number);
        } catch (final IOException e) {
            throw cannotRemove(e);
        }
    }

    /** Removes lanes that a participant which has died had not made, and those that no entry leads to. @param dead -1 for nobody */
    public void removeHalfMade(final int dead, final LongPredicate isLane) {
        try {
            lanes.removeStrays(dead, isLane);
            uses.removeStrays(isLane);
        } catch (final IOException e) {
            throw cannotRemove(e);
        }
    }

    private KaelixException cannotRemove(final IOException e) {
        return new KaelixException("cannot remove files of " + folder + ": " + e, e);
    }

    /** Adds a stream's first use to a lane's; the lane's entry is told. */
    public void addUse(final int entry, final StreamUse use) {
        final long before = control.laneUses(entry);
        uses.add(control.laneNumber(entry), before, use);
        control.laneUses(entry, before + 1);
    }

    /** Uses of a lane behind the first so many. Without the lock by those that take part in the lane. */
    public List<StreamUse> uses(final int entry, final long seen) {
        final long now = control.laneUses(entry);
        return now == seen ? List.of() : uses.read(control.laneNumber(entry), seen, now);
    }

    /** Publishes names, all or none; their numbers follow those that are there. */
    public void addNames(final List<StreamName> added) {
        final List<byte[]> texts = added.stream().map(name -> name.topic().getBytes(StandardCharsets.UTF_8)).toList();
        final ByteBuffer bytes = ByteBuffer.allocate(texts.stream().mapToInt(text -> NAME_HEADER_BYTES + text.length).sum())
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < added.size(); i++) {
            bytes.putInt(added.get(i).partition()).putInt(added.get(i).partitions()).putInt(texts.get(i).length).put(texts.get(i));
        }
        names.write(control.nameBytes(), bytes.array(), bytes.capacity());
        control.publishNames(control.names() + added.size(), control.nameBytes() + bytes.capacity());
    }

    /**
     * Hands over names that are published and were not read yet, in their order; one that the consumer refuses comes again. Without the
     * lock; one thread at a time.
     *
     * @param known names that were read
     */
    public void readNames(final int known, final Consumer<StreamName> consumer) {
        final int count = control.names() - known;
        if (count == 0) {
            return;
        }
        final ByteBuffer bytes = unreadNames();
        final long start = namesRead;
        for (int i = 0; i < count; i++) {
            consumer.accept(nextName(bytes));
            namesRead = start + bytes.position();
        }
    }

    /** A name that was not handed over yet, and is not by this; null if there is none of the number. Otherwise as {@link #readNames}. */
    public StreamName unreadName(final int known, final int number) {
        if (number < known || number >= control.names()) {
            return null;
        }
        final ByteBuffer bytes = unreadNames();
        StreamName name = nextName(bytes);
        for (int next = known; next < number; next++) {
            name = nextName(bytes);
        }
        return name;
    }

    private ByteBuffer unreadNames() {
        return ByteBuffer.wrap(names.read(namesRead, Math.toIntExact(control.nameBytes() - namesRead))).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static StreamName nextName(final ByteBuffer bytes) {
        final int partition = bytes.getInt();
        final int partitions = bytes.getInt();
        final byte[] text = new byte[bytes.getInt()];
        bytes.get(text);
        return new StreamName(new String(text, StandardCharsets.UTF_8), partition, partitions);
    }

    /**
     * Leaves it: nothing in it is this participant's any more. The last one removes its files. Again is without effect.
     */
    public void leave() {
        if (left) {
            return;
        }
        left = true;
        names.close();
        uses.close();
        control.removeParticipant(participant);
        lock.die(participant);
        if (!anyLives(lock)) {
            try {
                lanes.removeAll();
                OwnFiles.remove(folder, SharedDirectory::isOurs);
                lock.remove();
                Files.deleteIfExists(folder);
            } catch (final DirectoryNotEmptyException e) {
                // Somebody else's files are in it.
                return;
            } catch (final IOException e) {
                throw new KaelixException("cannot remove " + folder + ": " + e, e);
            }
        }
    }

    /** Whether it was left. */
    public boolean hasLeft() {
        return left;
    }

    /** Behind {@link #leave}, when it was unlocked. */
    public void close() {
        lock.close();
    }
}
