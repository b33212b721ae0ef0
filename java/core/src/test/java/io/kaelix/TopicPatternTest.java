// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicPatternTest {

    @ParameterizedTest
    @CsvSource({
        "orders.eu, orders.eu, true", "orders.eu, orders.us, false", "orders.eu, orders, false",
        "orders, orders.eu, false", "orders.e, orders.eu, false", "orders.eu, orders.e, false",
        "*, a, true", "*, a.b, false", "*.b, a.b, true", "*.b, b, false", "a.*, a, false", "a.*, a.b, true",
        "a.*, a.b.c, false", "a.*.c, a.b.c, true", "a.*.c, a.c, false", "*.*, a.b, true", "*.*, a, false",
        ">, a, true", ">, a.b.c, true", "a.>, a, false", "a.>, a.b, true", "a.>, a.b.c, true", "a.>, ab.c, false",
        "*.>, a, false", "*.>, a.b, true", "a.*.>, a.b, false", "a.*.>, a.b.c, true",
        "aa, ab, false", "ab, a, false", "A, a, false"})
    void shouldMatchTokenByToken(final String pattern, final String topic, final boolean expected) {
        assertThat(TopicPattern.of(pattern).matches(Topic.of(topic))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.", ".a", "a..b", ">.a", "a.>.b", "*.", "a*", "*a.b", "a.b>", ">>", "**", "a b", "a.*.>.>"})
    void shouldRefuseWhatIsNoTopicWithWildcards(final String text) {
        assertThatThrownBy(() -> TopicPattern.of(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pattern '" + text + "'");
    }

    @Test
    void shouldSayThatTheRestIsTheLastToken() {
        assertThatThrownBy(() -> TopicPattern.of("a.>.b")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be the last token");
        assertThatThrownBy(() -> TopicPattern.of((String) null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void shouldTakeUpTo255Characters() {
        final String longest = "x".repeat(253) + ".*";
        assertThat(TopicPattern.of(longest)).hasToString(longest);
        assertThatThrownBy(() -> TopicPattern.of("x" + longest)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldMatchATopicAlone() {
        assertThat(TopicPattern.of(Topic.of("a.b"))).isEqualTo(new TopicPattern("a.b"));
    }

    @Property(tries = 3_000)
    @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
    void shouldMatchAsTheDefinitionSays(@ForAll("patterns") final List<String> pattern,
            @ForAll("topics") final List<String> topic) {
        final boolean expected = matches(pattern, topic);
        Statistics.collect(expected);
        Statistics.coverage(share -> share.check(true).percentage(percent -> percent > 3));
        assertThat(TopicPattern.of(String.join(".", pattern)).matches(Topic.of(String.join(".", topic)))).isEqualTo(expected);
    }

    /** The definition, in the plainest way. */
    private static boolean matches(final List<String> pattern, final List<String> topic) {
        if (pattern.isEmpty() || topic.isEmpty()) {
            return pattern.isEmpty() && topic.isEmpty();
        }
        final String first = pattern.getFirst();
        return first.equals(">")
                || (first.equals("*") || first.equals(topic.getFirst()))
                        && matches(pattern.subList(1, pattern.size()), topic.subList(1, topic.size()));
    }

    @Provide
    Arbitrary<List<String>> topics() {
        return Arbitraries.of("a", "b", "aa", "ab").list().ofMinSize(1).ofMaxSize(4);
    }

    @Provide
    Arbitrary<List<String>> patterns() {
        final Arbitrary<List<String>> tokens = Arbitraries.of("a", "b", "aa", "ab", "*").list().ofMinSize(1).ofMaxSize(4);
        final Arbitrary<List<String>> rests = tokens.map(list -> Stream.concat(list.stream(), Stream.of(">")).toList());
        return Arbitraries.oneOf(tokens, rests, Arbitraries.just(List.of(">")));
    }
}
