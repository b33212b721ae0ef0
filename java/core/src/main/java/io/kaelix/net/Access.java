// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.ListenConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.TopicRule;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

/** Who a client is, and what it may do. */
final class Access {

    private Access() {
    }

    /** Who a client is by its certificate or token; null if it is nobody that may connect. */
    static String identity(final ListenConfig config, final Transport transport, final String token) {
        String found = null;
        for (final var entry : config.tokens().entrySet()) {
            if (MessageDigest.isEqual(entry.getKey().getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8))) {
                found = entry.getValue();
            }
        }
        return !config.tokens().isEmpty() ? found : transport.identity() != null ? transport.identity() : ListenConfig.ANYONE;
    }

    private static boolean fits(final TopicRule rule, final String identity, final TopicRule.Action action) {
        return (rule.identity().equals(TopicRule.EVERYBODY) || rule.identity().equals(identity))
                && (rule.action() == TopicRule.Action.BOTH || rule.action() == action);
    }

    static boolean allows(final List<TopicRule> rules, final String identity, final TopicRule.Action action, final Topic topic) {
        for (final TopicRule rule : rules) {
            if (fits(rule, identity, action) && rule.pattern().matches(topic)) {
                return rule.allow();
            }
        }
        return rules.isEmpty();
    }

    static boolean allows(final List<TopicRule> rules, final String identity, final TopicPattern pattern) {
        for (final TopicRule rule : rules) {
            if (fits(rule, identity, TopicRule.Action.SUBSCRIBE) && (rule.pattern().equals(pattern) || rule.pattern().text().equals(">"))) {
                return rule.allow();
            }
        }
        return rules.isEmpty();
    }
}
