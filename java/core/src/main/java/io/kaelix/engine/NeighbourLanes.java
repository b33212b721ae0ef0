// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.KaelixException;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.Topic;
import io.kaelix.lane.Lane;
import io.kaelix.lane.LaneMapping;
import io.kaelix.lane.LaneReader;
import io.kaelix.lane.Patience;
import io.kaelix.lane.PollableLane;
import io.kaelix.lane.SharedSlots;
import io.kaelix.lane.StreamSet;
import io.kaelix.memory.Block;
import io.kaelix.net.Flows;
import io.kaelix.shared.ControlFile;
import io.kaelix.shared.DirectoryDescriptor;
import io.kaelix.shared.LaneFile;
import io.kaelix.shared.SharedDirectory;
import io.kaelix.shared.SharedSubscription;
import io.kaelix.shared.StreamUse;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Lanes of a directory: those of this streamer's publishers, which it tells others of, and those of others, which it reads.
 *
 * <p>A lane's file is there as long as a participant is in its entry's set: its writer, and whoever has readers in it. A lane of others is
 * mapped when the first reader joins it, or when somebody has taken a slot there for one, and let go of, in {@link #settle}, when no
 * reader is left.
 *
 * <p><b>Threads</b>: under the registry's lock; what is said to be within a change, under the directory's, too.
 */
final class NeighbourLanes {

    private final Registry registry;
    private final Neighbours neighbours;
    private final SharedDirectory directory;
    private final NeighbourInterests interests;
    private final ControlFile control;
    private final int participant;
    private final SharedLane[] known = new SharedLane[DirectoryDescriptor.LANES];
    private final Map<Channel, SharedLane> byChannel = new IdentityHashMap<>();
    /** Own lanes whose publisher is gone, and those that were resumed, when the streamer is closed. */
    private final List<SharedLane> closed = new ArrayList<>();
    /** Lanes that nobody of this streamer takes part in any more, by their memory. */
    private final List<Block> departing = new ArrayList<>();
    private final Map<Block, SharedLane> byBlock = new IdentityHashMap<>();
    /** Numbers of lanes that nobody takes part in any more, and whose files are still there. */
    private final List<Long> unremoved = new ArrayList<>();
    /** Files of lanes that are not in the tables yet. */
    private final Map<Block, LaneFile> made = new IdentityHashMap<>();

    NeighbourLanes(final Registry registry, final Neighbours neighbours, final SharedDirectory directory,
            final NeighbourInterests interests) {
        this.registry = registry;
        this.neighbours = neighbours;
        this.directory = directory;
        this.interests = interests;
        this.control = directory.control();
        this.participant = directory.participant();
    }

    /** What a slot of a subscriber of this streamer says. */
    long owner(final Subscription subscription) {
        return SharedSlots.owner(participant, subscription.shared);
    }

    /** Memory of a lane. Without any lock. */
    Block create(final long bytes) {
        final LaneFile file = directory.newLane(bytes);
        final Block[] self = new Block[1];
        final Block block = Block.of(file.segment(), () -> dispose(self[0], file));
        self[0] = block;
        synchronized (made) {
            made.put(block, file);
        }
        return block;
    }

    /** Without any lock. */
    private void dispose(final Block block, final LaneFile file) {
        final LaneFile unused;
        synchronized (made) {
            unused = made.remove(block);
        }
        if (unused != null) {
            directory.discard(unused);
        }
        Leftovers.unmap(file);
    }

    /** Makes a lane of the memory. Within a change. */
    Lane open(final Block block, final int capacity, final String name) {
        final long number = control.newLaneNumber();
        final LaneFile file;
        synchronized (made) {
            file = made.get(block);
        }
        directory.nameLane(file, number);
        return LaneMapping.share(block, capacity, Math.toIntExact(number), name + "#" + number, this::depart);
    }

    /** Nobody of this streamer takes part in a lane any more. */
    private void depart(final Block block) {
        if (byBlock.containsKey(block)) {
            departing.add(block);
            neighbours.unsettle();
        } else {
            registry.dispose(block);
        }
    }

    /**
     * Takes slots for the subscribers of others that want what a lane carries from here on; the first time, adds the lane. Within a change.
     *
     * @param stream that it is about to carry, or {@link Channel#MANY} if that comes later
     */
    void meet(final Channel channel, final int stream) {
        final Lane lane = channel.lane();
        final SharedLane present = byChannel.get(channel);
        long participants = 1L << participant;
        if (present != null) {
            // First: whoever gets a slot is told of it, even if the next one finds none.
            control.touchLane(present.entry);
            neighbours.touch();
        }
        if (stream != Channel.MANY) {
            final Topic topic = registry.streams.topic(stream);
            for (final SharedSubscription wanting : interests.match(topic, registry.streams.table().partition(stream),
                    registry.streams.table().partitions(stream), channel.hops())) {
                final long owner = SharedSlots.owner(wanting.participant(), wanting.number());
                participants |= 1L << wanting.participant();
                if (present != null && !control.takesPart(present.entry, wanting.participant())) {
                    control.addToLane(present.entry, wanting.participant());
                }
                if (wanting.gates() && !SharedSlots.has(lane, owner)) {
                    SharedSlots.lend(lane, new Patience(wanting.maxLag(), wanting.maxStallNanos()), owner);
                }
            }
        }
        if (present != null) {
            directory.addUse(present.entry, new StreamUse(stream, channel.visiblePosition(), channel.visibleFrames()));
        } else {
            final int entry = control.addLane(lane.publisherId(), participant, lane.capacity(),
                    channel.isMixed() ? DirectoryDescriptor.NONE : stream, participants, channel.provenance().origin(), channel.hops());
            final SharedLane added = new SharedLane(entry, lane.publisherId(), true, channel.used());
            added.channel = channel;
            known[entry] = added;
            byChannel.put(channel, added);
            byBlock.put(lane.block(), added);
            synchronized (made) {
                made.remove(lane.block());
            }
        }
        neighbours.touch();
    }

    /** The publisher of a lane is gone. */
    void closed(final Channel channel) {
        final SharedLane lane = byChannel.get(channel);
        if (lane != null && !closed.contains(lane)) {
            closed.add(lane);
            neighbours.unsettle();
        }
    }

    /**
     * Takes over what others changed since a version, of lanes that this streamer takes part in. What is being changed meanwhile has a
     * version that is higher and is taken over as far as it is there, and once more when it was published: who changes an entry again may
     * be stopped in the middle of that, and what it had published of it before must not wait for it.
     */
    void absorb(final long since) {
        for (int entry = 0; entry < control.laneLimit(); entry++) {
            if (control.laneChanged(entry) > since && control.takesPart(entry, participant)) {
                final SharedLane lane = lane(entry);
                if (!lane.own) {
                    final boolean resumed = control.isLaneResumed(entry) && control.laneWriter(entry) == participant;
                    lane.kept = resumed && !registry.isClosed();
                    if (resumed && !lane.kept && !closed.contains(lane)) {
                        closed.add(lane);
                    }
                    map(lane);
                    learnUses(lane);
                    adopt(lane);
                    if (control.isLaneClosed(entry)) {
                        lane.channel.lane().end();
                    }
                    if (lane.channel.feeds().isEmpty() && !lane.kept) {
                        neighbours.unsettle();
                    }
                }
            }
        }
    }

    private SharedLane lane(final int entry) {
        final long number = control.laneNumber(entry);
        if (known[entry] == null || known[entry].number != number) {
            known[entry] = new SharedLane(entry, number, false, new StreamSet());
        }
        return known[entry];
    }

    private void map(final SharedLane lane) {
        if (lane.channel == null) {
            final int stream = control.laneStream(lane.entry);
            // One that is closed only leaves it, and may never have learned the name.
            final Topic topic = stream == DirectoryDescriptor.NONE || registry.isClosed() ? null : registry.topic(stream);
            final LaneFile file = directory.openLane(lane.number);
            final Block block = Block.of(file.segment(), () -> Leftovers.unmap(file));
            try {
                final Lane ring = LaneMapping.attach(block, (topic == null ? "streams" : topic.name()) + "#" + lane.number, this::depart);
                // Let go of when it has no reader any more.
                ring.hold();
                lane.channel = new Channel(ring, topic, topic == null ? Channel.MANY : stream, provenance(lane.entry), lane.used);
            } catch (final RuntimeException | Error e) {
                block.free();
                throw e;
            }
            byBlock.put(block, lane);
            byChannel.put(lane.channel, lane);
        }
    }

    private Provenance provenance(final int entry) {
        return new Provenance(control.laneOrigin(entry), Math.clamp(control.laneHops(entry), 0, Flows.MAX_HOPS));
    }

    /** Learns what a lane has carried; subscribers that lose messages, and want what is new, join where it begins. */
    private void learnUses(final SharedLane lane) {
        final int stream = control.laneStream(lane.entry);
        final List<StreamUse> news = stream == DirectoryDescriptor.NONE ? directory.uses(lane.entry, lane.uses)
                : lane.uses == 0 ? List.of(new StreamUse(stream, 0, 0)) : List.of();
        for (final StreamUse use : news) {
            // It may have been named behind the last look at names.
            neighbours.learnOf(use.stream());
            if (lane.channel != null && !registry.isClosed()) {
                joinLossy(lane.channel, use);
            }
            lane.used.add(use.stream());
        }
        lane.uses += news.size();
    }

    private void joinLossy(final Channel channel, final StreamUse use) {
        final List<Subscription> found = new ArrayList<>();
        registry.streams.match(use.stream(), interest -> {
            final Subscription wanting = interest.subscription;
            if (wanting.policy == SlowSubscriberPolicy.LOSSY && interest.takes(channel.hops()) && !wanting.closed && !found.contains(wanting)
                    && !channel.feeds().containsKey(wanting)) {
                found.add(wanting);
            }
        });
        for (final Subscription wanting : found) {
            attach(channel, wanting, channel.lane().joinLossy(use.position(), use.frames()));
        }
    }

    private void attach(final Channel channel, final Subscription subscription, final PollableLane reader) {
        reader.record(subscription.delivery);
        registry.readership().attach(subscription, registry.feed(subscription, channel, reader));
    }

    /** Makes readers of slots that others took for subscribers of this streamer. */
    private void adopt(final SharedLane lane) {
        final Lane ring = lane.channel.lane();
        for (long slots = SharedSlots.slotsOf(ring, participant); slots != 0; slots &= slots - 1) {
            final int slot = Long.numberOfTrailingZeros(slots);
            final long number = SharedSlots.number(ring, slot);
            if (number != 0) {
                final Subscription subscription = registry.subscriptions().stream().filter(one -> one.shared == number).findFirst()
                        .orElse(null);
                final LaneFeed feed = subscription == null ? null : lane.channel.feeds().get(subscription);
                if (feed == null && subscription != null && !subscription.closed && !subscription.isDisconnected()
                        && !registry.isClosed()) {
                    attach(lane.channel, subscription, SharedSlots.adopt(ring, slot));
                } else if (feed == null || !(feed.reader instanceof final LaneReader reader) || reader.slot() != slot) {
                    SharedSlots.retire(ring, slot);
                    neighbours.unsettle();
                }
            }
        }
    }

    /** Joins lanes of others that have carried what is wanted. Within a change; adds what it joined to the feeds. */
    void join(final Interest interest, final Map<Channel, LaneFeed> feeds) {
        final Subscription subscription = interest.subscription;
        for (int entry = 0; entry < control.laneLimit(); entry++) {
            if (!control.isLane(entry)) {
                continue;
            }
            final SharedLane lane = lane(entry);
            if (!lane.own) {
                learnUses(lane);
                if (mayJoin(entry, subscription) && interest.concerns(lane.used, control.laneHops(entry))
                        && (lane.channel == null || !lane.channel.feeds().containsKey(subscription))) {
                    control.addToLane(entry, participant);
                    neighbours.touch();
                    // Let go of again, if it fails, as it has no reader.
                    neighbours.unsettle();
                    map(lane);
                    feeds.put(lane.channel, registry.readership().feed(subscription, lane.channel, subscription.config.start()));
                }
            }
        }
    }

    /** Nothing comes into one that was resumed: only what is there is worth a place in it. */
    private boolean mayJoin(final int entry, final Subscription subscription) {
        return control.isLaneOpen(entry)
                || control.isLaneResumed(entry) && !(subscription.config.start() instanceof Start.Latest);
    }

    /** Readers of lanes of others hand over nothing more: the streamer is closed. */
    void abandon() {
        for (final SharedLane lane : known) {
            if (lane != null && lane.channel != null) {
                if (lane.own) {
                    closed(lane.channel);
                } else {
                    lane.channel.feeds().values().forEach(feed -> feed.reader.requestLeave());
                    lane.channel.lane().abandon();
                    if (lane.kept) {
                        lane.kept = false;
                        closed.add(lane);
                    }
                }
            }
        }
    }

    /** Gives up places of lanes that were closed or left. Within a change. */
    void settle() {
        for (final SharedLane lane : closed) {
            if (lane.own && registry.channels().contains(lane.channel)) {
                // The streamer is closed: its publisher may be in the middle of its last frame, and is the writer until it is closed, too.
                control.endLane(lane.entry);
            } else {
                if (lane.own) {
                    noteEnd(control, lane.entry, lane.channel.lane().tail());
                }
                control.closeLane(lane.entry);
            }
            neighbours.touch();
        }
        closed.clear();
        for (final SharedLane lane : known) {
            if (lane != null && lane.channel != null) {
                SharedSlots.freeRetired(lane.channel.lane(), participant);
                if (!lane.own && !lane.kept && lane.channel.feeds().isEmpty()) {
                    lane.channel.lane().release();
                }
            }
        }
        for (final Block block : departing) {
            final SharedLane lane = byBlock.remove(block);
            byChannel.remove(lane.channel);
            // What the publisher of a lane that nobody has joined yet left in it, is for nobody.
            leave(lane.entry, participant);
            if (lane.own) {
                known[lane.entry] = null;
            }
            lane.channel = null;
            registry.dispose(block);
        }
        departing.clear();
        removeFiles();
    }

    /**
     * Removes files of lanes that are in the tables no more.
     *
     * @throws KaelixException if some can't be: all others are, and these with the next call
     */
    private void removeFiles() {
        KaelixException failed = null;
        for (final Iterator<Long> numbers = unremoved.iterator(); numbers.hasNext();) {
            try {
                directory.removeLane(numbers.next());
                numbers.remove();
            } catch (final KaelixException e) {
                failed = e;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    private void leave(final int entry, final int leaving) {
        final long number = control.laneNumber(entry);
        neighbours.touch();
        if (control.removeFromLane(entry, leaving)) {
            unremoved.add(number);
        }
    }

    /** Frees what a dead participant had in lanes, and ends those that it wrote. Within a change. */
    void reclaim(final int dead) {
        for (int entry = 0; entry < control.laneLimit(); entry++) {
            if (control.isLane(entry) && (control.takesPart(entry, dead) || control.laneWriter(entry) == dead)) {
                final SharedLane lane = lane(entry);
                if (lane.channel != null) {
                    clear(lane.channel.lane(), entry, dead);
                } else {
                    clearUnmapped(lane, dead);
                }
                control.touchLane(entry);
                leave(entry, dead);
            }
        }
        removeFiles();
        removeHalfMade(dead);
    }

    private void clearUnmapped(final SharedLane lane, final int dead) {
        withMapped(lane, ring -> clear(ring, lane.entry, dead));
    }

    private void withMapped(final SharedLane lane, final Consumer<Lane> action) {
        final LaneFile file;
        try {
            file = directory.openLane(lane.number);
        } catch (final KaelixException gone) {
            // Somebody died while he removed the lane.
            return;
        }
        try {
            action.accept(LaneMapping.attach(Block.of(file.segment(), () -> { }), "lane#" + lane.number, block -> { }));
        } finally {
            Leftovers.unmap(file);
        }
    }

    /** Whether all who hold up a lane to which nothing comes any more have read it; of one that is gone, too. Within a change. */
    boolean isRead(final long number) {
        final boolean[] read = {true};
        for (int entry = 0; entry < control.laneLimit(); entry++) {
            if (control.isLane(entry) && control.laneNumber(entry) == number) {
                final SharedLane lane = lane(entry);
                if (lane.channel != null) {
                    read[0] = SharedSlots.isRead(lane.channel.lane());
                } else {
                    withMapped(lane, ring -> read[0] = SharedSlots.isRead(ring));
                }
            }
        }
        return read[0];
    }

    private void clear(final Lane lane, final int entry, final int dead) {
        final boolean ends = control.laneWriter(entry) == dead;
        control.countFreed(ends ? 1 : 0, SharedSlots.freeAll(lane, dead));
        if (ends) {
            noteEnd(control, entry, SharedSlots.endForDead(lane));
            control.closeLane(entry);
        }
    }

    /** Lanes of other hosts alone: others would wash them out. Before the lane's entry says that it has no writer. */
    static void noteEnd(final ControlFile control, final int entry, final long end) {
        if (control.laneHops(entry) > 0 && end != SharedSlots.CORRUPT) {
            control.ends().note(control.laneNumber(entry), end);
        }
    }

    /** Removes what nobody makes any more, and what no entry leads to. Within a change. */
    void removeHalfMade() {
        for (int entry = 0; entry < control.laneLimit(); entry++) {
            if (control.isLane(entry) && control.laneParticipants(entry) == 0) {
                control.removeFromLane(entry, participant);
            }
        }
        removeHalfMade(DirectoryDescriptor.NONE);
    }

    private void removeHalfMade(final int dead) {
        directory.removeHalfMade(dead, number -> {
            for (int entry = 0; entry < control.laneLimit(); entry++) {
                if (control.isLane(entry) && control.laneNumber(entry) == number) {
                    return true;
                }
            }
            return false;
        });
    }
}
