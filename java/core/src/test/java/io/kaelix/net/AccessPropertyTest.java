// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.TopicRule;
import io.kaelix.TopicRule.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Rules against all topics of up to four tokens of three letters, one of which no pattern names: no pattern here tells longer or other
 * topics apart.
 */
class AccessPropertyTest {

    private static final List<String> TOPICS = topics();

    private static List<String> topics() {
        final List<String> topics = new ArrayList<>();
        List<String> longest = List.of("");
        for (int tokens = 1; tokens <= 4; tokens++) {
            final List<String> longer = new ArrayList<>();
            for (final String topic : longest) {
                for (final String token : List.of("a", "b", "z")) {
                    longer.add(topic.isEmpty() ? token : topic + '.' + token);
                }
            }
            topics.addAll(longer);
            longest = longer;
        }
        return topics;
    }

    @Provide
    Arbitrary<TopicPattern> patterns() {
        final Arbitrary<String> heads = Arbitraries.of("a", "b", "*").list().ofMinSize(1).ofMaxSize(3).map(tokens -> String.join(".", tokens));
        return Arbitraries.oneOf(heads, heads.filter(head -> head.length() < 4).map(head -> head + ".>"), Arbitraries.just(">"))
                .map(TopicPattern::of);
    }

    @Provide
    Arbitrary<List<TopicRule>> rules() {
        return Combinators.combine(Arbitraries.of("alice", "bob", "*"), Arbitraries.of(true, false), Arbitraries.of(Action.class), patterns())
                .as(TopicRule::new).list().ofMaxSize(6);
    }

    /** Matching by another way. */
    private static boolean matches(final TopicPattern pattern, final String topic) {
        return Pattern.matches(pattern.text().replace(".", "\\.").replace("*", "[^.]+").replace(">", ".+"), topic);
    }

    private static boolean oracle(final List<TopicRule> rules, final String identity, final Action action, final String topic) {
        return rules.isEmpty() || rules.stream()
                .filter(rule -> List.of("*", identity).contains(rule.identity()) && List.of(Action.BOTH, action).contains(rule.action())
                        && matches(rule.pattern(), topic))
                .map(TopicRule::allow).findFirst().orElse(false);
    }

    @Property
    void shouldCoverAPatternWhoseTopicsAreAllInTheOther(@ForAll("patterns") final TopicPattern outer, @ForAll("patterns") final TopicPattern inner) {
        assertThat(Covering.covers(outer, inner)).isEqualTo(
                TOPICS.stream().filter(topic -> matches(inner, topic)).allMatch(topic -> matches(outer, topic)));
    }

    @Property
    void shouldOverlapIfATopicIsInBoth(@ForAll("patterns") final TopicPattern one, @ForAll("patterns") final TopicPattern other) {
        assertThat(Covering.overlap(one, other)).isEqualTo(Covering.overlap(other, one)).isEqualTo(
                TOPICS.stream().anyMatch(topic -> matches(one, topic) && matches(other, topic)));
    }

    @Property(tries = 300)
    void shouldDecideOfEachTopicAsTheFirstRuleThatFits(@ForAll("rules") final List<TopicRule> rules) {
        final Access access = new Access(rules);
        for (final String topic : TOPICS) {
            assertThat(access.mayPublish("alice", Topic.of(topic))).isEqualTo(oracle(rules, "alice", Action.PUBLISH, topic));
            assertThat(access.mayReceive("alice", Topic.of(topic))).isEqualTo(oracle(rules, "alice", Action.SUBSCRIBE, topic));
        }
    }

    @Property(tries = 2_000)
    void shouldGrantPatternsOnlyOfTopicsThatAreAllowedOrDeniedOnPurpose(@ForAll("rules") final List<TopicRule> rules,
            @ForAll("patterns") final TopicPattern pattern) {
        final Access access = new Access(rules);
        final List<String> wanted = TOPICS.stream().filter(topic -> matches(pattern, topic)).toList();
        final List<String> denied = wanted.stream().filter(topic -> !oracle(rules, "alice", Action.SUBSCRIBE, topic)).toList();
        if (access.maySubscribe("alice", pattern)) {
            final List<TopicPattern> named = rules.stream().filter(rule -> !rule.allow()).map(TopicRule::pattern).toList();
            assertThat(denied).allMatch(topic -> named.stream().anyMatch(deny -> matches(deny, topic)));
            if (access.mayReceiveAll("alice", pattern)) {
                assertThat(denied).isEmpty();
            }
        } else {
            // Nobody is refused whom a single rule grants the whole of it.
            assertThat(rules).isNotEmpty();
            assertThat(access.mayReceiveAll("alice", pattern)).isFalse();
        }
        if (wanted.size() == 1 && pattern.text().indexOf('*') < 0 && pattern.text().indexOf('>') < 0) {
            assertThat(access.maySubscribe("alice", pattern)).isEqualTo(denied.isEmpty());
        }
    }
}
