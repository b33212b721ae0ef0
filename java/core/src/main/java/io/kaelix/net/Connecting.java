// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.ClientConfig;
import io.kaelix.ClientStatus;
import io.kaelix.KaelixException;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A client's side of a connection, for the engine: what any thread may ask of the {@link ClientSession}, which one worker serves.
 *
 * <p><b>Threads</b>: any. What waits for the server does not if it is called by the worker itself.
 */
public final class Connecting implements AutoCloseable {

    /** A subscription that runs. */
    @FunctionalInterface
    public interface Subscribed extends AutoCloseable {

        /** Ends it, and closes its sink. Waits for nobody; again is without effect. */
        @Override
        void close();
    }

    /** Whoever connects looks for the answer all the time for so long, and then now and then. */
    private static final long AWAKE_NANOS = 500_000;
    private static final long PAUSE_NANOS = 100_000;

    private final ClientConfig config;
    private final Loop loop;
    private final ClientSession session;

    private Connecting(final ClientConfig config, final Flows flows, final InetSocketAddress server) {
        this.config = config;
        this.loop = new Loop(true);
        this.session = new ClientSession(config, flows, loop, server);
    }

    /**
     * Connects, and waits until the server agrees.
     *
     * @param flows of the client: what it publishes
     * @throws KaelixException if it doesn't; it says why, and the remedy
     */
    public static Connecting connect(final ClientConfig config, final Flows flows) {
        final InetSocketAddress server = new InetSocketAddress(config.host(), config.port());
        if (server.isUnresolved()) {
            throw new KaelixException("server " + config.host() + ":" + config.port() + ": no address of that name is known");
        }
        final Connecting made = new Connecting(config, flows, server);
        try {
            made.loop.add(made.session);
            made.meet();
            flows.recur(made.loop);
            return made;
        } catch (final RuntimeException | Error e) {
            made.loop.ended();
            throw e;
        }
    }

    /** By the caller, before a worker takes the loop over: to wake one for each step would take longer than all of them. */
    private void meet() {
        // The session has a timeout of its own, for each of its steps.
        long quietFrom = System.nanoTime();
        while (!session.first().isDone() && !Thread.currentThread().isInterrupted()) {
            final int found = loop.turn();
            final long now = System.nanoTime();
            if (found > 0) {
                quietFrom = now;
            } else if (now - quietFrom > AWAKE_NANOS) {
                LockSupport.parkNanos(this, PAUSE_NANOS);
            } else {
                // The server may be a process that waits for this CPU.
                Thread.yield();
            }
        }
        loop.leave();
        if (!session.first().isDone() || session.first().isCompletedExceptionally()) {
            await(session.first(), 0);
        }
    }

    private <T> T await(final CompletableFuture<T> answer, final int times) {
        if (loop.isOwn()) {
            return answer.getNow(null);
        }
        try {
            return answer.get(times * config.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (final ExecutionException e) {
            throw switch (e.getCause()) {
                case final IllegalArgumentException wrong -> new IllegalArgumentException(wrong.getMessage(), wrong);
                case final DeniedException denied -> new DeniedException(denied);
                case final Throwable other -> new KaelixException(other.getMessage(), other);
            };
        } catch (final TimeoutException e) {
            final ClientStatus status = session.status();
            final boolean gone = status.state() == ClientStatus.State.CONNECTING && !status.lastError().isEmpty();
            throw new KaelixException((gone ? status.lastError() + "; it was not back within "
                    : "server " + config.host() + ":" + config.port() + " did not answer within ")
                    + times * config.connectTimeout().toMillis() + " ms", e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KaelixException("interrupted while server " + config.host() + ":" + config.port() + " was waited for", e);
        }
    }

    /** Longest frame that the server takes. */
    public int frameLimit() {
        return session.frameLimit();
    }

    /**
     * Subscribes, and waits until the server agrees.
     *
     * @param sink where it goes; closed when the subscription ends
     * @param ended told by the worker why the server has ended it, if it does
     * @throws KaelixException if it doesn't agree; it says why. The sink is closed then
     */
    public Subscribed subscribe(final TopicPattern pattern, final SubscriberConfig wanted, final FlowSink sink,
            final Consumer<String> ended) {
        final ClientFlow flow = new ClientFlow(pattern, wanted, new InFlow(sink, config.window(), true), ended);
        execute(() -> session.subscribe(flow));
        try {
            await(flow.agreed, 1);
        } catch (final RuntimeException | Error e) {
            loop.execute(() -> session.unsubscribe(flow));
            throw e;
        }
        return () -> {
            if (loop.isOwn() || !loop.execute(() -> session.unsubscribe(flow))) {
                session.unsubscribe(flow);
            }
        };
    }

    private void execute(final Runnable task) {
        if (loop.isOwn()) {
            task.run();
        } else if (!loop.execute(task)) {
            throw new KaelixException("the client is closed" + (session.status().lastError().isEmpty() ? "" : ": "
                    + session.status().lastError()));
        }
    }

    /**
     * Partitions of a topic at the server, 1 if none were declared. Waits for its answer; by the worker, which can't, 1.
     *
     * @throws KaelixException if it does not answer in time, or its rules do not let this client publish to the topic
     */
    public int partitions(final Topic topic) {
        final WireDeclare answer = question(topic, WireDeclare.ASK);
        return answer == null ? 1 : answer.partitions();
    }

    /**
     * How many subscribe to a topic at the server. Waits for its answer; by the worker, which can't, 0, and so for a topic that this client
     * may not publish to.
     *
     * @throws KaelixException if it does not answer in time
     */
    public int subscribers(final Topic topic) {
        try {
            final WireDeclare answer = question(topic, WireDeclare.ASK);
            return answer == null ? 0 : answer.subscribers();
        } catch (final DeniedException untold) {
            return 0;
        }
    }

    /**
     * Declares partitions at the server, and waits for its answer.
     *
     * @throws IllegalArgumentException if the topic has another number
     * @throws KaelixException if the server refuses, or does not answer in time
     */
    public void declare(final Topic topic, final int partitions) {
        question(topic, partitions);
    }

    /** Null for the worker. */
    private WireDeclare question(final Topic topic, final int partitions) {
        final CompletableFuture<WireDeclare> answer = new CompletableFuture<>();
        execute(() -> session.declare(topic, partitions, answer));
        try {
            return await(answer, 1);
        } finally {
            // After a reconnect, what nobody waits for is not asked again.
            answer.cancel(false);
        }
    }

    /** How it does. */
    public ClientStatus status() {
        return session.status();
    }

    /**
     * Sends what was published, waits until the server has it, at most as long as the settings say, and says goodbye. By the worker, does
     * not wait. Again is without effect.
     */
    @Override
    public void close() {
        if (loop.isOwn()) {
            session.close();
            return;
        }
        if (!loop.execute(session::close)) {
            return;
        }
        try {
            session.done().get(config.closeTimeout().toMillis() + config.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (final ExecutionException | TimeoutException e) {
            throw new KaelixException("the session did not end: its workers are busy with something else", e);
        }
    }
}
