// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.KaelixException;
import io.kaelix.Topic;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;

/** What a client has asked its server about partitions, which answers in order. One thread. */
final class Questions {

    private record Question(Topic topic, CompletableFuture<Integer> answer) {
    }

    private final ArrayDeque<Question> open = new ArrayDeque<>();

    void ask(final Topic topic, final CompletableFuture<Integer> answer) {
        open.add(new Question(topic, answer));
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
        question.answer.complete(declare.partitions());
    }

    /** The oldest one is refused. */
    void refused(final WireFailure failure) {
        final boolean conflict = failure.code() == WireError.CONFLICT.code();
        open.remove().answer.completeExceptionally(
                conflict ? new IllegalArgumentException(failure.text()) : new KaelixException(failure.text()));
    }

    /** None will be answered. */
    void fail(final String why) {
        while (!open.isEmpty()) {
            open.remove().answer.completeExceptionally(new KaelixException(why));
        }
    }
}
