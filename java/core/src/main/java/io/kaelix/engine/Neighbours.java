// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.KaelixException;
import io.kaelix.Topic;
import io.kaelix.memory.Block;
import io.kaelix.shared.ControlFile;
import io.kaelix.shared.DirectoryDescriptor;
import io.kaelix.shared.SharedDirectory;
import io.kaelix.shared.StreamName;
import io.kaelix.stream.StreamTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The other streamers of a directory, as one registry sees them: what they changed is taken over, what this one changes they are told.
 *
 * <p><b>Two locks</b>, always in this order: the directory's, which may be waited for, then the registry's, under which nobody waits.
 * <ul>
 * <li>What <i>comes</i> (a lane, a stream, a subscription, the first use of a stream) is changed under both, behind a look at what others
 *     changed: {@link #change}.
 * <li>What <i>goes</i> takes effect at once without the directory's lock: a slot gates no longer, a lane is closed. Its place in the tables
 *     is given up by {@link #settle}, which only tries the lock, and is tried again each {@value #BEAT_MILLIS} ms.
 * <li>What others changed for this streamer is taken over by any poll: {@link #absorb} needs no lock but the registry's. So a process
 *     that is stopped in the middle of a change keeps others from changing, and no message from being handed over.
 * </ul>
 *
 * <p><b>Death</b>: each {@value #BEAT_MILLIS} ms, one after the other, all look whether one of them has died. Who finds that frees its
 * slots, ends its lanes behind their last frames, and takes out its subscriptions.
 *
 * <p><b>Threads</b>: any.
 */
final class Neighbours implements Runnable {

    static final int BEAT_MILLIS = 100;

    private static final System.Logger LOGGER = System.getLogger(Neighbours.class.getName());
    private static final int TRIES = 3;
    /** Longest that a streamer which closes waits for the directory's lock: changes of others take microseconds. */
    private static final long LEAVE_NANOS = 100_000_000;
    private static final long LEAVE_PAUSE_NANOS = 50_000;

    private final Registry registry;
    private final SharedDirectory directory;
    private final ControlFile control;
    private final long instance;
    private final NeighbourLanes lanes;
    private final NeighbourInterests interests;
    /** What was taken over. Written under the registry's lock. */
    private volatile long seen = -1;
    /** Streams below it are known to all who want them. Written under the registry's lock. */
    private volatile int learned;
    /** Whether something is to be settled. */
    private volatile boolean unsettled;
    private volatile boolean left;
    /** Whether the change under way concerns others. Under both locks. */
    private boolean touched;
    private final AtomicReference<Future<?>> beats = new AtomicReference<>();
    private volatile String reported;

    Neighbours(final Registry registry, final SharedDirectory directory) {
        this.registry = registry;
        this.directory = directory;
        this.control = directory.control();
        this.instance = control.instance();
        this.interests = new NeighbourInterests(directory);
        this.lanes = new NeighbourLanes(registry, this, directory, interests);
    }

    /** Number of the directory, see {@link io.kaelix.net.Flows#instance}. */
    long instance() {
        return instance;
    }

    /** Looks after the others from now on. */
    void start() {
        beats.set(Heartbeat.begin(this, BEAT_MILLIS));
    }

    NeighbourLanes lanes() {
        return lanes;
    }

    NeighbourInterests interests() {
        return interests;
    }

    /** Memory of a lane that is to be opened. Without locks, as it is cleared. */
    Block newLane(final long bytes) {
        return lanes.create(bytes);
    }

    /**
     * Changes what others see. Not in the middle of another change.
     *
     * @throws KaelixException if others keep the directory locked
     */
    <T> T change(final Supplier<T> change) {
        if (directory.isLocked()) {
            throw new IllegalStateException("a change of " + directory.folder() + " within another one");
        }
        if (left) {
            throw new IllegalStateException("the streamer is closed");
        }
        directory.lock();
        try {
            synchronized (registry) {
                if (left) {
                    // While this waited for the lock.
                    throw new IllegalStateException("the streamer is closed");
                }
                return changing(change);
            }
        } finally {
            directory.unlock();
        }
    }

    /**
     * Changes it, unless that would take a wait.
     *
     * @return whether it was changed
     */
    boolean tryChange(final Runnable change) {
        if (left || !directory.tryLock()) {
            return false;
        }
        try {
            synchronized (registry) {
                changing(() -> {
                    change.run();
                    return null;
                });
            }
            return true;
        } finally {
            directory.unlock();
        }
    }

    private <T> T changing(final Supplier<T> change) {
        if (directory.begin()) {
            // What somebody died in the middle of is as complete as it will ever be: whoever it concerns is to look.
            lanes.removeHalfMade();
            control.publish();
        }
        absorb();
        interests.absorb();
        touched = false;
        try {
            if (unsettled) {
                settleAll();
            }
            return change.get();
        } finally {
            if (touched) {
                control.publish();
                // Nobody else changed anything since it was absorbed.
                seen = control.version();
                interests.absorbed();
            }
        }
    }

    /** What fails is tried again with the next change, or the next beat: it is not the fault of who changes something now. */
    private void settleAll() {
        unsettled = false;
        try {
            interests.settle(this);
            lanes.settle();
        } catch (final RuntimeException e) {
            unsettled = true;
            report(e);
        }
    }

    /** Others are concerned by the change under way. */
    void touch() {
        touched = true;
    }

    /** Whether others changed something. One load, for each poll. */
    boolean haveNews() {
        return control.version() != seen;
    }

    /** Takes over what others changed. Takes the registry's lock alone. */
    void absorb() {
        synchronized (registry) {
            final long version = control.version();
            if (version != seen && !left) {
                learn();
                lanes.absorb(seen);
                seen = version;
            }
        }
    }

    /**
     * Learns the names of streams that others added. Takes the registry's lock alone. Once it is closed, nobody asks for them, and there
     * is no room for them.
     */
    void learn() {
        synchronized (registry) {
            final StreamTable table = registry.streams.table();
            if (left || registry.isClosed() || control.names() == table.limit()) {
                return;
            }
            directory.readNames(table.limit(), name -> registry.streams.learn(name.topic(), name.partition(), name.partitions()));
            learned = table.limit();
        }
    }

    /**
     * Topic of a stream that was named when there was no room for it any more, as the streamer was closed: a handler may be at a message
     * of it still.
     *
     * @return null if there is none
     */
    Topic lateTopic(final int stream) {
        synchronized (registry) {
            final StreamName name = left ? null : directory.unreadName(registry.streams.limit(), stream);
            return name == null ? null : new Topic(name.topic());
        }
    }

    /** Learns of a stream, if it is new. For each frame of one that is not wanted: no lock, unless it is new. */
    void learnOf(final int stream) {
        if (stream >= learned && control.names() != learned) {
            learn();
        }
    }

    /** As {@link StreamDirectory#declare(Topic)}, for all. Within a change. */
    int declare(final Topic topic) {
        final int found = registry.streams.find(topic);
        if (found >= 0) {
            return found;
        }
        add(List.of(new StreamName(topic.name(), 0, 1)));
        return registry.streams.find(topic);
    }

    /** As {@link StreamDirectory#declare(Topic, int)}, for all. Within a change. */
    int[] declare(final Topic topic, final int partitions) {
        final int known = registry.streams.partitions(topic);
        if (known != 0 && known != partitions) {
            // Before the table is touched: numbers that it would give to partitions that are missing are those of the next names.
            throw new IllegalArgumentException("topic " + topic + " has " + known + " partitions, not " + partitions
                    + ": all who use it must agree");
        }
        if (known == 0) {
            final List<StreamName> names = new ArrayList<>(partitions);
            // The first partition last, as who finds it finds them all.
            for (int partition = partitions - 1; partition >= 0; partition--) {
                names.add(new StreamName(topic.name(), partition, partitions));
            }
            add(names);
        }
        return registry.streams.declare(topic, partitions);
    }

    private void add(final List<StreamName> names) {
        directory.addNames(names);
        touch();
        learn();
    }

    /** A subscription gets what it is known by. Within a change. */
    void number(final Subscription subscription) {
        if (subscription.shared == 0) {
            subscription.shared = control.newSubscriptionNumber();
        }
    }

    /** Joins lanes of others that an interest concerns, and tells others of it. Within a change; what fails leaves no feed behind. */
    void enrol(final Interest interest, final Map<Channel, LaneFeed> feeds) {
        lanes.join(interest, feeds);
        interests.add(interest);
        touch();
    }

    /** Nothing of it is wanted any more. Under the registry's lock. */
    void withdrawn(final Interest interest) {
        if (interests.withdraw(interest)) {
            unsettled = true;
        }
    }

    /** A lane's publisher or reader is gone. */
    void unsettle() {
        unsettled = true;
    }

    /** The streamer was closed: what it reads of others ends now. Under the registry's lock. */
    void closing() {
        lanes.abandon();
        unsettled = true;
    }

    /**
     * Gives up places in the tables, if the directory can be locked now. Without the registry's lock. Where nobody can be handed a message
     * any more, it leaves the directory, and waits a moment for its lock: the process may end right behind this, and the look that would do it later
     * with it.
     */
    void settle() {
        final boolean deserted = registry.isClosed() && registry.isDeserted();
        try {
            if ((unsettled || deserted) && !left && (deserted ? lockToLeave() : directory.tryLock())) {
                settleLocked(deserted, false);
            }
        } catch (final RuntimeException e) {
            report(e);
        }
    }

    /** False if others change it all the time, or it was left meanwhile. */
    private boolean lockToLeave() {
        final long until = System.nanoTime() + LEAVE_NANOS;
        while (!directory.tryLock()) {
            if (left) {
                // A look does it at this moment, under the registry's lock.
                synchronized (registry) {
                    return false;
                }
            }
            if (directory.isLocked() || System.nanoTime() - until > 0) {
                return false;
            }
            LockSupport.parkNanos(LEAVE_PAUSE_NANOS);
        }
        return true;
    }

    private void settleLocked(final boolean deserted, final boolean looksForDead) {
        boolean leaving = false;
        try {
            synchronized (registry) {
                if (!left) {
                    leaving = deserted;
                    changing(() -> {
                        if (looksForDead) {
                            reclaim();
                        }
                        return null;
                    });
                    if (leaving) {
                        left = true;
                        directory.leave();
                    }
                }
            }
        } catch (final RuntimeException | Error e) {
            unsettled = true;
            throw e;
        } finally {
            directory.unlock();
            if (leaving) {
                directory.close();
                stop();
            }
        }
    }

    /** Whether a lane to which nothing comes any more is read to its end, or gone. Ends lanes of the dead first. */
    boolean isRead(final long lane) {
        return change(() -> {
            reclaim();
            return lanes.isRead(lane);
        });
    }

    /**
     * Position behind the last frame of a lane of other hosts to which nothing comes any more; {@link io.kaelix.shared.LaneEnds#UNKNOWN}
     * for others. Ends lanes of the dead first, of whom nobody may have learned yet.
     */
    long endOf(final long lane) {
        return change(() -> {
            reclaim();
            return control.ends().of(lane);
        });
    }

    private void reclaim() {
        for (int other = 0; other < DirectoryDescriptor.PARTICIPANTS; other++) {
            if (other != directory.participant() && directory.isDead(other)) {
                LOGGER.log(System.Logger.Level.INFO, "process " + control.process(other) + " has died in " + directory.folder()
                        + ": its lanes end behind their last messages, and it holds up nobody any more");
                touch();
                lanes.reclaim(other);
                interests.reclaim(other);
                control.removeParticipant(other);
            }
        }
    }

    boolean hasLeft() {
        return left;
    }

    private void stop() {
        final Future<?> ending = beats.getAndSet(null);
        if (ending != null) {
            Heartbeat.end(ending);
        }
    }

    /** A look at the others. */
    @Override
    public void run() {
        try {
            absorb();
            for (int tries = 0; tries < TRIES && !left; tries++) {
                if (directory.tryLock()) {
                    settleLocked(registry.isClosed() && registry.isDeserted(), true);
                    break;
                }
                Thread.yield();
            }
            registry.freeUnused();
        } catch (final RuntimeException | Error e) {
            report(e);
        }
    }

    /** Tried again with the next beat, and told once. */
    private void report(final Throwable failure) {
        if (!failure.toString().equals(reported)) {
            reported = failure.toString();
            LOGGER.log(System.Logger.Level.ERROR, "cannot look after " + directory.folder() + ": " + failure, failure);
        }
    }
}
