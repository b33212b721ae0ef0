// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import static io.kaelix.shared.DirectoryDescriptor.*;

import io.kaelix.KaelixException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The tables of a directory, mapped: a place for each participant, lane and subscription.
 *
 * <p><b>Threads</b>: changes, and looks at what others may be changing, under the directory's lock; {@link #version}, {@link #names} and
 * the entries of lanes that the caller takes part in, from any. It is unmapped when nobody refers to it, so that no call meets
 * memory that is gone.
 */
public final class ControlFile {

    private static final ValueLayout.OfInt INT_LAYOUT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG_LAYOUT = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = INT_LAYOUT.varHandle();
    private static final VarHandle LONG = LONG_LAYOUT.varHandle();

    private final MemorySegment control;
    private final LaneEnds ends;

    private ControlFile(final MemorySegment control) {
        this.control = control;
        this.ends = new LaneEnds(control);
    }

    /** Whether there is one that was completed: who made it may have died before. Whatever version it is of. */
    static boolean isMade(final Path path) throws IOException {
        // A stream, which an interrupt does not close.
        try (InputStream in = new FileInputStream(path.toFile())) {
            return new DataInputStream(in).readLong() != 0;
        } catch (final FileNotFoundException | EOFException e) {
            return false;
        }
    }

    /** Makes an empty one. Under the lock, where there is none. @param laneFolder where lanes lie, empty for the directory itself */
    static ControlFile create(final Path path, final int laneLayout, final String laneFolder) {
        final byte[] bytes = laneFolder.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_LANE_FOLDER) {
            throw new KaelixException("a folder of lanes has a path of up to " + MAX_LANE_FOLDER + " bytes, not " + bytes.length
                    + ": name a shorter one");
        }
        final ControlFile made = new ControlFile(SpaceOnDisk.create(path, CONTROL_BYTES, Arena.ofAuto()));
        made.putInt(PARTICIPANT_COUNT_OFFSET, PARTICIPANTS);
        made.putInt(LANE_COUNT_OFFSET, LANES);
        made.putInt(SUBSCRIPTION_COUNT_OFFSET, SUBSCRIPTIONS);
        made.putInt(LANE_LAYOUT_OFFSET, laneLayout);
        made.putLong(INSTANCE_OFFSET, new SecureRandom().nextLong() | 1);
        made.putInt(LANE_FOLDER_LENGTH_OFFSET, bytes.length);
        MemorySegment.copy(bytes, 0, made.control, ValueLayout.JAVA_BYTE, LANE_FOLDER_OFFSET, bytes.length);
        made.putLong(MAGIC_OFFSET, MAGIC);
        return made;
    }

    /**
     * Maps one that is there.
     *
     * @throws KaelixException if it is of another version, or no such file
     */
    static ControlFile open(final Path path, final int laneLayout) {
        final String remedy = "; use the same version in all processes, or end those that are in it and launch it again";
        try {
            final long bytes = Files.size(path);
            if (bytes != CONTROL_BYTES) {
                throw new KaelixException(path + " has " + bytes + " bytes, not " + CONTROL_BYTES
                        + ": it is of another version of this library, or incomplete" + remedy);
            }
            final ControlFile found = new ControlFile(SpaceOnDisk.map(path, Arena.ofAuto()));
            if (found.getLong(MAGIC_OFFSET) != MAGIC) {
                throw new KaelixException(path + " begins with " + Long.toHexString(found.getLong(MAGIC_OFFSET)) + ", not "
                        + Long.toHexString(MAGIC) + ": it is of another version of this library" + remedy);
            }
            if (found.getInt(PARTICIPANT_COUNT_OFFSET) != PARTICIPANTS || found.getInt(LANE_COUNT_OFFSET) != LANES
                    || found.getInt(SUBSCRIPTION_COUNT_OFFSET) != SUBSCRIPTIONS || found.getInt(LANE_LAYOUT_OFFSET) != laneLayout) {
                throw new KaelixException(path + " has tables of other sizes, or lanes of another layout" + remedy);
            }
            return found;
        } catch (final IOException e) {
            throw new KaelixException("cannot read " + path + ": " + e, e);
        }
    }

    /** One that is there, for who only looks at it, whatever lanes look like. */
    static ControlFile openForReading(final Path path) {
        try {
            final MemorySegment found = SpaceOnDisk.mapForReading(path, Arena.ofAuto());
            if (found.byteSize() != CONTROL_BYTES || found.get(LONG_LAYOUT, MAGIC_OFFSET) != MAGIC) {
                throw new KaelixException(path + " is of another version of this library, or incomplete: look at it with the version that"
                        + " made it");
            }
            return new ControlFile(found);
        } catch (final IOException e) {
            throw new KaelixException("cannot read " + path + ": " + e, e);
        }
    }

    private int getInt(final long offset) {
        return control.get(INT_LAYOUT, offset);
    }

    private void putInt(final long offset, final int value) {
        control.set(INT_LAYOUT, offset, value);
    }

    private long getLong(final long offset) {
        return control.get(LONG_LAYOUT, offset);
    }

    private void putLong(final long offset, final long value) {
        control.set(LONG_LAYOUT, offset, value);
    }

    /** Number of the directory, which it has for as long as it lives; never 0. */
    public long instance() {
        return getLong(INSTANCE_OFFSET);
    }

    /** Where lanes lie; empty for the directory itself. */
    String laneFolder() {
        final int length = Math.clamp(getInt(LANE_FOLDER_LENGTH_OFFSET), 0, MAX_LANE_FOLDER);
        return new String(control.asSlice(LANE_FOLDER_OFFSET, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    /** Raised by each change of the directory. */
    public long version() {
        // SYNC: pairs with publish: who sees a version sees what was changed before.
        return (long) LONG.getAcquire(control, VERSION_OFFSET);
    }

    /** The version that the change under way will have. Under the lock. */
    public long nextVersion() {
        return version() + 1;
    }

    /** Publishes what was changed. Under the lock. */
    public void publish() {
        LONG.setRelease(control, VERSION_OFFSET, nextVersion());
    }

    /** A participant begins to change it. Whether another one died in the middle of that. */
    boolean begin(final int participant) {
        final boolean left = getInt(CHANGING_OFFSET) != 0;
        putLong(CHANGING_PROCESS_OFFSET, ProcessHandle.current().pid());
        INT.setRelease(control, CHANGING_OFFSET, participant + 1);
        return left;
    }

    void end() {
        INT.setRelease(control, CHANGING_OFFSET, 0);
    }

    /** Adds to what was freed of processes that have died. Under the lock. */
    public void countFreed(final int lanes, final int slots) {
        putLong(ENDED_LANES_OFFSET, getLong(ENDED_LANES_OFFSET) + lanes);
        putLong(FREED_SLOTS_OFFSET, getLong(FREED_SLOTS_OFFSET) + slots);
    }

    /** Adds to the lanes that were resumed. Under the lock. */
    public void countResumed(final int lanes) {
        putLong(RESUMED_LANES_OFFSET, getLong(RESUMED_LANES_OFFSET) + lanes);
    }

    /** What is in it. Without a lock, from any process: what changes meanwhile may be in part of it. */
    public DirectoryFigures figures() {
        int lanes = 0;
        long bytes = 0;
        for (int entry = 0; entry < laneLimit(); entry++) {
            if (isLane(entry)) {
                lanes++;
                bytes += getInt(LANE_LAYOUT_OFFSET) + laneCapacity(entry);
            }
        }
        final List<Long> processes = IntStream.range(0, PARTICIPANTS).filter(this::isParticipant).mapToObj(this::process).distinct().toList();
        return new DirectoryFigures(processes, lanes, bytes, names(), getLong(ENDED_LANES_OFFSET), getLong(FREED_SLOTS_OFFSET),
                getLong(RESUMED_LANES_OFFSET));
    }

    /** Process that took the lock last. */
    long changingProcess() {
        return getLong(CHANGING_PROCESS_OFFSET);
    }

    /** Names that are published. */
    public int names() {
        // SYNC: pairs with publishNames: their bytes were written before.
        return (int) INT.getAcquire(control, NAMES_OFFSET);
    }

    /** Bytes of the log of names that are valid. Under the lock. */
    public long nameBytes() {
        return getLong(NAME_BYTES_OFFSET);
    }

    /** More names are there. Under the lock. */
    public void publishNames(final int names, final long bytes) {
        LONG.setRelease(control, NAME_BYTES_OFFSET, bytes);
        INT.setRelease(control, NAMES_OFFSET, names);
    }

    private long number(final int offset) {
        final long number = getLong(offset) + 1;
        putLong(offset, number);
        return number;
    }

    /** A number that no lane of this directory had. Under the lock. */
    public long newLaneNumber() {
        return number(LAST_LANE_OFFSET);
    }

    /** A number that no subscriber had. Under the lock. */
    public long newSubscriptionNumber() {
        return number(LAST_SUBSCRIPTION_OFFSET);
    }

    private static long participant(final int participant) {
        return PARTICIPANTS_OFFSET + (long) participant * PARTICIPANT_LENGTH;
    }

    boolean isParticipant(final int participant) {
        return getInt(participant(participant) + STATE_OFFSET) == USED;
    }

    void addParticipant(final int participant) {
        putLong(participant(participant) + PROCESS_OFFSET, ProcessHandle.current().pid());
        INT.setRelease(control, participant(participant) + STATE_OFFSET, USED);
    }

    /** Gives a place to others. Under the lock, when nothing refers to it any more. */
    public void removeParticipant(final int participant) {
        INT.setRelease(control, participant(participant) + STATE_OFFSET, FREE);
    }

    /** Process of a participant. */
    public long process(final int participant) {
        return getLong(participant(participant) + PROCESS_OFFSET);
    }

    private static long lane(final int entry) {
        return LANES_OFFSET + (long) entry * LANE_LENGTH;
    }

    /** Entries of lanes are below it. */
    public int laneLimit() {
        return (int) INT.getAcquire(control, LANE_LIMIT_OFFSET);
    }

    /**
     * Adds a lane. Under the lock; what it refers to is in place.
     *
     * @param stream that it carries, or {@link DirectoryDescriptor#NONE} for many
     * @param participants bit set of those that take part in it
     * @param origin number of where its messages were published, 0 for this directory
     * @param hops hosts that have passed them on until they came here
     * @return its entry
     * @throws KaelixException if there is no room
     */
    public int addLane(final long number, final int writer, final int capacity, final int stream, final long participants,
            final long origin, final int hops) {
        int entry = 0;
        while (entry < LANES && getInt(lane(entry) + STATE_OFFSET) != FREE) {
            entry++;
        }
        if (entry == LANES) {
            throw new KaelixException("a directory has " + LANES + " lanes, no more fit: close publishers, or let one publish many"
                    + " streams");
        }
        final long at = lane(entry);
        putInt(at + LANE_WRITER_OFFSET, writer);
        putLong(at + LANE_NUMBER_OFFSET, number);
        putInt(at + LANE_CAPACITY_OFFSET, capacity);
        putInt(at + LANE_STREAM_OFFSET, stream);
        putLong(at + LANE_USES_OFFSET, 0);
        putLong(at + LANE_ORIGIN_OFFSET, origin);
        putInt(at + LANE_HOPS_OFFSET, hops);
        putLong(at + LANE_CHANGED_OFFSET, nextVersion());
        INT.setRelease(control, at + STATE_OFFSET, USED);
        // SYNC: pairs with takesPart: who finds itself in it finds the rest of the entry, which stays until it has left.
        LONG.setRelease(control, at + LANE_PARTICIPANTS_OFFSET, participants);
        INT.setRelease(control, LANE_LIMIT_OFFSET, Math.max(laneLimit(), entry + 1));
        return entry;
    }

    /** Whether the entry is one of a lane, closed or not. */
    public boolean isLane(final int entry) {
        return (int) INT.getAcquire(control, lane(entry) + STATE_OFFSET) != FREE;
    }

    /** Whether its publisher is there. */
    public boolean isLaneOpen(final int entry) {
        return (int) INT.getAcquire(control, lane(entry) + STATE_OFFSET) == USED;
    }

    /** Whether its publisher is gone, and nobody joins it any more. */
    public boolean isLaneClosed(final int entry) {
        return (int) INT.getAcquire(control, lane(entry) + STATE_OFFSET) == CLOSED;
    }

    /** Whether it is one of a process that died, and is kept by its writer for who wants the oldest. */
    public boolean isLaneResumed(final int entry) {
        return (int) INT.getAcquire(control, lane(entry) + STATE_OFFSET) == RESUMED;
    }

    /** Where nobody lives, it is a participant's from now on, which keeps it as long as it lives. Under the lock. */
    public void resumeLane(final int entry, final int keeper) {
        putInt(lane(entry) + LANE_WRITER_OFFSET, keeper);
        LONG.setRelease(control, lane(entry) + LANE_PARTICIPANTS_OFFSET, 1L << keeper);
        touchLane(entry);
        INT.setRelease(control, lane(entry) + STATE_OFFSET, RESUMED);
    }

    /** Where nobody lives, it is gone. Under the lock. */
    public void dropLane(final int entry) {
        // Places are given again: who takes one that a lane's participant had must not take itself for that.
        LONG.setRelease(control, lane(entry) + LANE_PARTICIPANTS_OFFSET, 0);
        INT.setRelease(control, lane(entry) + STATE_OFFSET, FREE);
    }

    /** Nobody takes part, and nobody wants anything: all are dead. Under the lock. */
    void forgetAll() {
        for (int other = 0; other < PARTICIPANTS; other++) {
            removeParticipant(other);
        }
        for (int entry = 0; entry < SUBSCRIPTIONS; entry++) {
            removeSubscription(entry);
        }
    }

    /** Participant that writes it, or keeps it. */
    public int laneWriter(final int entry) {
        return getInt(lane(entry) + LANE_WRITER_OFFSET);
    }

    /** Number of a lane, which no other one had. */
    public long laneNumber(final int entry) {
        return getLong(lane(entry) + LANE_NUMBER_OFFSET);
    }

    /** Bytes of its ring. */
    public int laneCapacity(final int entry) {
        return getInt(lane(entry) + LANE_CAPACITY_OFFSET);
    }

    /** Stream that it carries, or {@link DirectoryDescriptor#NONE} for many. */
    public int laneStream(final int entry) {
        return getInt(lane(entry) + LANE_STREAM_OFFSET);
    }

    /** Number of where its messages were published, 0 for this directory. */
    public long laneOrigin(final int entry) {
        return getLong(lane(entry) + LANE_ORIGIN_OFFSET);
    }

    /** Hosts that have passed them on until they came here. */
    public int laneHops(final int entry) {
        return getInt(lane(entry) + LANE_HOPS_OFFSET);
    }

    /** Version with which it changed last, which may be the next one. */
    public long laneChanged(final int entry) {
        return (long) LONG.getAcquire(control, lane(entry) + LANE_CHANGED_OFFSET);
    }

    /** Streams that a lane of many has used. */
    public long laneUses(final int entry) {
        return (long) LONG.getAcquire(control, lane(entry) + LANE_USES_OFFSET);
    }

    /** It has used more. Under the lock. */
    public void laneUses(final int entry, final long uses) {
        LONG.setRelease(control, lane(entry) + LANE_USES_OFFSET, uses);
        touchLane(entry);
    }

    /** Whoever takes part in a lane is to look at it. Under the lock. */
    public void touchLane(final int entry) {
        LONG.setRelease(control, lane(entry) + LANE_CHANGED_OFFSET, nextVersion());
    }

    /** Nobody joins it any more; its publisher may be there still. Under the lock. */
    public void endLane(final int entry) {
        INT.setRelease(control, lane(entry) + STATE_OFFSET, CLOSED);
        touchLane(entry);
    }

    /** Its publisher is gone. Under the lock. */
    public void closeLane(final int entry) {
        // In this order: who dies in between is its writer still, and its death closes it again.
        endLane(entry);
        INT.setRelease(control, lane(entry) + LANE_WRITER_OFFSET, NONE);
    }

    /** Where lanes of other hosts ended. */
    public LaneEnds ends() {
        return ends;
    }

    /** Bit set of those that take part in it. */
    public long laneParticipants(final int entry) {
        return (long) LONG.getAcquire(control, lane(entry) + LANE_PARTICIPANTS_OFFSET);
    }

    /** Whether a participant takes part in it. */
    public boolean takesPart(final int entry, final int participant) {
        return (laneParticipants(entry) & 1L << participant) != 0;
    }

    /** A participant more, before anything of the lane is its. Under the lock. */
    public void addToLane(final int entry, final int participant) {
        LONG.setRelease(control, lane(entry) + LANE_PARTICIPANTS_OFFSET, laneParticipants(entry) | 1L << participant);
        touchLane(entry);
    }

    /**
     * A participant less, of which nothing is in the lane any more. Under the lock.
     *
     * @return whether it was the last: then the entry is free
     */
    public boolean removeFromLane(final int entry, final int participant) {
        final long left = laneParticipants(entry) & ~(1L << participant);
        LONG.setRelease(control, lane(entry) + LANE_PARTICIPANTS_OFFSET, left);
        if (left == 0) {
            INT.setRelease(control, lane(entry) + STATE_OFFSET, FREE);
        }
        return left == 0;
    }

    private static long subscription(final int entry) {
        return SUBSCRIPTIONS_OFFSET + (long) entry * SUBSCRIPTION_LENGTH;
    }

    /** Entries of subscriptions are below it. */
    public int subscriptionLimit() {
        return getInt(SUBSCRIPTION_LIMIT_OFFSET);
    }

    /** What a participant's subscriber wants. Under the lock. @return its entry */
    public int addSubscription(final int participant, final SharedSubscription wanted) {
        int entry = 0;
        while (entry < SUBSCRIPTIONS && getInt(subscription(entry) + STATE_OFFSET) != FREE) {
            entry++;
        }
        if (entry == SUBSCRIPTIONS) {
            throw new KaelixException("a directory has " + SUBSCRIPTIONS + " subscriptions, no more fit: close some, or use patterns that"
                    + " match more topics");
        }
        final long at = subscription(entry);
        SubscriptionEntry.write(control, at, wanted);
        putInt(at + SUBSCRIPTION_PARTICIPANT_OFFSET, participant);
        putLong(at + SUBSCRIPTION_INTEREST_OFFSET, number(LAST_INTEREST_OFFSET));
        INT.setRelease(control, at + STATE_OFFSET, USED);
        putInt(SUBSCRIPTION_LIMIT_OFFSET, Math.max(subscriptionLimit(), entry + 1));
        return entry;
    }

    /** Takes it out. Under the lock. */
    public void removeSubscription(final int entry) {
        INT.setRelease(control, subscription(entry) + STATE_OFFSET, FREE);
    }

    /** Number of an entry that no other had; 0 if it is free. Under the lock. */
    public long subscriptionEntry(final int entry) {
        return getInt(subscription(entry) + STATE_OFFSET) == FREE ? 0 : getLong(subscription(entry) + SUBSCRIPTION_INTEREST_OFFSET);
    }

    /** Participant whose it is. Under the lock. */
    public int subscriptionParticipant(final int entry) {
        return getInt(subscription(entry) + SUBSCRIPTION_PARTICIPANT_OFFSET);
    }

    /** What it wants. Under the lock. */
    public SharedSubscription subscriptionAt(final int entry) {
        return SubscriptionEntry.read(control, subscription(entry));
    }
}
