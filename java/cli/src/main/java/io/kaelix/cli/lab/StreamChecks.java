// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.numa.Affinity;
import io.kaelix.numa.CrossNumaChannel;
import io.kaelix.numa.CrossNumaChannelConfig;
import io.kaelix.numa.Pinned;
import io.kaelix.platform.Platform;
import io.kaelix.platform.topology.NumaTopology;

/** Messages: the pages that they are read from lie where the streamer, or the channel, was asked to be. */
final class StreamChecks {

    private static final int MESSAGES = 8;
    private static final int MESSAGE_BYTES = 60_000;

    private StreamChecks() {
    }

    /** Of a streamer on the node. */
    static Answer lane(final Platform platform, final NumaTopology.Node node) {
        final Pages pages = new Pages();
        final byte[] payload = new byte[MESSAGE_BYTES];
        try (MemoryStreamer streamer = MemoryStreamer.launch(StreamerConfig.defaults().withNode(node.id()).withMemoryLimit(64L << 20));
                Subscriber subscriber = streamer.subscriber("lab.*");
                Publisher publisher = streamer.publisher("lab.pages")) {
            for (int message = 0; message < MESSAGES; message++) {
                publisher.offer(payload);
            }
            final int received = subscriber.poll(message -> pages.add(message.payload()), MESSAGES);
            return new Answer(pages.askedOn(node.id()), pages.obtained(platform) + lost(received), streamer.placement().reason());
        }
    }

    private static String lost(final int received) {
        return received == MESSAGES ? "" : ", " + received + " messages instead of " + MESSAGES;
    }

    /** Of a channel from wherever this runs to a reader on the node. */
    static Answer channel(final Platform platform, final NumaTopology.Node node) throws Exception {
        final byte[] payload = new byte[MESSAGE_BYTES];
        try (CrossNumaChannel channel = CrossNumaChannel.open(CrossNumaChannelConfig.toNode(node.id()))) {
            for (int message = 0; message < MESSAGES; message++) {
                channel.offer(payload);
            }
            channel.flush();
            return PlacementChecks.onThread(() -> {
                try (Pinned reader = node.cpus().isEmpty() ? null : Affinity.ofThisMachine().pinToNode(node.id())) {
                    final Pages pages = new Pages();
                    final int received = channel.poll(message -> pages.add(message.payload()), MESSAGES);
                    final String asked = pages.askedOn(node.id());
                    final String obtained = pages.obtained(platform) + lost(received);
                    return reader == null ? new Answer(asked, obtained, channel.placement().reason())
                            : new Answer(asked + ", read on " + node.id(), obtained + ", read on " + platform.currentNode(),
                                    channel.placement().reason() + "; " + reader.reason());
                }
            });
        }
    }
}
