// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class StreamSetTest {

    private static StreamSet of(final Iterable<Integer> ids) {
        final StreamSet set = new StreamSet();
        ids.forEach(set::add);
        return set;
    }

    @Test
    void shouldHoldNothingAtFirst() {
        final StreamSet set = new StreamSet();
        assertThat(set.isEmpty()).isTrue();
        assertThat(set.contains(0)).isFalse();
        assertThat(set.contains(Integer.MIN_VALUE)).as("of a frame that is corrupt").isFalse();
        assertThat(set.contains(-1)).as("of a frame that is corrupt").isFalse();
        assertThat(set.intersects(new StreamSet())).isFalse();
    }

    @Property
    void shouldHoldWhatWasAdded(@ForAll @Size(max = 50) final List<@IntRange(max = 20_000) Integer> ids,
            @ForAll @Size(max = 50) final List<@IntRange(max = 20_000) Integer> others) {
        final StreamSet set = new StreamSet();
        final Set<Integer> model = new HashSet<>();
        for (final int id : ids) {
            assertThat(set.add(id)).isEqualTo(model.add(id));
            assertThat(set.contains(id)).isTrue();
        }
        assertThat(set.isEmpty()).isEqualTo(model.isEmpty());
        for (int id = 0; id <= 20_100; id++) {
            assertThat(set.contains(id)).isEqualTo(model.contains(id));
        }
        assertThat(set.intersects(of(others))).isEqualTo(others.stream().anyMatch(model::contains));
        assertThat(of(others).intersects(set)).isEqualTo(others.stream().anyMatch(model::contains));
    }

    @Property(tries = 200)
    void shouldMeetWhereTheFirstIsNotTheSame(@ForAll @IntRange(max = 9_000) final int common, @ForAll @IntRange(max = 9_000) final int mine,
            @ForAll @IntRange(max = 9_000) final int other) {
        assertThat(of(List.of(mine, common)).intersects(of(List.of(other, common)))).isTrue();
        assertThat(of(List.of(10_000, mine)).intersects(of(List.of(20_000, other)))).isEqualTo(mine == other);
    }
}
