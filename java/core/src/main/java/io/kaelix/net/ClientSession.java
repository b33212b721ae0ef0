// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.ClientConfig;
import io.kaelix.ClientStatus;
import io.kaelix.KaelixException;
import io.kaelix.Topic;
import io.kaelix.lane.LaneDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The session of a client: connects, connects again, and goes on where it was.
 *
 * <pre>
 *                 ┌───────────(wait, varied)◄──────────────┐
 *                 ▼                                        │ cut
 *   connecting ──► greeting ──(WELCOME)──► connected ──────┤
 *                     │ refused                            │ close
 *                     └──────────► over ◄──────────────────┘
 * </pre>
 *
 * <p>One thread, but for figures.
 */
final class ClientSession extends Session {

    private static final System.Logger LOGGER = System.getLogger("io.kaelix.KaelixClient");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ClientConfig config;
    private final Flows flows;
    private final Dialing dialing;
    private final long instance = RANDOM.nextLong();
    private final WireLimits limits;
    private final ClientFlows subscriptions = new ClientFlows();
    private final Questions questions = new Questions();
    /** Done with the first WELCOME, or when there is none. */
    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    /** Null until one serves it: before, who connects has the turns. */
    private Loop loop;
    private boolean met;
    private OutFlow out;
    private ClientFlow receiving;
    private long session;
    /** Which server it is, once they have met. */
    private long serverInstance;
    private WireLimits peerLimits;
    private boolean closing;
    private long closeBy;
    private boolean over;
    private volatile ClientStatus.State state = ClientStatus.State.CONNECTING;
    private volatile String lastError = "";
    private volatile long reconnects;
    private volatile long denials;
    private volatile int frameLimit;

    ClientSession(final ClientConfig config, final Flows flows, final InetSocketAddress server) {
        this.config = config;
        this.flows = flows;
        this.dialing = new Dialing(config, server);
        final int frame = LaneDescriptor.maxFrameLength(config.laneCapacity());
        this.limits = new WireLimits(frame, frame & -WireDescriptor.ALIGNMENT, (int) config.heartbeat().toMillis(),
                (int) config.silence().toMillis());
    }

    /** Goes on in the turns of a loop. By its worker. */
    void serveBy(final Loop next) throws IOException {
        loop = next;
        loop.add(this);
        if (connection != null) {
            loop.watch(connection.channel(), SelectionKey.OP_READ, this);
        }
    }

    CompletableFuture<Void> first() {
        return first;
    }

    CompletableFuture<Void> done() {
        return done;
    }

    /** Longest frame that the server takes. Once it has said so. */
    int frameLimit() {
        return frameLimit;
    }

    ClientStatus status() {
        return new ClientStatus(state, lastError, reconnects, lostMessages.getAcquire(), sentBytes.getAcquire(), receivedBytes.getAcquire(),
                copiedBytes.getAcquire(), denials);
    }

    @Override
    int detachedTurn() {
        if (over) {
            return 0;
        }
        // Who has nothing to send need not wait for a server that is away.
        if (closing && (now - closeBy > 0 || out == null || out.isDone() && out.source().lag() == 0)) {
            end(ClientStatus.State.CLOSED, "");
            return 1;
        }
        if (!dialing.isDue(now)) {
            return 0;
        }
        try {
            final SocketChannel connected = dialing.look(now);
            if (connected != null) {
                greet(connected);
            } else if (dialing.isLate(now)) {
                cut("no connection within " + dialing.timeoutMillis() + " ms; is a firewall between?");
            } else {
                return 0;
            }
        } catch (final IOException e) {
            cut(text(e) + "; does a server listen there?");
        } catch (final RuntimeException | Error e) {
            failed(e);
        }
        return 1;
    }

    private void greet(final SocketChannel channel) throws IOException {
        if (loop != null) {
            loop.watch(channel, SelectionKey.OP_READ, this);
        }
        met = false;
        attach(new Connection(channel, dialing.take(), dialing.peer(), false, limits.run(), this), now, config.heartbeat().toNanos(),
                config.silence().toNanos());
        connection.send(new WireHello(WireDescriptor.VERSION, WireDescriptor.VERSION, instance, session, limits,
                config.token() == null ? "" : config.token(), config.name(), session == 0 ? List.of() : subscriptions.resumed()));
    }

    private void welcome(final WireWelcome welcome) {
        if (frameLimit != 0 && welcome.limits().frame() < frameLimit) {
            refused("the server takes messages of " + welcome.limits().frame() + " bytes, and took " + frameLimit
                    + " before: connect anew");
            return;
        }
        met = true;
        peerLimits = welcome.limits();
        attach(connection, now, Math.min(config.heartbeat().toNanos(), peerLimits.silence() * 1_000_000L / 3), config.silence().toNanos());
        session = welcome.session();
        serverInstance = welcome.instance();
        if (out == null) {
            frameLimit = peerLimits.frame();
            final FlowRequest everything = FlowRequest.everything(config.window(), frameLimit);
            out = new OutFlow(0, everything.pattern(), flows.source(everything));
        } else if (!welcome.resumed()) {
            out.restart();
        } else if (!out.resume(welcome.received())) {
            // To begin anew here alone would have both count from different bytes: what is left of that session is left to its timeout.
            session = 0;
            cut("it goes on with " + welcome.received() + " bytes, which is not where this session was left");
            return;
        }
        subscriptions.begin(connection, serverInstance, welcome.resumed());
        questions.askAgain(connection);
        dialing.arrived();
        reconnects += state == ClientStatus.State.CONNECTING && first.isDone() ? 1 : 0;
        state = ClientStatus.State.CONNECTED;
        first.complete(null);
    }

    /** Subscribes, now or when it is connected. */
    void subscribe(final ClientFlow flow) {
        if (over) {
            flow.agreed.completeExceptionally(new KaelixException("the client is closed" + (lastError.isEmpty() ? "" : ": " + lastError)));
            return;
        }
        subscriptions.add(flow);
        if (met) {
            flow.ask(connection, serverInstance);
        }
    }

    void unsubscribe(final ClientFlow flow) {
        if (flow.state == ClientFlow.State.OVER || flow.state == ClientFlow.State.ENDING) {
            return;
        }
        if (receiving == flow) {
            receiving = null;
            if (connection != null) {
                connection.dropRun();
            }
        }
        flow.agreed.completeExceptionally(new KaelixException("it was closed"));
        countReceived();
        subscriptions.close(flow);
        if (met) {
            flow.state = ClientFlow.State.ENDING;
            connection.send(WireType.UNSUBSCRIBE, flow.number);
        } else {
            flow.state = ClientFlow.State.OVER;
            subscriptions.remove(flow);
        }
    }

    /** Asks for, or declares, the partitions of a topic. */
    void declare(final Topic topic, final int partitions, final CompletableFuture<WireDeclare> answer) {
        if (over) {
            answer.completeExceptionally(new KaelixException("the client is closed" + (lastError.isEmpty() ? "" : ": " + lastError)));
            return;
        }
        questions.ask(topic, partitions, answer, met ? connection : null);
    }

    /** Sends what is there, says goodbye, and ends. */
    void close() {
        if (!closing) {
            closing = true;
            closeBy = System.nanoTime() + config.closeTimeout().toNanos();
        }
    }

    @Override
    int serve(final boolean quiet) {
        if (!met) {
            if (closing && now - closeBy > 0) {
                end(ClientStatus.State.CLOSED, "");
            } else if (dialing.isLate(now)) {
                cut("no answer within " + dialing.timeoutMillis() + " ms; is it a server of this kind?");
            }
            return 0;
        }
        final int sent = out.send(connection, peerLimits.run());
        out.endLanes(connection);
        subscriptions.grant(connection, quiet || goesAlong(sent));
        if (quiet) {
            countReceived();
        }
        if (closing && (now - closeBy > 0 || sent <= 0 && out.isDone() && isNothingLeft())) {
            goodbye();
            return 1;
        }
        return Math.max(0, sent);
    }

    /** A frame that is longer than what the server takes now waits; before the first message it takes less than the longest. */
    private boolean isNothingLeft() {
        return out.hasRoom(frameLimit) || out.source().lag() == 0;
    }

    private void goodbye() {
        if (!out.isBeingWritten(connection)) {
            connection.send(WireType.BYE, 0);
            Farewell.begin(loop, release(), now);
        }
        end(ClientStatus.State.CLOSED, "");
    }

    private void countReceived() {
        receivedBytes.setRelease(subscriptions.received());
        if (out != null) {
            sentBytes.setRelease(out.source().sent());
        }
        countLost();
    }

    @Override
    long copiedBySources() {
        return out == null ? 0 : out.source().copied();
    }

    @Override
    public void message(final WireType type, final WireInput input) {
        switch (type) {
            case CREDIT -> out.credit(input.creditLimit(), input.creditAcknowledged());
            case HEARTBEAT -> {
            }
            case BYE -> cut("the server said goodbye");
            case UNSUBSCRIBE -> subscriptions.removeEnding(input.flow());
            case HELLO, RUN, SUBSCRIBE -> throw new ProtocolException("a " + type + " of a server");
            case WELCOME, ERROR, SUBSCRIBED, STREAM, LANE, LANE_END, LOST, DECLARE -> object(input.message());
        }
    }

    private void object(final WireMessage message) {
        final ClientFlow flow = message.flow() == 0 ? null : subscriptions.find(message.flow());
        switch (message) {
            case WireWelcome welcome -> welcome(welcome);
            case WireFailure failure -> failure(failure, flow);
            case WireDeclare declare -> {
                // What nobody asked for is refused by this; whoever asks has a loop.
                questions.answered(declare);
                loop.giveWay();
            }
            case WireSubscribe subscribe -> throw new ProtocolException("a SUBSCRIBE of a server");
            case WireHello hello -> throw new ProtocolException("a HELLO of a server");
            default -> {
                // Of one that has just ended here, more may come.
                if (flow != null && flow.state != ClientFlow.State.ENDING) {
                    ofFlow(message, flow);
                }
            }
        }
    }

    private void ofFlow(final WireMessage message, final ClientFlow flow) {
        switch (message) {
            case WireSubscribed subscribed -> flow.agree(serverInstance);
            case WireStream stream -> {
                if (flow.in.sink().stream(stream.stream(), stream.topic(), stream.partition(), stream.partitions(), true) != 0) {
                    throw new ProtocolException(flow.in.sink().error());
                }
            }
            case WireLane lane -> flow.in.lane(lane);
            case WireLaneEnd end -> flow.in.laneEnd(end);
            case WireLost lost -> subscriptions.lost(flow, lost.messages());
            default -> throw new ProtocolException("a " + message.type() + " that nobody waits for");
        }
    }

    private void failure(final WireFailure failure, final ClientFlow flow) {
        if (failure.isFatal()) {
            if (WireError.isPassing(failure.code())) {
                cut(failure.text());
            } else {
                refused(failure.text());
            }
            return;
        }
        lastError = failure.text();
        if (flow != null) {
            subscriptions.remove(flow);
            ended(flow, failure.text());
        } else if (failure.flow() == 0 && failure.subject() == WireFailure.NO_SUBJECT && !questions.isEmpty()) {
            questions.refused(failure);
        } else {
            denials += failure.flow() == 0 && failure.code() == WireError.DENIED.code() ? 1 : 0;
            LOGGER.log(System.Logger.Level.WARNING, "the server at " + dialing.peer() + " refuses: " + failure.text());
        }
    }

    /** The server has ended a subscription, or will not have it. */
    private void ended(final ClientFlow flow, final String why) {
        final boolean known = flow.state == ClientFlow.State.RUNNING || flow.agreed.isDone();
        if (flow.state == ClientFlow.State.ENDING) {
            return;
        }
        flow.state = ClientFlow.State.OVER;
        if (receiving == flow) {
            receiving = null;
        }
        subscriptions.close(flow);
        if (known) {
            flow.ended.accept(why);
        } else {
            flow.agreed.completeExceptionally(new KaelixException(why));
        }
    }

    private void countLost() {
        lostMessages.setRelease(subscriptions.lost() + (out == null ? 0 : out.source().lost()));
    }

    @Override
    public FlowSink run(final WireInput input, final int bytes) {
        if (receiving == null || receiving.number != input.flow()) {
            receiving = subscriptions.find(input.flow());
        }
        final boolean wanted = receiving != null && receiving.state != ClientFlow.State.ENDING && receiving.in.begin(input, bytes);
        return wanted ? receiving.in.sink() : null;
    }

    @Override
    public void committed(final int bytes) {
        receiving.in.committed();
    }

    @Override
    void cut(final String reason) {
        final boolean wasMet = met;
        met = false;
        receiving = null;
        drop();
        dialing.stop();
        if (out != null) {
            out.detach();
        }
        subscriptions.abort();
        final String error = "server " + dialing.peer() + ": " + reason;
        lastError = error;
        if (!first.isDone() || config.reconnectLongest().isZero()) {
            end(ClientStatus.State.REFUSED, error);
            return;
        }
        if (wasMet) {
            LOGGER.log(System.Logger.Level.INFO, error + "; connecting again");
        }
        state = ClientStatus.State.CONNECTING;
        dialing.later(now);
    }

    private void refused(final String why) {
        end(ClientStatus.State.REFUSED, "server " + dialing.peer() + " refuses: " + why);
    }

    @Override
    void offended(final ProtocolException offence) {
        LOGGER.log(System.Logger.Level.WARNING, "server " + dialing.peer() + " broke the protocol: "
                + offence.getMessage());
        if (met && !out.isBeingWritten(connection)) {
            connection.send(WireFailure.of(0, offence.error(), offence.getMessage()));
            Farewell.begin(loop, release(), now);
        }
        refused("it broke the protocol: " + offence.getMessage());
    }

    @Override
    void failed(final Throwable failure) {
        LOGGER.log(System.Logger.Level.ERROR, "the session with server " + dialing.peer() + " failed", failure);
        end(ClientStatus.State.REFUSED, "the client failed: " + failure);
    }

    /** Ends it for good. */
    private void end(final ClientStatus.State last, final String why) {
        if (over) {
            return;
        }
        over = true;
        if (!why.isEmpty()) {
            lastError = why;
        }
        met = false;
        countReceived();
        drop();
        dialing.stop();
        // First: what would be accepted behind this, nobody would send or count.
        flows.close();
        if (out != null) {
            out.giveUp();
            countLost();
            out.closeIfUnused(null);
        }
        state = last; // Who sees it finds all counted.
        final String reason = why.isEmpty() ? "the client was closed" : why;
        subscriptions.all().forEach(flow -> ended(flow, reason));
        subscriptions.clear();
        questions.fail(reason);
        first.completeExceptionally(new KaelixException(reason));
        done.complete(null);
    }

    @Override
    void stop() {
        end(ClientStatus.State.CLOSED, "the workers were shut down");
    }

    @Override
    boolean isOver() {
        return over;
    }
}
