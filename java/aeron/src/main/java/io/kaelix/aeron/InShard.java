// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.aeron.Image;
import io.aeron.Subscription;
import io.kaelix.KaelixException;
import io.kaelix.config.BridgeConfig;
import io.kaelix.net.Flows;
import java.util.ArrayList;
import java.util.List;

/**
 * The receiving end of one stream of Aeron: an image for each sender that it hears, and the flows that they carry or have carried
 * until a short while ago.
 *
 * <p>One thread: that of the bridge, which is Aeron's conductor, too.
 */
final class InShard implements InEnd {

    private final BridgeConfig link;
    private final int shard;
    private final Flows flows;
    private final Figures figures;
    private final List<InImage> images = new ArrayList<>();
    private final CutFlows cut = new CutFlows();
    private final AeronClient client;
    private Subscription subscription;
    private long now = System.nanoTime();

    InShard(final BridgeConfig link, final int shard, final Flows flows, final AeronClient client, final Figures figures) {
        this.link = link;
        this.shard = shard;
        this.flows = flows;
        this.figures = figures;
        this.client = client;
        open();
    }

    /** Behind {@link #cut}: listens anew. @throws KaelixException if Aeron does not take the channel any more */
    void open() {
        subscription = client.subscription(link.name(), link.channel(), link.stream() + shard, this::available, this::unavailable);
    }

    /** Nothing can be heard any more. Flows are kept, in case they come back. */
    void cut() {
        List.copyOf(images).forEach(gone -> unavailable(gone.image()));
        subscription.close();
    }

    private void available(final Image image) {
        images.add(new InImage(image, this));
    }

    private void unavailable(final Image image) {
        for (int i = images.size() - 1; i >= 0; i--) {
            if (images.get(i).image() == image) {
                final InImage gone = images.remove(i);
                figures.connected(gone, false);
                if (gone.flow() != null && !gone.isRefused() && carrier(gone.flow().number(), gone) == null) {
                    cut.add(gone.flow(), now);
                }
            }
        }
    }

    /** Who, besides one, carries a flow; null if nobody does. */
    private InImage carrier(final long number, final InImage but) {
        for (final InImage image : images) {
            if (image != but && !image.isRefused() && image.flow() != null && image.flow().number() == number) {
                return image;
            }
        }
        return null;
    }

    /** Takes in what there is. @return how much was done */
    int turn(final long now) {
        this.now = now;
        cut.turn(now);
        int done = 0;
        for (int i = 0; i < images.size(); i++) {
            done += images.get(i).turn();
        }
        return done;
    }

    /** Notes how far it is. */
    void look() {
        long furthest = 0;
        // Ten times a second: no iterator is made.
        for (int i = 0; i < images.size(); i++) {
            furthest = Math.max(furthest, images.get(i).image().position());
        }
        if (!images.isEmpty()) {
            figures.position(shard, furthest);
        }
    }

    @Override
    public void check(final int number, final int shards, final byte mode) {
        check(link, shard, number, shards, mode);
    }

    static void check(final BridgeConfig link, final int shard, final int number, final int shards, final byte mode) {
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

    @Override
    public RemoteFlow flow(final long number, final String name, final long sender) {
        final InImage carrier = carrier(number, null);
        if (carrier != null && !carrier.isEmpty()) {
            // Its sender goes on in another stream of Aeron: what is in the old one comes first.
            return null;
        }
        final RemoteFlow before = carrier != null ? carrier.flow() : cut.take(number);
        if (before == null) {
            return new RemoteFlow(number, name, sender, flows, figures);
        }
        before.interrupt();
        return before;
    }

    @Override
    public void connected(final InImage image) {
        figures.connected(image, true);
    }

    @Override
    public void backPressured() {
        figures.backPressured();
    }

    @Override
    public void left(final InImage image, final RemoteFlow flow) {
        figures.connected(image, false);
        closeUnlessCarried(image, flow);
    }

    private void closeUnlessCarried(final InImage by, final RemoteFlow flow) {
        if (flow != null && carrier(flow.number(), by) == null) {
            flow.close();
        }
    }

    @Override
    public void refused(final InImage image, final String why) {
        figures.connected(image, false);
        figures.error("what " + image.image().sourceIdentity() + " sends is not taken: " + why);
        closeUnlessCarried(image, image.flow());
    }

    void close() {
        subscription.close();
        for (final InImage image : images) {
            closeUnlessCarried(image, image.flow());
        }
        cut.close();
    }
}
