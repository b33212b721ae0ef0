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
    void shouldCoverAPatternWhoseTopicsAreAllInTheOther(@ForAll("patterns") final TopicPattern outer,
            @ForAll("patterns") final TopicPattern inner) {
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
            assertThat(access.maySubscribe("alice", TopicPattern.of(topic))).isEqualTo(oracle(rules, "alice", Action.SUBSCRIBE, topic));
        }
    }

    @Property(tries = 2_000)
    void shouldGrantPatternsOnlyIfAllTheirTopicsAreAllowed(@ForAll("rules") final List<TopicRule> rules,
            @ForAll("patterns") final TopicPattern pattern) {
        final boolean isAllAllowed = TOPICS.stream().filter(topic -> matches(pattern, topic))
                .allMatch(topic -> oracle(rules, "alice", Action.SUBSCRIBE, topic));
        if (new Access(rules).maySubscribe("alice", pattern)) {
            assertThat(isAllAllowed).isTrue();
        } else if (isAllAllowed) {
            // Only where it takes several rules together to allow all of it.
            assertThat(rules.stream().filter(TopicRule::allow).filter(rule -> Covering.overlap(rule.pattern(), pattern))).hasSizeGreaterThan(1);
        }
    }
}
