// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which shard a stream is in. */
class ShardTest {

    /** Of XXH32, as any other implementation has it: what two hosts must agree on. */
    @Test
    void shouldPutStreamsWhereEachVersionPutsThem() {
        assertThat(shards("a")).containsExactly(0, 2, 21, 21_773);
        assertThat(shards("orders.eu")).containsExactly(1, 7, 60, 62_086);
        assertThat(shards("a.long.topic.of.many.tokens")).containsExactly(1, 4, 39, 40_422);
        assertThat(Shard.index(Topic.of("prices"), 0, 1, 64)).isEqualTo(29);
        assertThat(IntStream.range(0, 8).map(partition -> Shard.index(Topic.of("prices"), partition, 8, 64)))
                .containsExactly(48, 25, 32, 21, 50, 45, 56, 17);
    }

    private static IntStream shards(final String topic) {
        return IntStream.of(2, 8, 64, 65_535).map(count -> Shard.index(Topic.of(topic), 0, 1, count));
    }

    @Test
    void shouldPutEachStreamIntoOneShard() {
        final int[] streams = new int[5];
        for (int i = 0; i < 10_000; i++) {
            final Topic topic = Topic.of("topic." + i);
            final List<Shard> having = IntStream.range(0, 5).mapToObj(index -> new Shard(index, 5)).filter(shard -> shard.has(topic, 0, 1))
                    .toList();
            assertThat(having).hasSize(1);
            streams[having.getFirst().index()]++;
            assertThat(Shard.ALL.has(topic, 0, 1)).isTrue();
        }
        assertThat(Arrays.stream(streams).boxed()).as("streams of each").allSatisfy(count -> assertThat(count).isBetween(1_800, 2_200));
    }

    @Test
    void shouldRefuseShardsAndHopsThatThereAreNot() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Shard(2, 2)).withMessageContaining("shard 2 of 2");
        assertThatIllegalArgumentException().isThrownBy(() -> new Shard(-1, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> new Shard(0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Shard(0, Shard.MAX_COUNT + 1));
        final FlowRequest request = new FlowRequest(TopicPattern.of("a"), SubscriberConfig.defaults(), 64, 64, List.of());
        assertThatIllegalArgumentException().isThrownBy(() -> request.withMaxHops(0)).withMessageContaining("not 0");
        assertThat(request.shard()).isEqualTo(Shard.ALL);
        assertThat(request.maxHops()).isEqualTo(FlowRequest.ANY_HOPS);
        assertThat(request.withMaxHops(3).withShard(new Shard(1, 2))).isEqualTo(new FlowRequest(request.pattern(), request.config(), 64, 64,
                List.of(), new Shard(1, 2), 3));
    }
}
