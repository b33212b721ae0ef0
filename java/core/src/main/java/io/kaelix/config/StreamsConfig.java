// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.SlowSubscriberPolicy;
import java.time.Duration;
import java.util.List;

/**
 * {@code [streams]}: what becomes of streams and slow subscribers, and the topics that are declared. Comes from a {@link KaelixConfig},
 * which has checked it.
 *
 * @param expiry how long a stream is idle before it expires; zero for never
 * @param pushWorkers threads that call handlers where no scheduler does
 * @param slowSubscriber policy of subscribers that name none
 * @param directory by which processes share their streams; empty for none
 * @param laneDirectory where lanes lie; empty for the directory itself
 * @param resume whether what dead processes left there is taken over
 * @param topics to be declared, of different names
 */
public record StreamsConfig(Duration expiry, int pushWorkers, SlowSubscriberPolicy slowSubscriber, String directory,
        String laneDirectory, boolean resume, List<TopicConfig> topics) {

    /** Copies the topics. */
    public StreamsConfig {
        topics = List.copyOf(topics);
    }

    static StreamsConfig of(final Draft draft) {
        return new StreamsConfig(
                Duration.ofMillis(draft.number(ConfigKey.STREAMS_EXPIRY_MS)),
                draft.whole(ConfigKey.STREAMS_PUSH_WORKERS),
                SlowSubscriberPolicy.valueOf(draft.constant(ConfigKey.STREAMS_SLOW_SUBSCRIBER)),
                draft.text(ConfigKey.STREAMS_DIRECTORY),
                draft.text(ConfigKey.STREAMS_LANE_DIRECTORY),
                draft.truth(ConfigKey.STREAMS_RESUME),
                draft.topics());
    }
}
