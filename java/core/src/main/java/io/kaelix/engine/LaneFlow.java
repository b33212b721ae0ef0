// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.KaelixException;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.lane.LaneRuns;
import io.kaelix.lane.LoneFrame;
import io.kaelix.lane.RunScan;
import io.kaelix.net.FlowLane;
import io.kaelix.net.FlowRequest;
import io.kaelix.net.FlowSource;
import io.kaelix.net.LanePosition;
import io.kaelix.net.OutRun;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * A flow over the lanes of a subscription: what a subscriber would be handed, in runs for a socket.
 *
 * <pre>
 *   bytes of the flow    acknowledged ──────── sent ──────── taken
 *                              │ in flight       │ to be repeated, after a rewind
 *   a lane's reader      says what was acknowledged: its writer does not come further
 * </pre>
 *
 * <p><b>Threads</b>: the session's.
 */
final class LaneFlow implements FlowSource {

    /** From this many lanes on, those that were idle are visited in turn, each at least each so many calls. */
    private static final int MANY_LANES = 64;
    private static final int IDLE_VISIT_INTERVAL = 16;
    /** Times that a lane is asked at once that is full of what is not wanted. */
    private static final int MOST_LOOKS = 4;

    private final Registry registry;
    private final Subscription subscription;
    private final FlowInterest interest;
    private final RunScan scan;
    private final IntConsumer forgetStream;
    private final LoneFrame lone;
    private final RunsInFlight inFlight = new RunsInFlight();
    private final FlowCopies copies;
    private final int longest;
    private final FlowLanes lanes;

    private int next;
    private int turn;
    /** Whose frame is sent alone; or null. */
    private FlowFeed alone;

    private long acknowledged;
    private long sent;
    private long taken;
    /** Run that is repeated next, if {@code sent} is less than {@code taken}. */
    private int repeated;
    private long messages;
    private long lost;
    private boolean disconnected;
    private boolean closed;

    private LaneFlow(final Registry registry, final long epoch, final FlowRequest request, final Subscription subscription,
            final Map<Integer, LanePosition> known) {
        this.registry = registry;
        this.subscription = subscription;
        this.longest = request.maxFrameLength();
        this.scan = new RunScan(longest);
        this.forgetStream = scan::forgetStream;
        this.lanes = new FlowLanes(registry, subscription, scan, epoch, known);
        this.lone = new LoneFrame(longest, request.window());
        this.copies = new FlowCopies(request.window(), Math.min(longest, request.window()));
        this.interest = new FlowInterest(request.pattern(), subscription);
        subscription.wanted = interest.streams;
    }

    /** One that begins where its subscriber's settings say, or where its receiver stood. */
    static LaneFlow create(final Registry registry, final long epoch, final FlowRequest request) {
        final Map<Integer, LanePosition> known = new HashMap<>();
        request.resume().stream().filter(lane -> lane.epoch() == epoch).forEach(lane -> known.put(lane.publisher(), lane));
        // Lanes that the receiver never heard of are new since then.
        final SubscriberConfig config = known.isEmpty() ? request.config() : request.config().withStart(Start.oldest());
        final Subscription subscription = new Subscription(config);
        subscription.setFlow();
        subscription.setPatient(!known.isEmpty());
        final LaneFlow flow = new LaneFlow(registry, epoch, request, subscription, known);
        registry.enrol(flow.interest);
        try {
            flow.lanes.begin();
        } catch (final RuntimeException | Error e) {
            flow.close();
            throw e;
        }
        return flow;
    }

    @Override
    public int next(final OutRun run, final int maxBytes) {
        if (closed) {
            return CLOSED;
        }
        if (disconnected) {
            return DISCONNECTED;
        }
        run.clearNewStreams();
        run.laneIsNew(false);
        interest.takeChanged(forgetStream);
        if (sent < taken) {
            return announce(run, repeat(run, maxBytes));
        }
        final boolean streamerClosed = registry.isClosed();
        final FlowFeed[] feeds = lanes.look();
        if (alone != null) {
            final FlowFeed feed = alone;
            final int bytes = nextAlone(run, feed, maxBytes);
            if (bytes != NOTHING || alone != null) {
                return announce(run, bytes);
            }
        }
        final int count = feeds.length;
        if (count == 0) {
            return streamerClosed ? CLOSED : NOTHING;
        }
        final boolean skipIdle = count > MANY_LANES;
        final int turn = this.turn++;
        int at = next < count ? next : 0;
        for (int passed = 0; passed < count; passed++) {
            final FlowFeed feed = feeds[at];
            at = at + 1 < count ? at + 1 : 0;
            next = at;
            if (skipIdle && feed.idle && turn - feed.visited < IDLE_VISIT_INTERVAL) {
                continue;
            }
            feed.visited = turn;
            final int bytes = visit(run, feed, maxBytes);
            if (bytes != NOTHING || alone != null) {
                // What is sent alone may be several frames, which others must not come between.
                return announce(run, bytes);
            }
            if (lanes.feeds().length != count) {
                // It has ended.
                return NOTHING;
            }
        }
        return NOTHING;
    }

    /** Tells of the streams that are new with a run, or were found by a look that ended without one. */
    private int announce(final OutRun run, final int bytes) {
        if (bytes > 0) {
            if (interest.takeChanged(forgetStream)) {
                // Between the look at what has changed, above, and that at the frames.
                scan.announceAll(MemorySegment.ofBuffer(run.buffer()).address(), bytes);
            }
            for (int i = 0; i < scan.newStreams(); i++) {
                run.addNewStream(scan.newStream(i));
            }
            scan.clearNewStreams();
        }
        return bytes;
    }

    private int visit(final OutRun run, final FlowFeed feed, final int maxBytes) {
        int bytes;
        int looks = 0;
        try {
            do {
                bytes = nextOf(run, feed, maxBytes);
            } while (bytes == NOTHING && feed.runs.passedOver() && alone == null && ++looks < MOST_LOOKS);
        } catch (final KaelixException corrupt) {
            alone = alone == feed ? null : alone;
            lanes.leave(feed);
            throw corrupt;
        }
        feed.idle = bytes == NOTHING && !feed.runs.passedOver();
        feed.acknowledgeRead();
        if (feed.runs.isEvicted()) {
            registry.disconnect(subscription);
            disconnected = true;
            return DISCONNECTED;
        }
        if (bytes == NOTHING && alone != feed) {
            leaveIfDrained(feed);
        }
        return bytes;
    }

    private int nextOf(final OutRun run, final FlowFeed feed, final int maxBytes) {
        final LaneRuns runs = feed.runs;
        int most = maxBytes;
        long target = 0;
        if (runs.isLossy()) {
            most = Math.min(maxBytes, copies.room(Math.min(longest, maxBytes)));
            if (most == 0) {
                return NOTHING;
            }
            target = copies.address(copies.offset());
        }
        final int bytes = runs.next(scan, most, target);
        if (bytes == LaneRuns.ALONE) {
            runs.begin(lone);
            alone = feed;
            return nextAlone(run, feed, maxBytes);
        }
        if (bytes == LaneRuns.NOTHING) {
            return NOTHING;
        }
        final long end = runs.position();
        messages += runs.runCount();
        if (runs.isLossy()) {
            final int offset = copies.offset();
            copies.take(bytes);
            set(run, feed, end - bytes, runs.runMessages(), runs.runCount(), bytes, offset);
        } else {
            set(run, feed, runs.runPosition(), runs.runMessages(), runs.runCount(), bytes, RunsInFlight.IN_RING);
        }
        inFlight.add(feed, taken, end, runs.messages(), bytes, runs.isLossy() ? copies.offset() - bytes : RunsInFlight.IN_RING);
        return bytes;
    }

    /** A piece of the frame that is sent alone. Its run states a position such that it ends where the lane is behind it. */
    private int nextAlone(final OutRun run, final FlowFeed feed, final int maxBytes) {
        final LaneRuns runs = feed.runs;
        int bytes = NOTHING;
        final long before = runs.messages();
        scan.announce(lone.stream());
        try {
            if (!lone.isComplete()) {
                final int room = copies.room(Math.min(longest, maxBytes));
                bytes = room == 0 ? NOTHING : lone.next(copies.memory(), copies.offset(), Math.min(room, maxBytes));
                if (bytes == NOTHING) {
                    return NOTHING;
                }
            }
        } catch (final KaelixException cut) {
            // The bytes of a file that was cut. Who has parts of it sees that the next message begins, and gives it up.
            lost++;
            endAlone(feed);
            return NOTHING;
        }
        lost += lone.isGone() ? 1 : 0;
        if (lone.isComplete()) {
            endAlone(feed);
        }
        if (bytes > 0) {
            final int offset = copies.offset();
            copies.take(bytes);
            final int ends = (int) (runs.messages() - before);
            messages += ends;
            set(run, feed, runs.position() - bytes, before, ends, bytes, offset);
            inFlight.add(feed, taken, runs.position(), runs.messages(), bytes, offset);
        }
        return bytes;
    }

    private void endAlone(final FlowFeed feed) {
        lone.end();
        feed.runs.passAlone();
        alone = null;
        feed.acknowledgeRead();
    }

    private void set(final OutRun run, final FlowFeed feed, final long position, final long before, final int count, final int bytes,
            final int copy) {
        run.set(feed.lane.number(), position, before, count, taken,
                copy == RunsInFlight.IN_RING ? feed.view(run.slot(), position, bytes) : copies.view(run.slot(), copy, bytes));
        run.laneIsNew(lanes.announce(feed));
        taken += bytes;
        sent = taken;
    }

    private int repeat(final OutRun run, final int maxBytes) {
        final int which = repeated;
        final FlowFeed feed = inFlight.feed(which);
        final int left = (int) (inFlight.flowEnd(which) - sent);
        final long position = inFlight.laneEnd(which) - left;
        final long address = address(which, left);
        if (feed.runs.isEvicted()) {
            registry.disconnect(subscription);
            disconnected = true;
            return DISCONNECTED;
        }
        final int bytes = scan.measure(address, left, maxBytes);
        if (bytes == 0) {
            return NOTHING;
        }
        final long before = inFlight.messagesEnd(which) - Math.max(0, RunScan.count(address, left));
        run.set(feed.lane.number(), position, before, scan.measured(), sent,
                inFlight.copy(which) == RunsInFlight.IN_RING ? feed.view(run.slot(), position, bytes)
                        : copies.view(run.slot(), inFlight.copy(which) + inFlight.length(which) - left, bytes));
        run.laneIsNew(lanes.announce(feed));
        sent += bytes;
        if (bytes == left) {
            repeated++;
        }
        return bytes;
    }

    /** Where the last bytes of a run in flight lie. */
    private long address(final int which, final int left) {
        return inFlight.copy(which) == RunsInFlight.IN_RING
                ? inFlight.feed(which).runs.address(inFlight.laneEnd(which) - left)
                : copies.address(inFlight.copy(which) + inFlight.length(which) - left);
    }

    @Override
    public long sent() {
        return sent;
    }

    @Override
    public long acknowledged() {
        return acknowledged;
    }

    @Override
    public boolean acknowledge(final long bytes) {
        if (bytes < acknowledged || bytes > sent) {
            return false;
        }
        acknowledged = bytes;
        if (closed || disconnected) {
            return true;
        }
        while (inFlight.count() > 0 && inFlight.flowEnd(0) <= bytes) {
            final FlowFeed feed = inFlight.feed(0);
            final long end = inFlight.laneEnd(0);
            if (inFlight.copy(0) != RunsInFlight.IN_RING) {
                copies.free(inFlight.copy(0), inFlight.length(0));
            }
            inFlight.removeOldest();
            repeated = Math.max(0, repeated - 1);
            if (feed.inFlight == 0) {
                feed.acknowledgeRead();
                feed.idle = false;
            } else {
                feed.runs.acknowledge(end);
            }
        }
        if (inFlight.count() > 0 && inFlight.copy(0) == RunsInFlight.IN_RING) {
            final long missing = inFlight.flowEnd(0) - bytes;
            if (missing < inFlight.length(0)) {
                inFlight.feed(0).runs.acknowledge(inFlight.laneEnd(0) - missing);
            }
        }
        return true;
    }

    @Override
    public boolean rewind(final long bytes) {
        if (bytes < acknowledged || bytes > taken) {
            return false;
        }
        if (!closed && !disconnected && !isBoundary(bytes)) {
            return false;
        }
        sent = Math.max(sent, bytes);
        acknowledge(bytes);
        sent = bytes;
        repeated = 0;
        scan.forgetStreams();
        lanes.forgetAnnounced();
        return true;
    }

    private boolean isBoundary(final long bytes) {
        for (int i = 0; i < inFlight.count(); i++) {
            final long left = inFlight.flowEnd(i) - bytes;
            if (left >= 0 && left <= inFlight.length(i)) {
                return RunScan.count(address(i, (int) left), (int) left) >= 0;
            }
        }
        return bytes == taken;
    }

    @Override
    public long abandon() {
        return abandonTaken() + giveUpParts();
    }

    @Override
    public long abandonTaken() {
        final long before = messages;
        long counted = 0;
        for (int i = 0; i < inFlight.count(); i++) {
            final int left = (int) Math.min(inFlight.length(i), inFlight.flowEnd(i) - acknowledged);
            counted += Math.max(0, RunScan.count(address(i, left), left));
        }
        sent = taken;
        acknowledge(taken);
        scan.forgetStreams();
        lanes.forgetAnnounced();
        lost += Math.min(before, counted);
        return counted;
    }

    /** Messages of which some parts were taken: whoever gets only the others can't put them together, and would leave them out unsaid. */
    private int giveUpParts() {
        int given = 0;
        if (alone != null && !closed && !lone.isUntouched()) {
            given = lone.isLast() ? 1 : 0;
            lost += given;
            endAlone(alone);
        }
        // Those are counted among what was lost here once their last parts are passed over.
        return given + scan.giveUp();
    }

    @Override
    public int newLane() {
        return closed || disconnected ? NONE : lanes.newLane();
    }

    @Override
    public FlowLane lane(final int number) {
        return lanes.lane(number);
    }

    @Override
    public int endedLane() {
        return lanes.endedLane();
    }

    private void leaveIfDrained(final FlowFeed feed) {
        if (feed.inFlight == 0 && feed.runs.isDrained()) {
            lanes.leave(feed);
        }
    }

    @Override
    public boolean isDisconnected() {
        return disconnected || subscription.policy == SlowSubscriberPolicy.DISCONNECT && lanes.isAnyEvicted();
    }

    @Override
    public long lost() {
        long sum = lost + lanes.gone() + scan.missed();
        if (subscription.policy == SlowSubscriberPolicy.LOSSY) {
            // By the thread that changes it: lanes come under the lock, and go by this thread.
            sum += subscription.lostBefore;
            for (final LaneFeed feed : subscription.feeds) {
                sum += feed.reader.lost();
            }
        }
        return sum;
    }

    @Override
    public long copied() {
        return copies.copied();
    }

    @Override
    public long messages() {
        return messages;
    }

    @Override
    public long lag() {
        long most = 0;
        for (final LaneFeed feed : subscription.feeds) {
            most = Math.max(most, feed.channel.lane().tail() - feed.reader.position());
        }
        return most;
    }

    @Override
    public Topic topic(final int stream) {
        return registry.topic(stream);
    }

    @Override
    public int partition(final int stream) {
        return registry.streams.table().partition(stream);
    }

    @Override
    public int partitions(final int stream) {
        return registry.streams.table().partitions(stream);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            lone.end();
            registry.close(subscription);
            registry.detachAll(subscription);
        }
    }
}
