// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is declared, expired and recycled, in whatever order: the table knows what a map and two sets know. */
class StreamTablePropertyTest {

    private enum Action { DECLARE, FIND, EXPIRE, RECYCLE, TOPIC }

    /** Name: a number, at one of a few lengths, so that names meet again and share their beginnings. */
    private record Step(Action action, int number, int length) {

        String name() {
            return "s".repeat(length) + number;
        }
    }

    @Property(tries = 200)
    void shouldKnowWhatAMapKnows(@ForAll("steps") final List<Step> steps) {
        final Map<String, Integer> active = new HashMap<>();
        final Map<Integer, String> expired = new HashMap<>();
        final Set<Integer> free = new HashSet<>();
        final Map<Integer, Integer> generations = new HashMap<>();
        try (TableFixture fixture = new TableFixture()) {
            final StreamTable table = fixture.table;
            for (final Step step : steps) {
                switch (step.action) {
                    case DECLARE -> {
                        final int limit = table.limit();
                        final int id = fixture.declare(step.name());
                        if (active.containsKey(step.name())) {
                            assertThat(id).isEqualTo(active.get(step.name()));
                        } else {
                            assertThat(free.isEmpty() ? id == limit : free.remove(id)).as("%d is free", id).isTrue();
                            active.put(step.name(), id);
                        }
                    }
                    case FIND -> assertThat(fixture.find(step.name())).isEqualTo(active.getOrDefault(step.name(), -1));
                    case EXPIRE -> {
                        final Integer id = active.remove(step.name());
                        if (id != null) {
                            assertThat(table.expire(id)).isTrue();
                            expired.put(id, step.name());
                            generations.merge(id, 1, Integer::sum);
                        }
                    }
                    case RECYCLE -> {
                        final List<Integer> ids = new ArrayList<>(expired.keySet());
                        if (!ids.isEmpty()) {
                            final int id = ids.get(step.number % ids.size());
                            table.recycle(id);
                            expired.remove(id);
                            free.add(id);
                        }
                    }
                    case TOPIC -> {
                        final Integer id = active.get(step.name());
                        if (id != null) {
                            assertThat(table.topic(id)).isEqualTo(Topic.of(step.name())).isSameAs(table.topic(id));
                        }
                    }
                }
                assertThat(table.count()).isEqualTo(active.size());
            }
            final Set<Integer> shown = new HashSet<>();
            table.forEach(shown::add);
            assertThat(shown).isEqualTo(new HashSet<>(active.values()));
            active.forEach((name, id) -> {
                assertThat(fixture.find(name)).isEqualTo(id);
                assertThat(table.topic(id).name()).isEqualTo(name);
            });
            expired.forEach((id, name) -> assertThat(table.topic(id).name()).isEqualTo(name));
            assertThat(table.limit()).isEqualTo(active.size() + expired.size() + free.size());
            for (int id = 0; id < table.limit(); id++) {
                assertThat(table.generation(id)).isEqualTo(generations.getOrDefault(id, 0));
            }
        }
    }

    /** Few names, so that most steps do something; enough for the index to be nearly full, to double, and to wrap round its end. */
    @Provide
    Arbitrary<List<Step>> steps() {
        return Arbitraries.integers().between(10, 400).flatMap(names -> Combinators.combine(
                Arbitraries.of(Action.DECLARE, Action.DECLARE, Action.DECLARE, Action.EXPIRE, Action.EXPIRE, Action.FIND, Action.RECYCLE,
                        Action.TOPIC),
                Arbitraries.integers().between(0, names - 1),
                Arbitraries.of(0, 22, 30, 120)).as(Step::new).list().ofMinSize(50).ofMaxSize(3_000));
    }
}
