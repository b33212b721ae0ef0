// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.aeron.Image;
import io.aeron.Subscription;
import io.kaelix.KaelixException;
import io.kaelix.net.Flows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The receiving end of one stream of Aeron: an image for each sender that it hears, and the flows that they carry or have carried.
 *
 * <p>One thread: that of the bridge, which is Aeron's conductor, too.
 */
final class InShard {

    private final LinkConfig link;
    private final int shard;
    private final Flows flows;
    private final Figures figures;
    private final List<InImage> images = new ArrayList<>();
    /** By number. Of senders that are gone, too, for the time that they may come back in. */
    private final Map<Long, RemoteFlow> known = new HashMap<>();
    private final Subscription subscription;

    InShard(final LinkConfig link, final int shard, final Flows flows, final AeronClient client, final Figures figures) {
        this.link = link;
        this.shard = shard;
        this.flows = flows;
        this.figures = figures;
        this.subscription = client.subscription(link.name(), link.channel(), link.stream() + shard, this::available, this::unavailable);
    }

    private void available(final Image image) {
        images.add(new InImage(image, this));
    }

    private void unavailable(final Image image) {
        for (int i = images.size() - 1; i >= 0; i--) {
            if (images.get(i).image() == image) {
                figures.connected(images.remove(i), false);
            }
        }
    }

    /** Takes in what there is. @return how much was done */
    int turn() {
        int done = 0;
        for (int i = 0; i < images.size(); i++) {
            done += images.get(i).turn();
        }
        return done;
    }

    /** @throws KaelixException if the two ends are not set up alike */
    void check(final int number, final int shards, final byte mode) {
        if (shards != link.shards()) {
            throw new KaelixException("the sender spreads its streams over " + shards + " shards, and this link over " + link.shards()
                    + ": give both ends the same number of shards");
        }
        if (number != shard) {
            throw new KaelixException("the sender's shard " + number + " comes on stream " + (link.stream() + shard)
                    + ", where this link expects shard " + shard + ": give both ends the same stream");
        }
        if (mode != link.mode().ordinal()) {
            throw new KaelixException("the sender's mode is not " + link.mode() + ", which is this link's: give both ends the same");
        }
    }

    /** The flow of a number: one that was heard before, or another. */
    RemoteFlow flow(final long number, final String name, final long sender) {
        return known.computeIfAbsent(number, one -> new RemoteFlow(one, name, sender, flows, figures));
    }

    void connected(final InImage image) {
        figures.connected(image, true);
    }

    void backPressured() {
        figures.backPressured();
    }

    /** A flow has ended in order. */
    void left(final InImage image, final RemoteFlow flow) {
        figures.connected(image, false);
        known.remove(flow.number());
        flow.close();
    }

    /** A sender broke the rules, or is not set up as this is. */
    void refused(final InImage image, final String why) {
        figures.connected(image, false);
        figures.error("what " + image.image().sourceIdentity() + " sends is not taken: " + why);
    }

    void close() {
        subscription.close();
        known.values().forEach(RemoteFlow::close);
        known.clear();
    }
}
