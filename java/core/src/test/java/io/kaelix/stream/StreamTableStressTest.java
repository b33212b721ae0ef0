// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.KaelixException;
import io.kaelix.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Readers without a lock while one writer changes the table.
 *
 * <pre>
 *   this thread: declare, expire, recycle ──► table ◄── find, topic: reader, reader
 * </pre>
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StreamTableStressTest {

    private static final int READERS = 2;
    private static final int STEPS = Boolean.getBoolean("kaelix.long") ? 20_000_000 : 400_000;

    private interface Look {
        void at(SplittableRandom random);
    }

    /** Two threads look again and again, from before the writing begins until it has ended. What goes wrong in one is the test's failure. */
    private static void whileReading(final Look look, final Runnable writing) throws Exception {
        final AtomicBoolean stop = new AtomicBoolean();
        final CountDownLatch begun = new CountDownLatch(READERS);
        final List<FutureTask<Void>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            final SplittableRandom random = new SplittableRandom(i);
            final FutureTask<Void> reader = new FutureTask<>(() -> {
                begun.countDown();
                do {
                    look.at(random);
                } while (!stop.getOpaque());
            }, null);
            readers.add(reader);
            Thread.ofPlatform().daemon().start(reader);
        }
        begun.await();
        try {
            writing.run();
        } finally {
            stop.set(true);
        }
        for (final FutureTask<Void> reader : readers) {
            reader.get();
        }
    }

    private static Topic[] topics(final String name, final int count) {
        final Topic[] topics = new Topic[count];
        for (int i = 0; i < count; i++) {
            topics[i] = Topic.of(name + "-" + i);
        }
        return topics;
    }

    /** The index is small, so that those that stay are moved again and again: whoever misses one while it moves must look once more. */
    @Test
    void shouldAlwaysFindWhatStaysWhileOthersComeAndGo() throws Exception {
        final Topic[] staying = topics("staying", 20);
        final Topic[] passing = topics("passing", 20);
        final Topic[] never = topics("never", 20);
        try (TableFixture fixture = new TableFixture()) {
            final StreamTable table = fixture.table;
            for (final Topic topic : staying) {
                table.declare(topic);
            }
            whileReading(random -> {
                final int which = random.nextInt(staying.length);
                if (table.find(staying[which]) != which) {
                    throw new AssertionError(staying[which] + " was found as " + table.find(staying[which]));
                }
                if (table.find(never[which]) != StreamTable.NOT_FOUND) {
                    throw new AssertionError(never[which] + " was found");
                }
            }, () -> {
                final SplittableRandom random = new SplittableRandom(7);
                for (int step = 0; step < STEPS; step++) {
                    final Topic topic = passing[random.nextInt(passing.length)];
                    final int id = table.find(topic);
                    if (id == StreamTable.NOT_FOUND) {
                        table.declare(topic);
                    } else {
                        table.expire(id);
                        table.recycle(id);
                    }
                }
            });
        }
    }

    /** A table begins with 64 slots: each round doubles them several times, and gives the shorter ones' memory to what comes next. */
    @Test
    void shouldAlwaysFindWhatIsThereWhileTheIndexDoubles() throws Exception {
        final Topic[] topics = topics("topic", 3_000);
        for (int round = 0; round < STEPS / 10_000; round++) {
            try (TableFixture fixture = new TableFixture()) {
                final StreamTable table = fixture.table;
                table.declare(topics[0]);
                whileReading(random -> {
                    final int which = random.nextInt(table.count());
                    if (table.find(topics[which]) != which) {
                        throw new AssertionError(topics[which] + " was found as " + table.find(topics[which]));
                    }
                }, () -> {
                    for (final Topic topic : topics) {
                        table.declare(topic);
                    }
                });
            }
        }
    }

    /** Names of one letter each, whose length goes with it, and whose partition is their length: a mixture of two shows. */
    @Test
    void shouldNeverShowANameThatWasNotGiven() throws Exception {
        final int[] lengths = {3, 12, 24, 31, 32, 60, 200, 255};
        final Topic[] topics = new Topic[lengths.length];
        for (int i = 0; i < lengths.length; i++) {
            topics[i] = Topic.of(String.valueOf((char) ('a' + i)).repeat(lengths[i]));
        }
        try (TableFixture fixture = new TableFixture()) {
            final StreamTable table = fixture.table;
            whileReading(random -> {
                final int limit = table.limit();
                if (limit > 0) {
                    checkTopic(table, random.nextInt(limit), List.of(topics));
                }
                final Topic topic = topics[random.nextInt(topics.length)];
                table.find(topic.name(), topic.name().length());
                if (table.find(topic.name(), 0) != StreamTable.NOT_FOUND) {
                    throw new AssertionError(topic + " was found without a partition");
                }
            }, () -> {
                final SplittableRandom random = new SplittableRandom(11);
                for (int step = 0; step < STEPS; step++) {
                    final Topic topic = topics[random.nextInt(topics.length)];
                    final int length = topic.name().length();
                    final int id = table.declare(topic, length, 256);
                    if (table.partition(id) != length || table.find(topic.name(), length) != id) {
                        throw new AssertionError(topic + " is not what was declared");
                    }
                    if (random.nextInt(4) != 0) {
                        table.expire(id);
                        table.recycle(id);
                    }
                }
            });
        }
    }

    private static void checkTopic(final StreamTable table, final int id, final List<Topic> known) {
        final int generation = table.generation(id);
        // Behind the generation, which an expired stream and the next one share.
        final boolean active = table.state(id) == StreamState.ACTIVE;
        try {
            final Topic topic = table.topic(id);
            if (!known.contains(topic)) {
                throw new AssertionError("a name that nobody gave: " + topic);
            }
            if (active && table.state(id) == StreamState.ACTIVE && table.generation(id) == generation && table.topic(id) != topic
                    && table.generation(id) == generation) {
                throw new AssertionError("two topics of stream " + id + ": " + topic + ", " + table.topic(id));
            }
        } catch (final KaelixException recycled) {
            assertThat(recycled).hasMessageContaining("not in use");
        }
    }

    @Test
    void shouldThrowAndNotCrashWhenClosedWhileItIsRead() throws Exception {
        final Topic[] topics = topics("a-name-of-more-than-31-characters", 2_000);
        for (int round = 0; round < STEPS / 4_000; round++) {
            final TableFixture fixture = new TableFixture();
            final StreamTable table = fixture.table;
            for (final Topic topic : topics) {
                table.declare(topic);
            }
            whileReading(random -> {
                final int which = random.nextInt(topics.length);
                try {
                    final int found = table.find(topics[which]);
                    if (found != which || !table.topic(which).equals(topics[which])) {
                        throw new AssertionError(topics[which] + " was found as " + found);
                    }
                } catch (final IllegalStateException closed) {
                    assertThat(closed).hasMessageMatching(".*([Cc]losed).*");
                }
            }, () -> {
                Thread.onSpinWait();
                fixture.close();
            });
        }
    }
}
