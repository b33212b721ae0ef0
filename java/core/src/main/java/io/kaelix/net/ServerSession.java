// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.KaelixException;
import io.kaelix.ListenConfig;
import io.kaelix.SessionStatus;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import java.time.Duration;
import java.util.HashMap;
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

    private final Listening listening;
    private final long id;
    private final long instance;
    private final String identity;
    private final String name;
    private final WireLimits peerLimits;
    private final OutFlows flows = new OutFlows();
    /** Why subscriptions were ended while the client was away: it hears of it when it comes back. */
    private final Map<Integer, String> endedAway = new HashMap<>();
    private final AtomicLong sentMessages = new AtomicLong();
    private final AtomicLong receivedMessages = new AtomicLong();
    private final AtomicLong lag = new AtomicLong();
    private final AtomicLong waitingBytes = new AtomicLong();
    /** What the client showed last. */
    private Access.Shown shown;
    private InFlow published;
    private long detachedAt;
    private boolean over;
    private volatile String peer;
    private volatile boolean connected = true;
    private volatile int subscriptions;

    ServerSession(final Listening listening, final long id, final WireHello hello, final String identity, final Access.Shown shown) {
        this.listening = listening;
        this.shown = shown;
        this.id = id;
        this.instance = hello.instance();
        this.identity = identity;
        this.name = hello.name();
        this.peerLimits = hello.limits();
    }

    long id() {
        return id;
    }

    /** Whether a client may go on with this. */
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
            part(WireError.REPLACED, "the client came back on another connection");
        }
        return !over;
    }

    /** Welcomes a client that comes back; behind {@link #leave}. */
    void resume(final Connection next, final WireHello hello, final Access.Shown shownNow, final long time) {
        shown = shownNow;
        attach(next, time);
        welcome(true);
        final Map<Integer, Long> wanted = new TreeMap<>();
        hello.resumed().forEach(flow -> wanted.put(flow.flow(), flow.received()));
        for (int i = 0; i < flows.count(); i++) {
            final OutFlow flow = flows.get(i);
            final Long received = wanted.remove(flow.number());
            if (received == null || flow.isEnded()) {
                flow.end();
            } else if (!flow.resume(received)) {
                end(flow, WireError.DISCONNECTED, "what the subscription missed is not there any more");
            }
        }
        sweep();
        for (final int unknown : wanted.keySet()) {
            connection.send(endedAway.containsKey(unknown) ? WireFailure.of(unknown, WireError.DENIED, endedAway.get(unknown))
                    : WireFailure.of(unknown, WireError.DISCONNECTED, "the subscription was too slow, and was ended"));
        }
        endedAway.clear();
    }

    /** Tokens or rules are others: what they do not let the client do any more ends. */
    void judgeAnew() {
        final Access access = listening.access();
        if (!identity.equals(access.identity(shown))) {
            LOGGER.log(System.Logger.Level.INFO, "client " + peer + " is cut off: it would not be let in any more");
            refuse(WireError.UNAUTHORIZED, "what this client showed does not do any more: the server has other tokens");
            return;
        }
        for (int i = 0; i < flows.count(); i++) {
            final OutFlow flow = flows.get(i);
            if (!flow.isEnded() && !access.maySubscribe(identity, flow.pattern())) {
                end(flow, WireError.DENIED, identity + " may not receive every topic of " + flow.pattern()
                        + " any more: the rules of the server have changed");
            }
        }
        sweep();
        if (published != null) {
            published.sink().judge(topic -> access.mayPublish(identity, topic), this::denied);
        }
    }

    private void denied(final int stream, final Topic topic) {
        if (connection != null) {
            connection.send(new WireFailure(0, WireError.DENIED.code(), stream, identity + " may not publish to " + topic
                    + ": its messages are dropped; the rules of the server decide"));
        }
    }

    private void attach(final Connection next, final long time) {
        peer = name.isEmpty() ? next.peer() : name + "@" + next.peer();
        connected = true;
        attach(next, time, Math.min(listening.config().heartbeat().toNanos(), Duration.ofMillis(peerLimits.silence()).toNanos() / 3),
                listening.config().silence().toNanos());
    }

    private void welcome(final boolean resumed) {
        connection.send(new WireWelcome(resumed, WireDescriptor.VERSION, listening.instance(), id, listening.limits(),
                resumed && published != null ? published.received() : 0, (int) listening.config().resumeTimeout().toMillis(),
                listening.config().maxSubscriptions(), identity));
        if (published == null) {
            connection.credit(0, listening.firstCredit(), 0);
        } else {
            published.tellAgain();
        }
    }

    @Override
    int serve(final boolean quiet) {
        int done = 0;
        for (int i = 0; i < flows.count(); i++) {
            final OutFlow flow = flows.get(i);
            if (!flow.isEnded()) {
                done += serve(flow, quiet);
                if (connection == null) {
                    return 1;
                }
            }
        }
        if (flows.running() < flows.count()) {
            sweep();
        }
        if (published != null) {
            published.grant(connection, 0, quiet || goesAlong(done));
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
                        + " bytes behind, or held a publisher up, and was ended; receive faster, have larger lanes, or another policy");
            }
            return 1;
        }
        if (sent == FlowSource.CLOSED) {
            end(flow, WireError.DISCONNECTED, "the server closed");
            return 1;
        }
        flow.tellOfLanes(connection, quiet);
        return sent;
    }

    /** Figures that are sums over the flows. */
    private void count() {
        sentBytes.setRelease(flows.sent());
        sentMessages.setRelease(flows.messages());
        lostMessages.setRelease(flows.lost());
        lag.setRelease(flows.lag());
        if (published != null) {
            receivedBytes.setRelease(published.received());
            receivedMessages.setRelease(published.sink().messages());
            waitingBytes.setRelease(published.sink().waiting());
        }
    }

    @Override
    long copiedBySources() {
        return flows.copied();
    }

    /** Ends a flow, and tells the client why. */
    private void end(final OutFlow flow, final WireError error, final String why) {
        flows.end(flow);
        if (connection != null) {
            connection.send(WireFailure.of(flow.number(), error, why));
        } else {
            flow.detach();
            endedAway.put(flow.number(), why);
        }
    }

    /** Closes what has ended and is not written any more. */
    private void sweep() {
        flows.sweep(connection);
        subscriptions = flows.running();
    }

    @Override
    public void message(final WireType type, final WireInput input) {
        switch (type) {
            case CREDIT -> {
                final OutFlow flow = flows.find(input.flow());
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
            default -> throw new ProtocolException("a " + message.type() + " of a client that is welcome already");
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
                published = new InFlow(listening.flows().sink(peer, listening.config().maxStreams()), listening.config().window(), false);
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
            denied(stream.stream(), stream.topic());
        }
    }

    private void declare(final WireDeclare declare) {
        final Topic topic = declare.topic();
        if (declare.subscribers() != 0) {
            throw new ProtocolException("a DECLARE of a client tells of no subscribers");
        }
        // Who may not publish is not told who listens, either.
        if (!listening.access().mayPublish(identity, topic)) {
            connection.send(WireFailure.of(0, WireError.DENIED, identity + " may not publish to " + topic
                    + "; the rules of the server decide"));
            return;
        }
        if (declare.partitions() != WireDeclare.ASK) {
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
        connection.send(new WireDeclare(topic, Math.max(1, listening.flows().partitions(topic)), listening.flows().subscribers(topic)));
    }

    private void subscribe(final WireSubscribe subscribe) {
        final int number = subscribe.flow();
        if (flows.find(number) != null) {
            throw new ProtocolException("flow " + number + " is in use: number another one");
        }
        final WireFailure refusal = refusal(subscribe);
        if (refusal != null) {
            connection.send(refusal);
            return;
        }
        final SlowSubscriberPolicy policy = subscribe.policy() == null ? SlowSubscriberPolicy.DISCONNECT : subscribe.policy();
        final long maxLag = subscribe.maxLag() == 0 ? listening.lagLimit() : subscribe.maxLag();
        final FlowSource source;
        try {
            source = source(subscribe, policy, maxLag);
        } catch (final IllegalArgumentException e) {
            connection.send(WireFailure.of(number, WireError.INVALID, "the subscription makes no sense: " + e.getMessage()));
            return;
        } catch (final KaelixException e) {
            connection.send(WireFailure.of(number, WireError.EXHAUSTED, e.getMessage()));
            return;
        }
        flows.add(new OutFlow(number, subscribe.pattern(), source));
        subscriptions = flows.running();
        connection.send(new WireSubscribed(number, policy, maxLag));
    }

    private FlowSource source(final WireSubscribe subscribe, final SlowSubscriberPolicy policy, final long maxLag) {
        final Duration stall = subscribe.maxStall() < 0 ? SubscriberConfig.defaults().maxStall() : Duration.ofNanos(subscribe.maxStall());
        final SubscriberConfig wanted = new SubscriberConfig(policy, maxLag, stall, subscribe.start(), subscribe.partitions());
        final int frame = peerLimits.frame();
        final int window = Math.max(listening.config().window(), (int) Math.min(2L * frame, ListenConfig.MAX_BYTES));
        return listening.flows().source(new FlowRequest(subscribe.pattern(), wanted, window, frame, subscribe.points()));
    }

    private WireFailure refusal(final WireSubscribe subscribe) {
        final int most = listening.config().maxSubscriptions();
        if (flows.running() >= most || flows.count() >= 2 * most) {
            return WireFailure.of(subscribe.flow(), WireError.TOO_MANY_SUBSCRIPTIONS, "a client has at most " + most
                    + " subscriptions: use patterns of more topics, or have the server allow more");
        }
        if (!listening.access().maySubscribe(identity, subscribe.pattern())) {
            return WireFailure.of(subscribe.flow(), WireError.DENIED, identity + " may not receive every topic of " + subscribe.pattern()
                    + "; the rules of the server decide, ask for less");
        }
        return null;
    }

    private void unsubscribe(final int number) {
        final OutFlow flow = flows.find(number);
        if (flow != null) {
            flows.end(flow);
        }
        // Behind all that was sent of it.
        connection.send(WireType.UNSUBSCRIBE, number);
    }

    @Override
    int detachedTurn() {
        if (!over && now - detachedAt > listening.config().resumeTimeout().toNanos()) {
            end(false);
            return 1;
        }
        return 0;
    }

    @Override
    void silent(final long millis) {
        part(WireError.SILENT, "nothing was heard of the client for " + millis + " ms");
    }

    /** Gives up a connection that may still be heard, and says why; the client may come back on another. */
    private void part(final WireError error, final String why) {
        say(error, why);
        cut(why);
    }

    private void say(final WireError error, final String why) {
        // In the midst of a run, an error would be taken for frames.
        if (connection != null && !flows.isBeingWritten(connection)) {
            connection.send(WireFailure.of(0, error, why));
            listening.sendOff(release());
        }
    }

    @Override
    void cut(final String reason) {
        LOGGER.log(System.Logger.Level.DEBUG, "client " + peer + " is cut off: " + reason);
        drop();
        if (published != null) {
            published.abort();
        }
        waitingBytes.setRelease(0);
        flows.detach();
        subscriptions = flows.running();
        detachedAt = now;
        connected = false;
        if (listening.config().resumeTimeout().isZero()) {
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
        say(error, why);
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
        flows.endAll();
        subscriptions = 0;
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
                receivedBytes.getAcquire(), copiedBytes.getAcquire(), sentMessages.getAcquire(), receivedMessages.getAcquire(),
                lostMessages.getAcquire(), lag.getAcquire(), waitingBytes.getAcquire());
    }
}
