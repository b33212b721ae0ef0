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

    private final ClientConfig config;
    private final ClientSession session;
    private final Loop loop;

    private Connecting(final ClientConfig config, final ClientSession session, final Loop loop) {
        this.config = config;
        this.session = session;
        this.loop = loop;
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
        final ClientSession session = new ClientSession(config, flows, server);
        try {
            meet(session);
            if (!session.first().isDone() || session.first().isCompletedExceptionally()) {
                answer(config, session, session.first(), 0);
            }
            return new Connecting(config, session, ClientLoops.join(session, flows));
        } catch (final RuntimeException | Error e) {
            session.stop();
            throw e;
        }
    }

    /**
     * By the caller, before a loop has the session: to wake its worker for each step would take longer than all of them, and a worker that
     * is busy with others would hold the caller up.
     */
    private static void meet(final ClientSession session) {
        final Vigil vigil = Vigil.begin();
        try {
            // The session has a timeout of its own, for each of its steps.
            while (!session.first().isDone() && !Thread.currentThread().isInterrupted()) {
                if (session.turn(System.nanoTime(), true) > 0) {
                    vigil.found();
                } else {
                    vigil.rest();
                }
            }
        } finally {
            vigil.end();
        }
    }

    private <T> T await(final CompletableFuture<T> answer) {
        if (loop.isOwn()) {
            return answer.getNow(null);
        }
        Vigil.await(answer);
        return answer(config, session, answer, 1);
    }

    private static <T> T answer(final ClientConfig config, final ClientSession session, final CompletableFuture<T> answer,
            final int times) {
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
            await(flow.agreed);
        } catch (final RuntimeException | Error e) {
            loop.execute(session, () -> session.unsubscribe(flow));
            throw e;
        }
        return () -> {
            if (loop.isOwn() || !loop.execute(session, () -> session.unsubscribe(flow))) {
                session.unsubscribe(flow);
            }
        };
    }

    private void execute(final Runnable task) {
        if (loop.isOwn()) {
            task.run();
        } else if (!loop.execute(session, task)) {
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
            return await(answer);
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
        if (!loop.execute(session, session::close)) {
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
