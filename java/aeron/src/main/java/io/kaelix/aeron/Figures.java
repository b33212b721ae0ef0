// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.kaelix.config.BridgeConfig;
import io.kaelix.launch.LinkStatus;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/** What a link counts. Written by the threads of its shards, read by any. */
final class Figures {

    private static final System.Logger LOGGER = System.getLogger(AeronBridge.class.getName());
    private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int MESSAGES = 0;
    private static final int BYTES = 1;
    private static final int LOST = 2;
    private static final int DUPLICATES = 3;
    private static final int LOOPED = 4;
    private static final int BACK_PRESSURED = 5;
    private static final int LAG = 6;
    private static final int RETRANSMITS = 7;
    private static final int LENGTH = 8;

    private final BridgeConfig link;
    /** What lines about it begin with. */
    private final String own;
    private final long[] counts = new long[LENGTH];
    /** Of each shard. */
    private final long[] positions;
    private final LongAdder errors = new LongAdder();
    private final Set<Object> peers = new HashSet<>();
    private volatile int known;
    private volatile Failure last = new Failure("", 0);

    private record Failure(String text, long millis) {
    }

    Figures(final BridgeConfig link) {
        this.link = link;
        this.own = "link " + link.name() + ": ";
        this.positions = new long[link.shards()];
    }

    private void add(final int what, final long more) {
        COUNTS.getAndAdd(counts, what, more);
    }

    private long get(final int what) {
        return (long) COUNTS.getOpaque(counts, what);
    }

    void passed(final int messages, final int bytes) {
        add(MESSAGES, messages);
        add(BYTES, bytes);
    }

    void lost(final long messages) {
        add(LOST, messages);
    }

    void duplicates(final long messages) {
        add(DUPLICATES, messages);
    }

    void looped(final long messages) {
        add(LOOPED, messages);
    }

    void backPressured() {
        add(BACK_PRESSURED, 1);
    }

    void lag(final long bytes) {
        COUNTS.setOpaque(counts, LAG, bytes);
    }

    /** How far a shard is in its stream of Aeron. */
    void position(final int shard, final long position) {
        COUNTS.setOpaque(positions, shard, position);
    }

    /** What the driver has sent again, and asked for again, so far. */
    void repairs(final long resent, final long asked) {
        COUNTS.setOpaque(counts, RETRANSMITS, link.direction() == BridgeConfig.Direction.OUT ? resent : asked);
    }

    /** One of the other ends has come, or is gone. The first and the last are reported. */
    synchronized void connected(final Object peer, final boolean is) {
        if (!(is ? peers.add(peer) : peers.remove(peer))) {
            return;
        }
        final int before = known;
        known = peers.size();
        final boolean records = link.mode() == BridgeConfig.Mode.ARCHIVE && link.direction() == BridgeConfig.Direction.OUT;
        if (before == 0) {
            LOGGER.log(System.Logger.Level.INFO, "link " + link.name() + (records ? ": what is sent is recorded in " + ArchiveEnd.folder(link)
                    : ": the other end of " + link.channel() + " is there"));
        } else if (known == 0) {
            LOGGER.log(records ? System.Logger.Level.INFO : System.Logger.Level.WARNING, "link " + link.name() + (records
                    ? ": nothing is recorded any more" : ": the other end of " + link.channel() + " is gone; the link goes on when it is back"));
        }
    }

    /** The link is closed: it has no other end any more, which is no news. */
    synchronized void closed() {
        peers.clear();
        known = 0;
    }

    /** Kept until the next one. Logged when it is another than the last one. Called by any thread. */
    synchronized void error(final String what) {
        errors.increment();
        final String text = what.startsWith(own) ? what.substring(own.length()) : what;
        final boolean isAnother = !text.equals(last.text);
        last = new Failure(text, System.currentTimeMillis());
        if (isAnother) {
            LOGGER.log(System.Logger.Level.WARNING, own + text);
        }
    }

    LinkStatus status() {
        final Failure failure = last;
        long position = 0;
        for (int shard = 0; shard < positions.length; shard++) {
            position += (long) COUNTS.getOpaque(positions, shard);
        }
        return new LinkStatus(link.name(), link.direction(), known > 0, known, get(MESSAGES),
                get(BYTES), get(LOST), get(DUPLICATES), get(LOOPED), get(BACK_PRESSURED), get(LAG), position, get(RETRANSMITS), errors.sum(),
                failure.text, failure.millis);
    }
}
