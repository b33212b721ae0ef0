// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.Topic;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One thread's view of the table: names, ids, their life, and its limits. */
class StreamTableTest {

    private final TableFixture fixture = new TableFixture();
    private final StreamTable table = fixture.table;

    @AfterEach
    void close() {
        fixture.close();
    }

    private static String name(final int length, final char last) {
        return "n".repeat(length - 1) + last;
    }

    @Test
    void shouldGiveDenseIdsAndTheSameOneAgain() {
        assertThat(fixture.declare("a")).isZero();
        assertThat(fixture.declare("b.c")).isEqualTo(1);
        assertThat(fixture.declare("a")).isZero();
        assertThat(fixture.find("a")).isZero();
        assertThat(table.find(Topic.of("b.c"))).isEqualTo(1);
        assertThat(fixture.find("b")).isEqualTo(StreamTable.NOT_FOUND);
        assertThat(table.count()).isEqualTo(2);
        assertThat(table.limit()).isEqualTo(2);
    }

    /** Around the ends of words, of what is inline, and of what names may have. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 9, 15, 16, 17, 23, 24, 25, 30, 31, 32, 33, 39, 40, 41, 100, 254, 255})
    void shouldTellNamesApartThatDifferInTheirLastCharacter(final int length) {
        final int a = fixture.declare(name(length, 'a'));
        final int b = fixture.declare(name(length, 'b'));
        assertThat(a).isNotEqualTo(b);
        assertThat(fixture.find(name(length, 'a'))).isEqualTo(a);
        assertThat(fixture.find(name(length, 'b'))).isEqualTo(b);
        assertThat(fixture.find(name(length, 'c'))).isEqualTo(StreamTable.NOT_FOUND);
        assertThat(table.topic(a).name()).isEqualTo(name(length, 'a'));
        assertThat(table.topic(b).name()).isEqualTo(name(length, 'b'));
        if (length < Topic.MAX_LENGTH) {
            assertThat(fixture.find(name(length, 'a') + 'n')).isEqualTo(StreamTable.NOT_FOUND);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0", "a\0", "\u0141", "a\u0100", "\u6161\u0000", "a ", "ä", "\u0100aaaaaaa", "aaaaaaa\u0080"})
    void shouldNotFindWhatNoTopicIsCalled(final String name) {
        fixture.declare("a");
        fixture.declare("A");
        fixture.declare("aa");
        fixture.declare("aaaaaaaa");
        assertThat(fixture.find(name)).isEqualTo(StreamTable.NOT_FOUND);
        assertThat(fixture.find(name + "a".repeat(Topic.MAX_LENGTH))).isEqualTo(StreamTable.NOT_FOUND);
    }

    @Test
    void shouldFindBytesInNativeMemoryWithoutReadingBeyondThem() {
        try (Arena arena = Arena.ofConfined()) {
            final int id = fixture.declare("orders.eu.new");
            final MemorySegment exact = arena.allocate(13);
            exact.copyFrom(MemorySegment.ofArray("orders.eu.new".getBytes()));
            assertThat(table.find(exact, 0, 13, 0)).isEqualTo(id);
            assertThat(table.find(exact, 1, 12, 0)).isEqualTo(StreamTable.NOT_FOUND);
            assertThatThrownBy(() -> table.find(exact, 1, 13, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void shouldMakeATopicOnceAndKeepIt() {
        final int id = fixture.declare("a.b");
        fixture.declare("c");
        final Topic topic = table.topic(id);
        assertThat(topic).isEqualTo(Topic.of("a.b"));
        assertThat(table.topic(id)).isSameAs(topic);
    }

    @Test
    void shouldRefuseTheTopicOfAnIdThatNoFrameCanHave() {
        fixture.declare("a");
        for (final int id : new int[] {-1, 1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> table.topic(id)).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("names stream " + id);
            assertThatThrownBy(() -> table.state(id)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no stream has the id " + id);
        }
    }

    @Test
    void shouldKeepPartitionsApart() {
        final List<Integer> ids = new ArrayList<>();
        for (int partition = 0; partition < 4; partition++) {
            ids.add(table.declare(Topic.of("orders"), partition, 4));
        }
        assertThat(ids).doesNotHaveDuplicates();
        for (int partition = 0; partition < 4; partition++) {
            final int id = ids.get(partition);
            assertThat(table.declare(Topic.of("orders"), partition, 4)).isEqualTo(id);
            assertThat(fixture.find("orders", partition)).isEqualTo(id);
            assertThat(table.partition(id)).isEqualTo(partition);
            assertThat(table.partitions(id)).isEqualTo(4);
            assertThat(table.topic(id).name()).isEqualTo("orders");
        }
        assertThat(fixture.find("orders", 4)).isEqualTo(StreamTable.NOT_FOUND);
        final int last = table.declare(Topic.of("wide"), StreamTable.MAX_PARTITIONS - 1, StreamTable.MAX_PARTITIONS);
        assertThat(table.partition(last)).isEqualTo(65_534);
        assertThat(table.partitions(last)).isEqualTo(65_535);
    }

    @Test
    void shouldRefusePartitionsThatCannotBeOrDoNotAgree() {
        final Topic topic = Topic.of("orders");
        for (final int[] wrong : new int[][] {{-1, 1}, {1, 1}, {0, 0}, {0, StreamTable.MAX_PARTITIONS + 1}}) {
            assertThatThrownBy(() -> table.declare(topic, wrong[0], wrong[1])).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("topic orders").hasMessageContaining("partition " + wrong[0] + " of " + wrong[1]);
        }
        table.declare(topic, 1, 4);
        assertThatThrownBy(() -> table.declare(topic, 1, 8)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has 4 partitions, not 8");
        assertThat(table.count()).isEqualTo(1);
    }

    @Test
    void shouldTellWhenItWasDeclared() {
        final int id = fixture.declare("a");
        fixture.now = 2_000;
        fixture.declare("a");
        assertThat(table.createdMillis(id)).isEqualTo(1_000);
        assertThat(table.declaredMillis(id)).isEqualTo(2_000);
    }

    @Test
    void shouldUseAnIdAgainOnlyOnceItIsRecycled() {
        final int old = fixture.declare("a");
        final Topic topic = table.topic(old);
        assertThat(table.expire(old)).isTrue();

        assertThat(fixture.find("a")).isEqualTo(StreamTable.NOT_FOUND);
        assertThat(table.state(old)).isEqualTo(StreamState.EXPIRED);
        assertThat(table.generation(old)).isEqualTo(1);
        assertThat(table.topic(old)).as("frames of it may be under way").isSameAs(topic);
        assertThat(table.expire(old)).isFalse();
        assertThat(table.count()).isZero();
        final int second = fixture.declare("a");
        assertThat(second).isNotEqualTo(old);

        table.recycle(old);
        assertThat(table.state(old)).isEqualTo(StreamState.FREE);
        assertThatThrownBy(() -> table.topic(old)).isInstanceOf(KaelixException.class).hasMessageContaining("not in use");
        final int third = fixture.declare("b");
        assertThat(third).isEqualTo(old);
        assertThat(table.state(third)).isEqualTo(StreamState.ACTIVE);
        assertThat(table.generation(third)).isEqualTo(1);
        assertThat(table.topic(third).name()).isEqualTo("b");
        assertThat(fixture.find("a")).isEqualTo(second);
    }

    @Test
    void shouldRecycleOnlyWhatHasExpired() {
        final int id = fixture.declare("a");
        assertThatThrownBy(() -> table.recycle(id)).isInstanceOf(IllegalStateException.class).hasMessageContaining("stream 0 is ACTIVE");
        table.expire(id);
        table.recycle(id);
        assertThatThrownBy(() -> table.recycle(id)).isInstanceOf(IllegalStateException.class).hasMessageContaining("stream 0 is FREE");
        assertThat(fixture.declare("b")).isEqualTo(id);
        assertThat(fixture.declare("c")).isNotEqualTo(id);
    }

    @Test
    void shouldShowActiveStreamsInOrder() {
        for (int i = 0; i < 1_000; i++) {
            fixture.declare("s" + i);
        }
        for (int i = 0; i < 1_000; i += 2) {
            table.expire(i);
        }
        final List<Integer> shown = new ArrayList<>();
        table.forEach(shown::add);
        assertThat(shown).hasSize(500).isSorted().allMatch(id -> id % 2 == 1);
    }

    @Test
    void shouldCostAFewPagesForAFewStreams() {
        final long before = fixture.arena.statistics().used();
        for (int i = 0; i < 3; i++) {
            fixture.declare("topic-with-a-name-of-more-than-31-characters-" + i);
        }
        assertThat(fixture.arena.statistics().used() - before).isBetween(1L, 40_000L);
    }

    @Test
    void shouldNotGrowWhenNamesOfTheSameLengthsComeAndGo() {
        long used = 0;
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 1_000; i++) {
                final String name = "round-" + (10 + round) + "-" + i + "-";
                assertThat(fixture.declare(name + "x".repeat(20 + i / 5))).isLessThan(1_000);
            }
            for (int i = 0; i < 1_000; i++) {
                table.expire(i);
                table.recycle(i);
            }
            used = round == 0 ? fixture.arena.statistics().used() : used;
        }
        assertThat(fixture.arena.statistics().used()).isEqualTo(used);
        assertThat(table.count()).isZero();
    }

    @Test
    void shouldRefuseMoreStreamsThanItMayHold() {
        try (TableFixture small = new TableFixture(64L << 20, 3)) {
            for (int i = 0; i < 3; i++) {
                small.declare("s" + i);
            }
            assertThatThrownBy(() -> small.declare("d")).isInstanceOf(KaelixException.class)
                    .hasMessageContaining("cannot add stream 'd'").hasMessageContaining("there are 3 already");
            assertThat(small.declare("s1")).isEqualTo(1);
            small.table.expire(1);
            assertThatThrownBy(() -> small.declare("d")).as("not recycled").isInstanceOf(KaelixException.class);
            small.table.recycle(1);
            assertThat(small.declare("d")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 250})
    void shouldStayWholeWhenMemoryRunsOut(final int nameLength) {
        try (TableFixture small = new TableFixture(4L << 20, StreamTable.MAX_STREAMS)) {
            final String format = "%0" + nameLength + "d";
            final Exception refused = fill(small, format);
            final int count = small.table.count();
            assertThat(refused).isInstanceOf(KaelixException.class).hasMessageContaining("to " + count + " others")
                    .hasMessageContaining("memory limit reached").hasMessageContaining(String.valueOf(4L << 20));
            assertThat(small.find(format.formatted(count))).isEqualTo(StreamTable.NOT_FOUND);
            for (int i = 0; i < count; i++) {
                assertThat(small.find(format.formatted(i))).isEqualTo(i);
            }
            small.table.expire(count / 2);
            small.table.recycle(count / 2);
            assertThat(small.declare(format.formatted(count))).isEqualTo(count / 2);
            assertThat(small.table.topic(count / 2).name()).isEqualTo(format.formatted(count));
        }
    }

    private static Exception fill(final TableFixture small, final String format) {
        for (int i = 0;; i++) {
            try {
                assertThat(small.declare(format.formatted(i))).isEqualTo(i);
            } catch (final KaelixException e) {
                return e;
            }
        }
    }

    @Test
    void shouldGiveItsMemoryBackAndSaySoWhenItIsClosed() {
        final int id = fixture.declare("a");
        final int other = fixture.declare("b");
        final Topic topic = table.topic(id);
        table.close();
        table.close();
        assertThat(fixture.arena.statistics().used()).isZero();
        assertThat(table.topic(id)).isSameAs(topic);
        final List<Runnable> calls = List.of(() -> fixture.declare("a"), () -> table.find("a", 0), () -> table.topic(other),
                () -> table.expire(id), () -> table.recycle(id), () -> table.state(id), () -> table.declaredMillis(id),
                () -> table.forEach(shown -> { }));
        for (final Runnable call : calls) {
            assertThatThrownBy(call::run).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        }
    }
}
