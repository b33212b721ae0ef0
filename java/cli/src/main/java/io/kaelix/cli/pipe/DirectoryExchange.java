// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import java.nio.file.Path;

/**
 * A directory in which processes share memory. All who are there are equal; whoever comes first makes it.
 *
 * @param streamer closed with it
 * @param name of it
 */
public record DirectoryExchange(MemoryStreamer streamer, String name) implements Exchange {

    /**
     * Joins those who are there, or is the first.
     *
     * @throws io.kaelix.KaelixException if neither can be
     */
    public static DirectoryExchange join(final Path directory) {
        return new DirectoryExchange(MemoryStreamer.join(StreamerConfig.defaults().withDirectory(directory)), directory.toString());
    }

    @Override
    public Publisher publisher(final Topic topic) {
        return streamer.publisher(topic);
    }

    @Override
    public Subscriber subscriber(final TopicPattern pattern, final SubscriberConfig config) {
        return streamer.subscriber(pattern, config);
    }

    /** Told by who reads the lanes of this process's publishers, once it has one: readers that may lose are not seen there. */
    @Override
    public Audience audience(final Topic topic) {
        return streamer.lanes().stream().anyMatch(lane -> lane.readers() > 0 && lane.owner().startsWith(topic.name() + "#"))
                ? Audience.SOMEBODY : Audience.NOBODY;
    }

    @Override
    public State state() {
        return State.OPEN;
    }

    @Override
    public String trouble() {
        return "";
    }

    @Override
    public long lost() {
        return 0;
    }

    /** Who may open the directory may do everything. */
    @Override
    public long denials() {
        return 0;
    }

    @Override
    public void close() {
        streamer.close();
    }
}
