// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.bench.scenario.Catalogue.Entry;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelectionTest {

    private static final List<Entry> ENTRIES = List.of(entry("kaelix", "one-by-one"), entry("kaelix", "batch-64"),
            entry("disruptor", "one-by-one"), entry("queue", "publishers-2"));

    private static Entry entry(final String system, final String mode) {
        return new Entry(system, mode, 1, 1, "1", List.of(), () -> null);
    }

    private static List<String> choose(final List<String> systems, final List<String> modes) {
        return Selection.choose(ENTRIES, systems, modes).stream().map(entry -> entry.system() + " " + entry.mode()).toList();
    }

    @Test
    void shouldTakeAllUnlessTold() {
        assertThat(choose(List.of(), List.of())).hasSize(4);
    }

    @Test
    void shouldTakeWhatHasBothNamesInTheOrderOfTheCatalogue() {
        assertThat(choose(List.of("disruptor", "kaelix"), List.of("one-by-one")))
                .containsExactly("kaelix one-by-one", "disruptor one-by-one");
        assertThat(choose(List.of(), List.of("batch-64"))).containsExactly("kaelix batch-64");
    }

    @Test
    void shouldNameWhatThereIsWhenANameIsUnknown() {
        assertThatThrownBy(() -> choose(List.of("kafka"), List.of()))
                .hasMessage("no system 'kafka'; there are kaelix, disruptor, queue");
        assertThatThrownBy(() -> choose(List.of(), List.of("fast")))
                .hasMessage("no mode 'fast'; there are one-by-one, batch-64, publishers-2");
    }

    @Test
    void shouldRefuseASystemThatHasNoneOfTheModes() {
        assertThatThrownBy(() -> choose(List.of("kaelix", "queue"), List.of("one-by-one")))
                .hasMessage("queue has no mode one-by-one; it has publishers-2");
    }
}
