// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.kaelix.KaelixException;
import io.kaelix.SubscriberConfig;
import io.kaelix.config.BridgeConfig;
import io.kaelix.net.FlowRequest;
import io.kaelix.net.FlowSource;
import io.kaelix.net.Flows;
import io.kaelix.net.OutRun;
import io.kaelix.net.Shard;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The sending end of one stream of Aeron: what its source finds in the lanes is offered, a run of frames in a message.
 *
 * <pre>
 *   source.next(run) ──► records: new streams, lane ──► offer ──► run: claim of a packet, or offer of header and frames
 *                         wait, if Aeron takes nothing, and the run with them: nothing else is taken from the source meanwhile
 * </pre>
 *
 * <p>One thread, but for figures.
 */
final class OutShard {

    private static final int RUNS_PER_TURN = 64;
    private static final long HELLO_NANOS = 500_000_000;
    private static final long SYNC_NANOS = 1_000_000_000;
    /** What is told anew is this part of all that is sent, or less: beside what the first was due for. */
    private static final int SYNC_PART = 16;
    /** Or so much in a second: several receivers do not come at once, and Aeron says of the first one alone that it is there. */
    private static final long SYNC_NANOS_PER_BYTE = 10_000;

    private final BridgeConfig link;
    private final int shard;
    private final Flows flows;
    private final FlowSource source;
    /** Bytes of a run at the most; 0 until that is known. */
    private int longest;
    private final byte[] name;
    private final AeronClient client;
    private final Figures figures;

    private final OutRun run = new OutRun(0);
    private final Records records = new Records();
    private final RunOffer offer = new RunOffer();

    /** Over all publications: a receiver goes on in one lane, in order, and counts what one that ended has not brought. */
    private final long flow = new SplittableRandom().nextLong();
    private ExclusivePublication publication;
    /** Whether {@link #run} was taken and not sent. */
    private boolean holds;
    private boolean connected;
    private boolean syncDue;
    private long lastHello;
    private long lastSync;
    private long bytesAtSync;
    private long announced;
    private long lostTold;
    private boolean over;

    OutShard(final BridgeConfig link, final int shard, final Flows flows, final AeronClient client, final Figures figures) {
        this.link = link;
        this.shard = shard;
        this.flows = flows;
        this.client = client;
        this.figures = figures;
        this.name = link.name().getBytes(StandardCharsets.US_ASCII);
        open();
        try {
            this.longest = RunOffer.longest(publication, link.maxFrameLength());
            final SubscriberConfig subscriber = SubscriberConfig.defaults().withPolicy(link.slow());
            this.source = flows.source(new FlowRequest(link.pattern(), subscriber, Math.max(AeronClient.TERM_LENGTH, 2 * longest), longest,
                    List.of()).withShard(new Shard(shard, link.shards())).withMaxHops(link.hops()));
        } catch (final RuntimeException | Error e) {
            publication.close();
            throw e;
        }
    }

    /** Sends what there is. @return how much was done */
    int turn(final long now) {
        if (over) {
            return 0;
        }
        final boolean is = publication.isConnected();
        if (is != connected) {
            connected = is;
            figures.connected(this, is);
            syncDue = is;
        }
        if (!is) {
            return 0;
        }
        try {
            return send(now);
        } catch (final KaelixException corrupt) {
            figures.error(corrupt.getMessage());
            return 1;
        }
    }

    private int send(final long now) {
        if (!records.isEmpty() && !flushed(records.flush(publication))) {
            return 0;
        }
        int done = 0;
        if (holds) {
            done += sendPieces();
            if (holds) {
                return done;
            }
        }
        tellOfItself(now);
        while (done < RUNS_PER_TURN) {
            final int bytes = source.next(run, longest);
            if (bytes == FlowSource.CLOSED) {
                end();
                return done + 1;
            }
            if (bytes <= 0) {
                break;
            }
            holds = true;
            offer.begin(run);
            announced += records.announce(source, run);
            done++;
            if (!records.isEmpty() && !flushed(records.flush(publication))) {
                break;
            }
            done += sendPieces();
            if (holds) {
                break;
            }
        }
        if (done > 0) {
            source.acknowledge(holds ? run.flowPosition() + offer.sent() : source.sent());
            figures.lag(source.lag());
        } else {
            records.lanes(source);
        }
        if (source.lost() != lostTold) {
            figures.lost(source.lost() - lostTold);
            lostTold = source.lost();
            records.lost(lostTold);
        }
        if (!holds && !records.isEmpty()) {
            flushed(records.flush(publication));
        }
        return done;
    }

    /** Sends the run that is held, as far as Aeron takes it; how many pieces. */
    private int sendPieces() {
        int pieces = 0;
        while (!offer.isDone()) {
            if (!flushed(offer.offer(publication, source.messages() - offer.left()))) {
                return pieces;
            }
            figures.passed(offer.messages(), offer.length());
            pieces++;
        }
        holds = false;
        return pieces;
    }

    /** Whether Aeron took it. If not now, it is offered again; where Aeron itself is closed, the bridge cuts this off. */
    private boolean flushed(final long result) {
        if (result > 0) {
            return true;
        }
        if (result == Publication.MAX_POSITION_EXCEEDED) {
            figures.error("the publication has reached the greatest position that Aeron knows; another goes on");
            cut();
            open();
        } else if (result != Publication.NOT_CONNECTED && result != Publication.CLOSED) {
            figures.backPressured();
        }
        return false;
    }

    /** Nothing can be sent any more. What was held is lost. */
    void cut() {
        if (holds) {
            holds = false;
            figures.lost(offer.left());
            source.acknowledge(source.sent());
        }
        if (connected) {
            connected = false;
            figures.connected(this, false);
        }
        publication.close();
    }

    /** Behind {@link #cut}: goes on in another stream of Aeron. @throws KaelixException if Aeron does not take the channel any more */
    void open() {
        publication = client.publication(link.name(), link.channel(), link.stream() + shard);
        if (RunOffer.longest(publication, longest) < longest) {
            // Frames of that length may be on their way, and the other end was told of it.
            throw new KaelixException("link " + link.name() + ": the driver that is there now takes messages of up to "
                    + publication.maxMessageLength() + " bytes, and the one before took " + (longest + RecordDescriptor.RUN_LENGTH)
                    + ": start it with longer terms (aeron.term.buffer.length), or open the bridge anew");
        }
        records.clear();
    }

    private void tellOfItself(final long now) {
        if (syncDue || isSyncDue(now - lastSync)) {
            syncDue = false;
            lastSync = now;
            lastHello = now;
            bytesAtSync = source.sent();
            announced = 0;
            source.rewind(source.sent());
            hello();
            records.sync(source.messages(), source.lost());
        } else if (now - lastHello > HELLO_NANOS) {
            lastHello = now;
            hello();
        }
        if (!records.isEmpty()) {
            flushed(records.flush(publication));
        }
    }

    private boolean isSyncDue(final long nanos) {
        return nanos > SYNC_NANOS && (source.sent() - bytesAtSync > SYNC_PART * announced || nanos > SYNC_NANOS_PER_BYTE * announced);
    }

    private void hello() {
        records.hello(flows.instance(), flow, shard, link, longest, name);
    }

    private void end() {
        over = true;
        records.bye();
        flushed(records.flush(publication));
    }

    /** Notes how far it is. */
    void look() {
        final long position = publication.position();
        if (position >= 0) {
            figures.position(shard, position);
        }
    }

    /** Whether nothing is sent any more. */
    boolean isOver() {
        return over;
    }

    void close() {
        if (!over && connected) {
            end();
        }
        over = true;
        publication.close();
        source.close();
    }
}
