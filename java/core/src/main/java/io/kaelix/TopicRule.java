// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.util.Objects;

/**
 * Who may publish or subscribe to what. The first rule of {@link ListenConfig#rules} that fits decides; if none does, it is refused, unless
 * there are no rules at all.
 *
 * {@snippet :
 * ListenConfig.on("127.0.0.1", 7878).withRules(
 *         TopicRule.allow("alice", TopicRule.Action.PUBLISH, "orders.>"),
 *         TopicRule.allow(TopicRule.EVERYBODY, TopicRule.Action.SUBSCRIBE, "orders.*"));
 * }
 *
 * @param identity whose, or {@value #EVERYBODY}
 * @param allow whether it may
 * @param action what
 * @param pattern to which topics
 */
public record TopicRule(String identity, boolean allow, Action action, TopicPattern pattern) {

    /** Any identity. */
    public static final String EVERYBODY = "*";

    /** What a rule is about. */
    public enum Action {
        /** Sending to a topic. */
        PUBLISH,
        /** Receiving from it. */
        SUBSCRIBE,
        /** Each of them. */
        BOTH
    }

    /** @throws IllegalArgumentException if the identity is empty */
    public TopicRule {
        Objects.requireNonNull(identity, "identity");
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(pattern, "pattern");
        if (identity.isEmpty()) {
            throw new IllegalArgumentException("the identity of a rule must not be empty: name one, or * for everybody");
        }
    }

    /** Lets an identity do something. */
    public static TopicRule allow(final String identity, final Action action, final String pattern) {
        return new TopicRule(identity, true, action, TopicPattern.of(pattern));
    }

    /** Keeps it from doing something. */
    public static TopicRule deny(final String identity, final Action action, final String pattern) {
        return new TopicRule(identity, false, action, TopicPattern.of(pattern));
    }
}
