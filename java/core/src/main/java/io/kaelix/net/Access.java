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
 * <p><b>Patterns.</b> A subscription is for topics that nobody knows yet. The first rule decides whose pattern has every topic of it: whoever
 * asks for more than one rule grants is refused, and knows it. What rules before that one deny within a granted pattern is left out
 * without a word, topic by topic: so {@link #mayReceive} must be asked for each topic of a subscription.
 *
 * <pre>
 *   deny  alice subscribe orders.secret.>      alice subscribes to orders.>          granted; nothing of orders.secret.> comes
 *   allow alice subscribe orders.>                                 orders.secret.a   refused: denied as a whole
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
     * Who a peer is.
     *
     * @param token that it showed; null or empty for none
     * @param certificate {@link Transport#identity()} of its connection
     * @return null if it is to be refused: what was asked for is missing or wrong. The peer must not be told which
     */
    String identity(final String token, final String certificate) {
        if (tokens.isEmpty()) {
            return asksCertificates ? certificate : ListenConfig.ANYONE;
        }
        final String owner = tokens.identity(token);
        return asksCertificates && owner != null && !owner.equals(certificate) ? null : owner;
    }

    /** Whether an identity may publish to a topic. */
    boolean mayPublish(final String identity, final Topic topic) {
        return may(identity, Action.PUBLISH, topic);
    }

    /** Whether messages of a topic may be sent to an identity that subscribed to it. */
    boolean mayReceive(final String identity, final Topic topic) {
        return may(identity, Action.SUBSCRIBE, topic);
    }

    private boolean may(final String identity, final Action action, final Topic topic) {
        for (final TopicRule rule : rules) {
            if (isAbout(rule, identity, action) && rule.pattern().matches(topic)) {
                return rule.allow();
            }
        }
        return rules.isEmpty();
    }

    /** Whether an identity may subscribe to a pattern; {@link #mayReceive} decides of each topic then. */
    boolean maySubscribe(final String identity, final TopicPattern pattern) {
        for (final TopicRule rule : rules) {
            if (isAbout(rule, identity, Action.SUBSCRIBE) && Covering.covers(rule.pattern(), pattern)) {
                return rule.allow();
            }
        }
        return rules.isEmpty();
    }

    /** Whether every topic of a subscription that is granted may be received, so that none needs be asked about. */
    boolean mayReceiveAll(final String identity, final TopicPattern pattern) {
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
