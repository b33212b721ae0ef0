// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.ListenConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.TopicRule;
import io.kaelix.TopicRule.Action;
import java.util.List;
import java.util.Map;

/**
 * Who a peer is, and what it may do: the tokens and rules of a listener. Immutable; any thread.
 *
 * <p><b>Who.</b> All that a listener asks for must be shown. With client certificates the identity is the common name of the peer's; with
 * tokens it is that of the token; with both, they must be the same. Where neither is asked for, everybody is {@link ListenConfig#ANYONE}.
 *
 * <p><b>What.</b> The first rule decides that is of the identity or of everybody, is about the action, and has the topic in its pattern.
 * If none does, it is refused; without any rules, all is allowed.
 *
 * <p><b>Patterns.</b> A subscription is for topics that nobody knows yet. It is granted if the rules allow every topic that its pattern
 * can have: the first rule whose pattern has all of them allows them, and none before it denies any. Otherwise it is refused as a whole,
 * so that whoever asks for more than is granted knows it, and nobody misses messages without a word.
 *
 * <pre>
 *   deny  alice subscribe orders.secret.>      alice subscribes to orders.eu.>       granted
 *   allow alice subscribe orders.>                                 orders.>          refused: part of it is denied
 *                                                                  orders.secret.a   refused: denied
 *                                                                  >                 refused: more than orders.> is asked for
 * </pre>
 */
final class Access {

    private final Tokens tokens;
    private final boolean asksCertificates;
    private final List<TopicRule> rules;

    Access(final ListenConfig config) {
        this.tokens = new Tokens(config.tokens());
        this.asksCertificates = config.tls() != null && config.tls().clientCertificates();
        this.rules = config.rules();
    }

    /** Of these rules alone, for who has no need to be identified. */
    Access(final List<TopicRule> rules) {
        this.tokens = new Tokens(Map.of());
        this.asksCertificates = false;
        this.rules = List.copyOf(rules);
    }

    /**
     * What a peer showed, so that it can be judged again when tokens have changed. Not the token itself, which nobody keeps.
     *
     * @param digest of the token; null for none
     * @param certificate {@link Transport#identity()} of its connection; null for none
     */
    record Shown(byte[] digest, String certificate) {

        /** @param token that the peer showed; null or empty for none */
        static Shown of(final String token, final String certificate) {
            return new Shown(Tokens.digest(token), certificate);
        }
    }

    /**
     * Who a peer is.
     *
     * @return null if it is to be refused: what was asked for is missing or wrong. The peer must not be told which
     */
    String identity(final Shown shown) {
        if (tokens.isEmpty()) {
            return asksCertificates ? shown.certificate : ListenConfig.ANYONE;
        }
        final String owner = tokens.identity(shown.digest);
        return asksCertificates && owner != null && !owner.equals(shown.certificate) ? null : owner;
    }

    /** Whether an identity may publish to a topic. */
    boolean mayPublish(final String identity, final Topic topic) {
        for (final TopicRule rule : rules) {
            if (isAbout(rule, identity, Action.PUBLISH) && rule.pattern().matches(topic)) {
                return rule.allow();
            }
        }
        return rules.isEmpty();
    }

    /** Whether an identity may subscribe to a pattern: to each topic of it. */
    boolean maySubscribe(final String identity, final TopicPattern pattern) {
        for (final TopicRule rule : rules) {
            if (isAbout(rule, identity, Action.SUBSCRIBE)) {
                if (!rule.allow() && Covering.overlap(rule.pattern(), pattern)) {
                    return false;
                }
                if (Covering.covers(rule.pattern(), pattern)) {
                    return rule.allow();
                }
            }
        }
        return rules.isEmpty();
    }

    private static boolean isAbout(final TopicRule rule, final String identity, final Action action) {
        return (rule.identity().equals(TopicRule.EVERYBODY) || rule.identity().equals(identity))
                && (rule.action() == Action.BOTH || rule.action() == action);
    }
}
