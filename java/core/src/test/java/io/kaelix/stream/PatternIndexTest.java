// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Whom the index finds is whom asking each pattern finds. */
class PatternIndexTest {

    private final PatternIndex<String> index = new PatternIndex<>();

    private void add(final String... patterns) {
        for (final String pattern : patterns) {
            assertThat(index.add(TopicPattern.of(pattern), pattern)).isTrue();
        }
    }

    private List<String> find(final String topic) {
        final List<String> found = new ArrayList<>();
        index.match(Topic.of(topic), found::add);
        return found;
    }

    @Test
    void shouldFindExactTopicsAndWildcards() {
        add("a", "a.b", "a.*", "*.b", "a.>", ">", "*", "*.*", "b.>", "a.b.c");
        assertThat(find("a")).containsExactlyInAnyOrder("a", "*", ">");
        assertThat(find("a.b")).containsExactlyInAnyOrder("a.b", "a.*", "*.b", "a.>", ">", "*.*");
        assertThat(find("a.b.c")).containsExactlyInAnyOrder("a.b.c", "a.>", ">");
        assertThat(find("c")).containsExactlyInAnyOrder("*", ">");
    }

    @Test
    void shouldTakeATokenForNoPartOfAnother() {
        add("ab.c", "a.bc", "a");
        assertThat(find("a.b.c")).isEmpty();
        assertThat(find("ab")).isEmpty();
    }

    @Test
    void shouldTellWhetherItWasThere() {
        add("a.*");
        assertThat(index.add(TopicPattern.of("a.*"), "a.*")).isFalse();
        assertThat(index.remove(TopicPattern.of("a"), "a.*")).isFalse();
        assertThat(index.remove(TopicPattern.of("a.>"), "a.*")).isFalse();
        assertThat(index.remove(TopicPattern.of("b.*"), "a.*")).isFalse();
        assertThat(index.remove(TopicPattern.of("a.*"), "a.*")).isTrue();
        assertThat(index.remove(TopicPattern.of("a.*"), "a.*")).isFalse();
        assertThat(index.isEmpty()).isTrue();
    }

    @Test
    void shouldFindOneWithTwoPatternsTwice() {
        index.add(TopicPattern.of("a.*"), "both");
        index.add(TopicPattern.of("*.b"), "both");
        assertThat(find("a.b")).containsExactly("both", "both");
    }

    /** One of few tokens, so that topics and patterns meet. */
    private static Arbitrary<String> tokens(final String... choice) {
        return Arbitraries.of(choice).list().ofMinSize(1).ofMaxSize(5).map(tokens -> String.join(".", tokens));
    }

    @Provide
    Arbitrary<String> topics() {
        return tokens("a", "b", "c", "ab");
    }

    @Provide
    Arbitrary<String> patterns() {
        final Arbitrary<String> plain = tokens("a", "b", "c", "ab", "*");
        return Arbitraries.oneOf(plain, plain.map(pattern -> pattern + ".>"), Arbitraries.just(">"));
    }

    @Property
    void shouldFindWhatMatches(@ForAll final List<@From("patterns") String> added, @ForAll final List<@From("patterns") String> removed,
            @ForAll final List<@From("topics") String> asked) {
        final PatternIndex<Integer> index = new PatternIndex<>();
        final Map<Integer, TopicPattern> model = new HashMap<>();
        for (final String text : added) {
            final TopicPattern pattern = TopicPattern.of(text);
            model.put(model.size(), pattern);
            index.add(pattern, model.size() - 1);
        }
        for (final String text : removed) {
            // All with this pattern: some of those that were added.
            final TopicPattern pattern = TopicPattern.of(text);
            model.entrySet().removeIf(entry -> entry.getValue().equals(pattern) && index.remove(pattern, entry.getKey()));
        }
        for (final String name : asked) {
            final Topic topic = Topic.of(name);
            final List<Integer> found = new ArrayList<>();
            index.match(topic, found::add);
            assertThat(found).containsExactlyInAnyOrderElementsOf(
                    model.keySet().stream().filter(target -> model.get(target).matches(topic)).toList());
        }
        model.forEach((target, pattern) -> assertThat(index.remove(pattern, target)).isTrue());
        assertThat(index.isEmpty()).as("nothing is left behind").isTrue();
    }
}
