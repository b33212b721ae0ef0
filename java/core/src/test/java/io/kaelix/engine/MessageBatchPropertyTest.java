// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Field;
import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.MessageBatch;
import io.kaelix.MessageBuilder;
import io.kaelix.Predicate;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.StreamPublisher;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.TopicPattern;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Batches and predicates, whatever is sent, beside a subscriber that gets every message by itself and a loop over what it got. */
class MessageBatchPropertyTest {

    private static final double[] DOUBLES = {0.0, -0.0, 1.0, -1.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 2.5};
    private static final long[] LONGS = {Long.MIN_VALUE, Long.MAX_VALUE, Integer.MIN_VALUE, Integer.MAX_VALUE};

    /** A message as a loop sees it. */
    private record Sent(int stream, long sequence, long timestamp, byte[] payload) {

        static Sent of(final Message message) {
            return new Sent(message.streamId(), message.sequence(), message.timestamp(), message.toByteArray());
        }

        private ByteBuffer buffer() {
            return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        }

        boolean has(final Field field) {
            return field.offset() + field.bytes() <= payload.length;
        }

        long integer(final Field field) {
            return field instanceof Field.Int32 ? buffer().getInt(field.offset()) : buffer().getLong(field.offset());
        }

        double number(final Field.Float64 field) {
            return buffer().getDouble(field.offset());
        }

        boolean isIntact() {
            if (payload.length < 4) {
                return false;
            }
            final CRC32C crc = new CRC32C();
            crc.update(payload, 0, payload.length - 4);
            return (int) crc.getValue() == buffer().getInt(payload.length - 4);
        }

        /** As text, so that lists of them compare. */
        @Override
        public String toString() {
            return stream + "#" + sequence + "@" + timestamp + ":" + java.util.HexFormat.of().formatHex(payload);
        }
    }

    /** A predicate, and the same by Java's operators. */
    private record Wanted(Predicate predicate, java.util.function.Predicate<Sent> holds) {
    }

    private static Wanted random(final Random random) {
        final int offset = random.nextInt(3) == 0 ? random.nextInt(30) : 8 * random.nextInt(2);
        final int relation = random.nextInt(7);
        if (random.nextInt(3) == 0) {
            final double low = DOUBLES[random.nextInt(DOUBLES.length)];
            final double high = DOUBLES[random.nextInt(DOUBLES.length)];
            final Field.Float64 field = Field.float64(offset);
            final Predicate predicate = switch (relation) {
                case 0 -> field.greaterThan(low);
                case 1 -> field.atLeast(low);
                case 2 -> field.lessThan(low);
                case 3 -> field.atMost(low);
                case 4 -> field.equalTo(low);
                case 5 -> field.notEqualTo(low);
                default -> field.between(low, high);
            };
            return new Wanted(predicate, sent -> {
                if (!sent.has(field)) {
                    return false;
                }
                final double value = sent.number(field);
                return switch (relation) {
                    case 0 -> value > low;
                    case 1 -> value >= low;
                    case 2 -> value < low;
                    case 3 -> value <= low;
                    case 4 -> value == low;
                    case 5 -> value != low;
                    default -> value >= low && value <= high;
                };
            });
        }
        final long some = random.nextInt(4) == 0 ? LONGS[random.nextInt(LONGS.length)] : random.nextInt(-2, 3);
        final long other = random.nextInt(-2, 4);
        final boolean isInt = random.nextBoolean();
        final long low = isInt ? (int) some : some;
        final Field.Int32 narrow = Field.int32(offset);
        final Field.Int64 wide = Field.int64(offset);
        final Predicate predicate = switch (relation) {
            case 0 -> isInt ? narrow.greaterThan((int) low) : wide.greaterThan(low);
            case 1 -> isInt ? narrow.atLeast((int) low) : wide.atLeast(low);
            case 2 -> isInt ? narrow.lessThan((int) low) : wide.lessThan(low);
            case 3 -> isInt ? narrow.atMost((int) low) : wide.atMost(low);
            case 4 -> isInt ? narrow.equalTo((int) low) : wide.equalTo(low);
            case 5 -> isInt ? narrow.notEqualTo((int) low) : wide.notEqualTo(low);
            default -> isInt ? narrow.between((int) low, (int) other) : wide.between(low, other);
        };
        final Field field = isInt ? narrow : wide;
        return new Wanted(predicate, sent -> {
            if (!sent.has(field)) {
                return false;
            }
            final long value = sent.integer(field);
            return switch (relation) {
                case 0 -> value > low;
                case 1 -> value >= low;
                case 2 -> value < low;
                case 3 -> value <= low;
                case 4 -> value == low;
                case 5 -> value != low;
                default -> value >= low && value <= other;
            };
        });
    }

    private static byte[] payload(final Random random, final int length) {
        final ByteBuffer payload = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i + 8 <= length; i += 8) {
            payload.putLong(i, switch (random.nextInt(3)) {
                case 0 -> LONGS[random.nextInt(LONGS.length)];
                case 1 -> Double.doubleToRawLongBits(DOUBLES[random.nextInt(DOUBLES.length)]);
                default -> random.nextInt(-2, 3);
            });
        }
        if (length >= 4 && random.nextInt(3) > 0) {
            final CRC32C crc = new CRC32C();
            crc.update(payload.array(), 0, length - 4);
            payload.putInt(length - 4, (int) crc.getValue());
        }
        return payload.array();
    }

    /** Sends until it is enough, or one of the lanes is full. */
    private static void send(final Random random, final StreamPublisher[] publishers, final int[] streams) {
        final MessageBuilder builder = Message.builder();
        int length = 24;
        for (int count = random.nextInt(1, random.nextInt(5) == 0 ? 2000 : 60); count > 0; count--) {
            length = random.nextInt(5) == 0 ? random.nextInt(random.nextInt(10) == 0 ? 3000 : 60) : length;
            builder.clear().payload(payload(random, length));
            if (random.nextInt(4) == 0) {
                builder.timestamp(random.nextLong(1, 1000));
            }
            if (random.nextInt(6) == 0) {
                builder.header("key" + random.nextInt(3), "value");
            }
            if (publishers[random.nextInt(publishers.length)].offer(streams[random.nextInt(streams.length)], builder) < 0) {
                return;
            }
        }
    }

    private static List<Sent> pollAll(final Subscriber subscriber, final int limit) {
        final List<Sent> received = new ArrayList<>();
        for (int idle = 0; idle < 3;) {
            idle = subscriber.poll(message -> received.add(Sent.of(message)), limit) > 0 ? 0 : idle + 1;
        }
        return received;
    }

    private static Map<Integer, List<String>> byStream(final List<Sent> sent) {
        final Map<Integer, List<String>> streams = new HashMap<>();
        sent.forEach(each -> streams.computeIfAbsent(each.stream, id -> new ArrayList<>()).add(each.toString()));
        // Between publishers there is no order.
        streams.values().forEach(list -> list.sort(null));
        return streams;
    }

    private static void checkAll(final Random random, final MessageBatch batch) {
        final List<Sent> all = new ArrayList<>();
        batch.forEachSelected(message -> all.add(Sent.of(message)));
        assertThat(all).hasSize(batch.size());
        assertThat(batch.lengths().toArray(ValueLayout.JAVA_INT)).isEqualTo(all.stream().mapToInt(each -> each.payload.length).toArray());
        assertThat(batch.streamIds().toArray(ValueLayout.JAVA_INT)).isEqualTo(all.stream().mapToInt(Sent::stream).toArray());
        assertThat(batch.sequences().toArray(ValueLayout.JAVA_INT)).isEqualTo(all.stream().mapToInt(each -> (int) each.sequence).toArray());
        assertThat(batch.timestamps().toArray(ValueLayout.JAVA_LONG)).isEqualTo(all.stream().mapToLong(Sent::timestamp).toArray());
        for (int i = 0; i < 3; i++) {
            batch.clearSelection();
            List<Sent> selected = all;
            for (int narrowed = random.nextInt(3); narrowed > 0; narrowed--) {
                final Wanted wanted = random(random);
                if (random.nextInt(6) == 0) {
                    batch.whereChecksumHolds();
                    selected = selected.stream().filter(Sent::isIntact).toList();
                }
                batch.where(wanted.predicate);
                selected = selected.stream().filter(wanted.holds).toList();
            }
            checkSelected(random, batch, selected);
        }
    }

    private static void checkSelected(final Random random, final MessageBatch batch, final List<Sent> selected) {
        final List<String> handed = new ArrayList<>();
        batch.forEachSelected(message -> handed.add(Sent.of(message).toString()));
        assertThat(handed).isEqualTo(selected.stream().map(Sent::toString).toList());
        final int offset = random.nextInt(3) == 0 ? random.nextInt(40) : 8 * random.nextInt(2);
        final Field.Int64 wide = Field.int64(offset);
        final Field.Int32 narrow = Field.int32(offset);
        final Field.Float64 number = Field.float64(offset);
        final List<Sent> withWide = selected.stream().filter(sent -> sent.has(wide)).toList();
        final List<Sent> withNarrow = selected.stream().filter(sent -> sent.has(narrow)).toList();
        assertThat(batch.count(wide)).isEqualTo(withWide.size());
        assertThat(batch.sum(wide)).isEqualTo(withWide.stream().mapToLong(sent -> sent.integer(wide)).sum());
        assertThat(batch.min(wide)).isEqualTo(withWide.stream().mapToLong(sent -> sent.integer(wide)).min().orElse(Long.MAX_VALUE));
        assertThat(batch.max(wide)).isEqualTo(withWide.stream().mapToLong(sent -> sent.integer(wide)).max().orElse(Long.MIN_VALUE));
        assertThat(batch.sum(narrow)).isEqualTo(withNarrow.stream().mapToLong(sent -> sent.integer(narrow)).sum());
        assertThat(batch.min(narrow))
                .isEqualTo((int) withNarrow.stream().mapToLong(sent -> sent.integer(narrow)).min().orElse(Integer.MAX_VALUE));
        assertThat(batch.max(narrow))
                .isEqualTo((int) withNarrow.stream().mapToLong(sent -> sent.integer(narrow)).max().orElse(Integer.MIN_VALUE));
        assertThat(batch.min(number)).isEqualTo(withWide.stream().mapToDouble(sent -> sent.number(number))
                .filter(value -> !Double.isNaN(value)).min().orElse(Double.POSITIVE_INFINITY));
        assertThat(batch.max(number)).isEqualTo(withWide.stream().mapToDouble(sent -> sent.number(number))
                .filter(value -> !Double.isNaN(value)).max().orElse(Double.NEGATIVE_INFINITY));
        if (withWide.stream().anyMatch(sent -> Double.isNaN(sent.number(number)))) {
            assertThat(batch.sum(number)).isNaN();
        }
        final Map<Integer, Integer> counts = new HashMap<>();
        batch.countByStream((stream, count) -> assertThat(counts.put(stream, count)).as("told once").isNull());
        final Map<Integer, Integer> expected = new HashMap<>();
        selected.forEach(sent -> expected.merge(sent.stream, 1, Integer::sum));
        assertThat(counts).isEqualTo(expected);
        final int stream = selected.isEmpty() ? 0 : selected.getFirst().stream;
        assertThat(batch.whereStream(stream).selected()).isEqualTo(expected.getOrDefault(stream, 0));
    }

    @Property(tries = 150)
    void shouldSelectAndAddUpAsALoopOverMessagesDoes(@ForAll final long seed) {
        final Random random = new Random(seed);
        try (MemoryStreamer streamer = EngineFixture.launch()) {
            final SlowSubscriberPolicy policy = SlowSubscriberPolicy.values()[random.nextInt(3)];
            final TopicPattern pattern = TopicPattern.of(random.nextBoolean() ? ">" : "a.*");
            final SubscriberConfig config = SubscriberConfig.defaults().withPolicy(policy);
            final Subscriber every = streamer.subscriber(pattern, SubscriberConfig.defaults());
            final Subscriber subscriber = streamer.subscriber(pattern, config);
            final Wanted wanted = random(random);
            final Subscriber filtered = streamer.subscriber(pattern, config).where(wanted.predicate);
            final Subscriber handled = streamer.subscriber(pattern, config).where(wanted.predicate);
            final StreamPublisher[] publishers = {streamer.streamPublisher(), streamer.streamPublisher()};
            final int[] streams = {publishers[0].stream("a.x"), publishers[0].stream("b"), publishers[0].stream("a.y")};
            final MessageBatch batch = subscriber.batch(random.nextInt(1, random.nextBoolean() ? 3000 : 20));
            final MessageBatch few = filtered.batch(random.nextInt(1, random.nextBoolean() ? 3000 : 20));
            for (int round = 0; round < 4; round++) {
                send(random, publishers, streams);
                final List<Sent> expected = pollAll(every, 100);
                final List<Sent> received = new ArrayList<>();
                for (int idle = 0; idle < 3;) {
                    idle = subscriber.poll(batch) > 0 ? 0 : idle + 1;
                    batch.forEachSelected(message -> received.add(Sent.of(message)));
                    assertThat(batch.isCopy()).isEqualTo(policy == SlowSubscriberPolicy.LOSSY && batch.size() > 0);
                    checkAll(random, batch);
                }
                batch.release();
                assertThat(received).as("%s %s %d", policy, pattern, batch.capacity()).hasSize(expected.size());
                assertThat(byStream(received)).isEqualTo(byStream(expected));
                final List<Sent> wantedOnes = expected.stream().filter(wanted.holds).toList();
                assertThat(byStream(pollAll(handled, random.nextInt(1, 300)))).isEqualTo(byStream(wantedOnes));
                final List<Sent> filteredOnes = new ArrayList<>();
                for (int idle = 0; idle < 3;) {
                    // By turns, so that what a poll has found ahead is not lost to a batch.
                    final int count = random.nextInt(3) == 0 ? filtered.poll(message -> filteredOnes.add(Sent.of(message)), 3) : filtered.poll(few);
                    idle = count > 0 ? 0 : idle + 1;
                    if (few.size() > 0) {
                        few.forEachSelected(message -> filteredOnes.add(Sent.of(message)));
                    }
                }
                few.release();
                assertThat(filteredOnes).as("%s %s %d %s", policy, pattern, few.capacity(), wanted.predicate).hasSameSizeAs(wantedOnes);
                assertThat(byStream(filteredOnes)).isEqualTo(byStream(wantedOnes));
                assertThat(filtered.passedOver()).as("of both ways").isEqualTo(handled.passedOver());
            }
        }
    }
}
