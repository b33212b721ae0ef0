// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.KaelixException;
import io.kaelix.Topic;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;

/** What a client asks its server about partitions, which answers in order; after a reconnect it is asked again. One thread. */
final class Questions {

    private record Question(Topic topic, int partitions, CompletableFuture<WireDeclare> answer) {
    }

    private final ArrayDeque<Question> open = new ArrayDeque<>();

    /** Asks now, or when there is a connection. */
    void ask(final Topic topic, final int partitions, final CompletableFuture<WireDeclare> answer, final Connection connection) {
        open.add(new Question(topic, partitions, answer));
        if (connection != null) {
            connection.send(new WireDeclare(topic, partitions));
        }
    }

    /** Asks all that is open: asking twice does no harm. */
    void askAgain(final Connection connection) {
        open.removeIf(question -> question.answer.isDone());
        open.forEach(question -> connection.send(new WireDeclare(question.topic, question.partitions)));
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** @throws ProtocolException if nobody asked that */
    void answered(final WireDeclare declare) {
        final Question question = open.poll();
        if (question == null || !question.topic.equals(declare.topic())) {
            throw new ProtocolException("a DECLARE that nobody asked for");
        }
        question.answer.complete(declare);
    }

    /** The oldest one is refused. */
    void refused(final WireFailure failure) {
        open.remove().answer.completeExceptionally(switch (WireError.of(failure.code())) {
            case CONFLICT -> new IllegalArgumentException(failure.text());
            case DENIED -> new DeniedException(failure.text());
            case null, default -> new KaelixException(failure.text());
        });
    }

    /** None will be answered. */
    void fail(final String why) {
        while (!open.isEmpty()) {
            open.remove().answer.completeExceptionally(new KaelixException(why));
        }
    }
}
