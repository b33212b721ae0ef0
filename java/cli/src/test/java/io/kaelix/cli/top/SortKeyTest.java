// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The order of rows. */
class SortKeyTest {

    private final Picture shop = Picture.of(new Interval(MadeUp.shop(59), MadeUp.shop(60)));

    @ParameterizedTest
    @CsvSource({"RATE,orders.us#2", "BYTES,orders.eu#1", "LOST,orders.eu#1", "NAME,orders.eu#1", "LAG,orders.us#2", "CPU,orders.us#2"})
    void shouldPutLanesFirst(final SortKey key, final String first) {
        assertThat(shop.lanes().stream().sorted(key.lanes()).findFirst().orElseThrow().name()).isEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource({"RATE,orders.**#1", "BYTES,orders.eu#2", "LOST,orders.eu#2", "NAME,orders.**#1", "LAG,orders.eu#2"})
    void shouldPutSubscribersFirst(final SortKey key, final String first) {
        assertThat(shop.subscribers().stream().sorted(key.subscribers()).findFirst().orElseThrow().name()).isEqualTo(first);
    }

    @Test
    void shouldSortWorkersByWhatTheyUse() {
        final List<Picture.Worker> workers = Stream.of(worker("worker 10", 0.1, 7), worker("worker 9", 0.9, 5), worker("worker 2",
                Double.NaN, 6)).toList();
        assertThat(names(workers, SortKey.CPU)).containsExactly("worker 9", "worker 10", "worker 2");
        assertThat(names(workers, SortKey.RATE)).containsExactly("worker 10", "worker 2", "worker 9");
        assertThat(names(workers, SortKey.LAG)).containsExactly("worker 2", "worker 9", "worker 10");
    }

    private static List<String> names(final List<Picture.Worker> workers, final SortKey key) {
        return workers.stream().sorted(key.workers()).map(Picture.Worker::name).toList();
    }

    private static Picture.Worker worker(final String name, final double used, final double tasks) {
        return new Picture.Worker(name, null, null, used, tasks, 0, 0, null);
    }

    @Test
    void shouldCompareNumbersInNamesByValue() {
        assertThat(Stream.of("a#10", "a#9", "a", "a#9b", "b#1", "a#99999999999999999999999", "").sorted(
                (Comparator<String>) SortKey::byName)).containsExactly("", "a", "a#9", "a#9b", "a#10", "a#99999999999999999999999", "b#1");
    }

    @Test
    void shouldKnowItselfByItsLabel() {
        for (final SortKey key : SortKey.values()) {
            assertThat(SortKey.ofLabel(key.label())).isEqualTo(key);
        }
        assertThat(SortKey.ofLabel("RATE")).isNull();
        assertThat(SortKey.labels()).isEqualTo("rate, bytes, lag, lost, cpu, name");
    }
}
