// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.KaelixException;
import io.kaelix.ListenConfig;
import io.kaelix.SessionStatus;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A client as its server knows it: a flow from the lanes for each subscription, and a lane for what it publishes, made when it first does.
 *
 * <pre>
 *   attached ──(connection lost)──► detached ──(comes back in time)──► attached
 *      │ BYE, offence                  │ too late
 *      └──────────► over ◄─────────────┘
 * </pre>
 *
 * <p>One thread, but for figures.
 */
final class ServerSession extends Session {

    private static final System.Logger LOGGER = System.getLogger("io.kaelix.Listener");
    private static final OutFlow[] NONE = {};

    private final Listening listening;
    private final ListenConfig config;
    private final long id;
    private final long instance;
    private final String identity;
    private final String name;
    private final WireLimits peerLimits;
    private final AtomicLong sentMessages = new AtomicLong();
    private final AtomicLong receivedMessages = new AtomicLong();
    private final AtomicLong lag = new AtomicLong();
    /** Those that run, and those that have ended and whose runs the socket has not taken. */
    private OutFlow[] flows = NONE;
    private int count;
    private int running;
    private InFlow published;
    private long detachedAt;
    private long lostBefore;
    private long sentBytesBefore;
    private long sentMessagesBefore;
    private boolean over;
    private volatile String peer;
    private volatile boolean connected = true;
    private volatile int subscriptions;

    ServerSession(final Listening listening, final long id, final WireHello hello, final String identity) {
        this.listening = listening;
        this.config = listening.config();
        this.id = id;
        this.instance = hello.instance();
        this.identity = identity;
        this.name = hello.name();
        this.peerLimits = hello.limits();
    }

    long id() {
        return id;
    }

    /** Whether a client that says who it is may go on with this. */
    boolean belongsTo(final WireHello hello, final String who) {
        return !over && hello.instance() == instance && identity.equals(who);
    }

    boolean isDetached() {
        return connection == null;
    }

    long detachedAt() {
        return detachedAt;
    }

    /** Welcomes a client. */
    void begin(final Connection next, final long time) {
        attach(next, time);
        welcome(false);
    }

    /** The client has another connection: if this was not noticed yet, the one before is lost. Whether it may go on. */
    boolean leave() {
        if (connection != null) {
            cut("the client came back on another connection");
        }
        return !over;
    }

    /** Welcomes a client that comes back; behind {@link #leave}. */
    void resume(final Connection next, final WireHello hello, final long time) {
        attach(next, time);
        welcome(true);
        final Map<Integer, Long> wanted = new TreeMap<>();
        hello.resumed().forEach(flow -> wanted.put(flow.flow(), flow.received()));
        for (int i = 0; i < count; i++) {
            final OutFlow flow = flows[i];
            final Long received = wanted.remove(flow.number());
            if (received == null || flow.isEnded()) {
                flow.end();
            } else if (!flow.resume(received)) {
                end(flow, WireError.DISCONNECTED, "what the subscription missed is not there any more");
            }
        }
        sweep();
        for (final int unknown : wanted.keySet()) {
            connection.send(WireFailure.of(unknown, WireError.DISCONNECTED, "the subscription was too slow, and was ended"));
        }
    }

    private void attach(final Connection next, final long time) {
        peer = name.isEmpty() ? next.peer() : name + "@" + next.peer();
        connected = true;
        attach(next, time, Math.min(config.heartbeat().toNanos(), Duration.ofMillis(peerLimits.silence()).toNanos() / 3),
                config.silence().toNanos());
    }

    private void welcome(final boolean resumed) {
        connection.send(new WireWelcome(resumed, WireDescriptor.VERSION, listening.instance(), id, listening.limits(),
                resumed && published != null ? published.received() : 0, (int) config.resumeTimeout().toMillis(), config.maxSubscriptions(),
                identity));
        if (published == null) {
            connection.credit(0, listening.firstCredit(), 0);
        } else {
            published.tellAgain();
        }
    }

    @Override
    int serve(final boolean quiet) {
        int done = 0;
        for (int i = 0; i < count; i++) {
            final OutFlow flow = flows[i];
            if (!flow.isEnded()) {
                done += serve(flow, quiet);
                if (connection == null) {
                    return 1;
                }
            }
        }
        if (running < count) {
            sweep();
        }
        if (published != null) {
            published.grant(connection, 0, quiet);
        }
        if (quiet) {
            count();
        }
        return done;
    }

    private int serve(final OutFlow flow, final boolean quiet) {
        final int sent;
        try {
            sent = flow.send(connection, peerLimits.run());
        } catch (final KaelixException corrupt) {
            LOGGER.log(System.Logger.Level.ERROR, "a subscription of client " + peer + " goes on without a lane: " + corrupt.getMessage());
            return 1;
        }
        if (sent == FlowSource.DISCONNECTED) {
            if (flow.isBeingWritten(connection)) {
                // Half of a run is sent, and the other half may be overwritten at any moment: only another connection can begin anew.
                flow.end();
                cut("a subscription was cut off in the midst of a message");
            } else {
                end(flow, WireError.DISCONNECTED, "the subscription was more than " + listening.lagLimit()
                        + " bytes behind, or held a publisher up, and was"
                        + " ended; receive faster, have larger lanes, or another policy");
            }
            return 1;
        }
        if (sent == FlowSource.CLOSED) {
            end(flow, WireError.DISCONNECTED, "the server closed");
            return 1;
        }
        if (quiet) {
            flow.beginLanes(connection);
        }
        flow.endLanes(connection);
        return sent;
    }

    /** Figures that are sums over the flows. */
    private void count() {
        long bytes = sentBytesBefore;
        long messages = sentMessagesBefore;
        long lost = lostBefore;
        long furthest = 0;
        for (int i = 0; i < count; i++) {
            final FlowSource source = flows[i].source();
            bytes += source.sent();
            messages += source.messages();
            lost += source.lost();
            furthest = Math.max(furthest, flows[i].isEnded() ? 0 : source.lag());
        }
        sentBytes.setRelease(bytes);
        sentMessages.setRelease(messages);
        lostMessages.setRelease(lost);
        lag.setRelease(furthest);
        if (published != null) {
            receivedBytes.setRelease(published.received());
            receivedMessages.setRelease(published.sink().messages());
        }
    }

    @Override
    long copiedBySources() {
        long copied = 0;
        for (int i = 0; i < count; i++) {
            copied += flows[i].source().copied();
        }
        return copied;
    }

    /** Ends a flow, and tells the client why. */
    private void end(final OutFlow flow, final WireError error, final String why) {
        flow.end();
        running--;
        connection.send(WireFailure.of(flow.number(), error, why));
    }

    /** Closes what has ended and is not written any more. */
    private void sweep() {
        int kept = 0;
        int live = 0;
        for (int i = 0; i < count; i++) {
            final OutFlow flow = flows[i];
            final FlowSource source = flow.source();
            if (flow.isEnded() && flow.closeIfUnused(connection)) {
                sentBytesBefore += source.sent();
                sentMessagesBefore += source.messages();
                lostBefore += source.lost();
            } else {
                flows[kept++] = flow;
                live += flow.isEnded() ? 0 : 1;
            }
        }
        Arrays.fill(flows, kept, count, null);
        count = kept;
        running = live;
        subscriptions = live;
    }

    @Override
    public void message(final WireType type, final WireInput input) {
        switch (type) {
            case CREDIT -> {
                final OutFlow flow = find(input.flow());
                // One that has just ended here is still running there.
                if (flow != null) {
                    flow.credit(input.creditLimit(), input.creditAcknowledged());
                }
            }
            case HEARTBEAT -> {
            }
            case BYE -> end(true);
            case UNSUBSCRIBE -> unsubscribe(input.flow());
            case HELLO, WELCOME, RUN, SUBSCRIBED -> throw new ProtocolException("a " + type + " that nobody waits for");
            case ERROR, SUBSCRIBE, STREAM, LANE, LANE_END, LOST, DECLARE -> object(input.message());
        }
    }

    private void object(final WireMessage message) {
        switch (message) {
            case WireSubscribe subscribe -> subscribe(subscribe);
            case WireStream stream -> stream(stream);
            case WireLane lane -> published().lane(lane);
            case WireLaneEnd end -> published().laneEnd(end);
            case WireLost lost -> published().lost(lost.messages());
            case WireDeclare declare -> declare(declare);
            case WireFailure failure -> {
                LOGGER.log(System.Logger.Level.WARNING, "client " + peer + " ends its connection: " + failure.text());
                if (failure.isFatal()) {
                    end(true);
                }
            }
            case WireHello hello -> throw new ProtocolException("a second HELLO");
            case WireWelcome welcome -> throw new ProtocolException("a WELCOME of a client");
            case WireSubscribed subscribed -> throw new ProtocolException("a SUBSCRIBED of a client");
        }
    }

    @Override
    public FlowSink run(final WireInput input, final int bytes) {
        final InFlow flow = published();
        return flow.begin(input, bytes) ? flow.sink() : null;
    }

    @Override
    public void committed(final int bytes) {
        published.committed();
    }

    private InFlow published() {
        if (published == null) {
            try {
                published = new InFlow(listening.flows().sink(peer), config.window(), false);
            } catch (final KaelixException e) {
                throw new ProtocolException(WireError.BUSY, "there is no lane for what you publish: " + e.getMessage());
            }
            published.assume(listening.firstCredit());
        }
        return published;
    }

    private void stream(final WireStream stream) {
        final boolean allowed = listening.access().mayPublish(identity, stream.topic());
        final FlowSink sink = published().sink();
        if (sink.stream(stream.stream(), stream.topic(), stream.partition(), stream.partitions(), allowed) != 0) {
            throw new ProtocolException(sink.error());
        }
        if (!allowed) {
            connection.send(new WireFailure(0, WireError.DENIED.code(), stream.stream(), identity + " may not publish to " + stream.topic()
                    + ": its messages are dropped; the rules of the server decide"));
        }
    }

    private void declare(final WireDeclare declare) {
        final Topic topic = declare.topic();
        if (declare.subscribers() != 0) {
            throw new ProtocolException("a DECLARE of a client tells of no subscribers");
        }
        if (declare.partitions() != WireDeclare.ASK) {
            if (!listening.access().mayPublish(identity, topic)) {
                connection.send(WireFailure.of(0, WireError.DENIED, identity + " may not publish to " + topic + ", and so not declare it"));
                return;
            }
            try {
                listening.flows().declare(topic, declare.partitions());
            } catch (final IllegalArgumentException e) {
                connection.send(WireFailure.of(0, WireError.CONFLICT, e.getMessage()));
                return;
            } catch (final KaelixException e) {
                connection.send(WireFailure.of(0, WireError.EXHAUSTED, e.getMessage()));
                return;
            }
        }
        // Who may not publish is not told who listens.
        final int subscribers = listening.access().mayPublish(identity, topic) ? listening.flows().subscribers(topic) : 0;
        connection.send(new WireDeclare(topic, Math.max(1, listening.flows().partitions(topic)), subscribers));
    }

    private void subscribe(final WireSubscribe subscribe) {
        final int number = subscribe.flow();
        final OutFlow present = find(number);
        if (present != null) {
            throw new ProtocolException("flow " + number + " is in use: number another one");
        }
        final WireFailure refusal = refusal(subscribe);
        if (refusal != null) {
            connection.send(refusal);
            return;
        }
        final SlowSubscriberPolicy policy = subscribe.policy() == null ? SlowSubscriberPolicy.DISCONNECT : subscribe.policy();
        final long maxLag = subscribe.maxLag() == 0 ? listening.lagLimit() : subscribe.maxLag();
        final SubscriberConfig defaults = SubscriberConfig.defaults();
        final SubscriberConfig wanted = new SubscriberConfig(policy, maxLag,
                subscribe.maxStall() < 0 ? defaults.maxStall() : Duration.ofNanos(subscribe.maxStall()), subscribe.start(),
                        subscribe.partitions());
        final int frame = peerLimits.frame();
        final FlowSource source;
        try {
            source = listening.flows().source(new FlowRequest(subscribe.pattern(), wanted, Math.max(config.window(),
                    (int) Math.min(2L * frame,
                    ListenConfig.MAX_BYTES)), frame, subscribe.points()));
        } catch (final KaelixException e) {
            connection.send(WireFailure.of(number, WireError.EXHAUSTED, e.getMessage()));
            return;
        }
        if (count == flows.length) {
            flows = Arrays.copyOf(flows, Math.max(4, 2 * count));
        }
        flows[count++] = new OutFlow(number, source);
        running++;
        subscriptions = running;
        connection.send(new WireSubscribed(number, policy, maxLag));
    }

    private WireFailure refusal(final WireSubscribe subscribe) {
        if (running >= config.maxSubscriptions() || count >= 2 * config.maxSubscriptions()) {
            return WireFailure.of(subscribe.flow(), WireError.TOO_MANY_SUBSCRIPTIONS, "a client has at most " + config.maxSubscriptions()
                    + " subscriptions: use patterns of more topics, or have the server allow more");
        }
        if (!listening.access().maySubscribe(identity, subscribe.pattern())) {
            return WireFailure.of(subscribe.flow(), WireError.DENIED, identity + " may not receive every topic of " + subscribe.pattern()
                    + "; the rules of the server decide, ask for less");
        }
        return null;
    }

    private void unsubscribe(final int number) {
        final OutFlow flow = find(number);
        if (flow != null) {
            flow.end();
            running--;
        }
        // Behind all that was sent of it.
        connection.send(WireType.UNSUBSCRIBE, number);
    }

    private OutFlow find(final int number) {
        for (int i = 0; i < count; i++) {
            if (flows[i].number() == number && !flows[i].isEnded()) {
                return flows[i];
            }
        }
        return null;
    }

    @Override
    int detachedTurn() {
        if (!over && now - detachedAt > config.resumeTimeout().toNanos()) {
            end(false);
            return 1;
        }
        return 0;
    }

    @Override
    void cut(final String reason) {
        LOGGER.log(System.Logger.Level.DEBUG, "client " + peer + " is cut off: " + reason);
        drop();
        if (published != null) {
            published.abort();
        }
        for (int i = 0; i < count; i++) {
            flows[i].detach();
        }
        sweep();
        detachedAt = now;
        connected = false;
        if (config.resumeTimeout().isZero()) {
            end(false);
        }
    }

    @Override
    void offended(final ProtocolException offence) {
        LOGGER.log(System.Logger.Level.WARNING, "client " + peer + " is cut off, since it broke the protocol: " + offence.getMessage());
        refuse(offence.error(), offence.getMessage());
    }

    @Override
    void failed(final Throwable failure) {
        LOGGER.log(System.Logger.Level.ERROR, "the session of client " + peer + " failed", failure);
        refuse(WireError.INTERNAL, "the server failed: " + failure);
    }

    /** Ends it, and tells the client why. */
    void refuse(final WireError error, final String why) {
        if (connection != null) {
            for (int i = 0; i < count; i++) {
                if (flows[i].isBeingWritten(connection)) {
                    // An error in the midst of a run would be taken for frames.
                    end(false);
                    return;
                }
            }
            connection.send(WireFailure.of(0, error, why));
            listening.sendOff(release());
        }
        end(false);
    }

    /** Ends it: what it held of lanes is free, and what it published stays. */
    void end(final boolean goodbye) {
        if (over) {
            return;
        }
        over = true;
        connected = false;
        if (goodbye && connection != null) {
            LOGGER.log(System.Logger.Level.DEBUG, "client " + peer + " said goodbye");
        }
        drop();
        for (int i = 0; i < count; i++) {
            flows[i].end();
            flows[i].detach();
        }
        sweep();
        if (published != null) {
            published.sink().close();
        }
        listening.ended(this);
    }

    @Override
    void stop() {
        end(false);
    }

    @Override
    boolean isOver() {
        return over;
    }

    SessionStatus status() {
        return new SessionStatus(peer, identity, listening.isEncrypted(), connected, subscriptions, sentBytes.getAcquire(),
                receivedBytes.getAcquire(),
                copiedBytes.getAcquire(), sentMessages.getAcquire(), receivedMessages.getAcquire(), lostMessages.getAcquire(),
                        lag.getAcquire());
    }
}
