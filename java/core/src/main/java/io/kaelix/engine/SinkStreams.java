// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.Topic;
import io.kaelix.lane.LaneWriter;
import io.kaelix.lane.RunWriter;
import io.kaelix.net.FlowSink;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * What a peer's numbers of streams mean here, and how many messages of each came: as a publisher of many streams counts them.
 *
 * <p>A stream is introduced to the subscribers with its first frame. When it expires, its number here is forgotten, and asked for again,
 * by its topic, with the next frame.
 *
 * <p><b>Threads</b>: the session's.
 */
final class SinkStreams implements RunWriter.Streams {

    /** What a remote number means. */
    private static final class Meaning {

        final Topic topic;
        final int partition;
        final int partitions;
        boolean allowed;
        /** Its number here; {@link #NOT_ASKED} until its first frame. */
        int local = NOT_ASKED;

        Meaning(final Topic topic, final int partition, final int partitions, final boolean allowed) {
            this.topic = topic;
            this.partition = partition;
            this.partitions = partitions;
            this.allowed = allowed;
        }
    }

    /** A peer's numbers are below it in any case: of a server, which its clients trust with it. */
    static final int MOST_STREAMS = 1 << 24;

    private static final int NOT_ASKED = -3;
    private static final int MOST_TRIES = 3;
    private static final int CHUNK_SHIFT = 12;
    private static final int CHUNK_LENGTH = 1 << CHUNK_SHIFT;
    private static final int CHUNK_MASK = CHUNK_LENGTH - 1;
    private static final int[] UNUSED = new int[CHUNK_LENGTH];
    private static final Meaning[] UNKNOWN_CHUNK = new Meaning[CHUNK_LENGTH];

    private final Registry registry;
    private final Channel channel;
    private final LaneWriter writer;
    /** This peer's numbers are below it. */
    private final int most;

    /** By the peer's number, in chunks. */
    private Meaning[][] meanings = {};
    /** By the number here, in chunks: 0 if the lane has not carried it, else the number of the next message plus 1. */
    private int[][] chunks = {};
    /** The last one that was asked for. */
    private int lastRemote = -1;
    private int lastLocal;

    SinkStreams(final Registry registry, final Channel channel, final LaneWriter writer, final int most) {
        this.registry = registry;
        this.channel = channel;
        this.writer = writer;
        this.most = Math.min(most, MOST_STREAMS);
    }

    int most() {
        return most;
    }

    /** A number means a stream from now on; false if it is out of range. */
    boolean put(final int remote, final Topic topic, final int partition, final int partitions, final boolean allowed) {
        if (remote < 0 || remote >= most) {
            return false;
        }
        final int chunk = remote >>> CHUNK_SHIFT;
        if (chunk >= meanings.length) {
            final int before = meanings.length;
            final Meaning[][] longer = Arrays.copyOf(meanings, Math.max(chunk + 1, before << 1));
            Arrays.fill(longer, before, longer.length, UNKNOWN_CHUNK);
            meanings = longer;
        }
        if (meanings[chunk] == UNKNOWN_CHUNK) {
            meanings[chunk] = new Meaning[CHUNK_LENGTH];
        }
        meanings[chunk][remote & CHUNK_MASK] = new Meaning(topic, partition, partitions, allowed);
        lastRemote = -1;
        return true;
    }

    /** Asks anew who may send to what; those that are denied from now on are told. */
    void judge(final Predicate<Topic> allowed, final FlowSink.Denied denied) {
        lastRemote = -1;
        for (int chunk = 0; chunk < meanings.length; chunk++) {
            for (int i = 0; i < CHUNK_LENGTH; i++) {
                final Meaning meaning = meanings[chunk][i];
                if (meaning == null || meaning.allowed == allowed.test(meaning.topic)) {
                    continue;
                }
                meaning.allowed = !meaning.allowed;
                meaning.local = NOT_ASKED;
                if (!meaning.allowed) {
                    denied.stream(chunk << CHUNK_SHIFT | i, meaning.topic);
                }
            }
        }
    }

    @Override
    public int local(final int remote) {
        return remote == lastRemote ? lastLocal : find(remote);
    }

    private int find(final int remote) {
        final int chunk = remote >>> CHUNK_SHIFT;
        final Meaning meaning = chunk < meanings.length ? meanings[chunk][remote & CHUNK_MASK] : null;
        if (meaning == null) {
            return UNKNOWN;
        }
        int local = meaning.local;
        if (local == NOT_ASKED || local >= 0 && number(local) == 0) {
            local = meaning.allowed ? introduce(meaning) : DENIED;
            meaning.local = local;
        }
        lastRemote = remote;
        lastLocal = local;
        return local;
    }

    /** The slow path, once for each stream. */
    private int introduce(final Meaning meaning) {
        try {
            for (int tries = 0; tries < MOST_TRIES; tries++) {
                final int local = meaning.partitions > 1 ? partition(meaning) : registry.numbers().stream(channel, meaning.topic);
                makeRoom(local);
                if (registry.use(channel, local)) {
                    chunks[local >>> CHUNK_SHIFT][local & CHUNK_MASK] = 1;
                    return local;
                }
                if (registry.attend(channel, writer.position(), this::forget, local)) {
                    // Used before: its number came round, or another of the peer's numbers means the same.
                    return local;
                }
            }
        } catch (final IllegalArgumentException | IllegalStateException mismatch) {
            // The topic has partitions here and none there, or others; or the streamer is closed. The peer hears of what was left out.
            return DENIED;
        }
        return DENIED;
    }

    private int partition(final Meaning meaning) {
        if (registry.numbers().partitions(meaning.topic) == 0) {
            registry.numbers().declare(meaning.topic, meaning.partitions);
        }
        return registry.numbers().streamOfPartition(channel, meaning.topic, meaning.partition);
    }

    private void makeRoom(final int local) {
        final int chunk = local >>> CHUNK_SHIFT;
        if (chunk >= chunks.length) {
            final int before = chunks.length;
            final int[][] longer = Arrays.copyOf(chunks, Math.max(chunk + 1, before << 1));
            Arrays.fill(longer, before, longer.length, UNUSED);
            chunks = longer;
        }
        if (chunks[chunk] == UNUSED) {
            chunks[chunk] = new int[CHUNK_LENGTH];
        }
        channel.counts(chunks);
    }

    private int number(final int local) {
        return chunks[local >>> CHUNK_SHIFT][local & CHUNK_MASK];
    }

    /** Looks at what the lane is to know: before frames are published. */
    void attend() {
        if (channel.lane().isAttentionRequested()) {
            registry.locked(() -> channel.takeExpired(writer.position(), this::forget));
        }
    }

    /** A stream has expired. Under the registry's lock. */
    private void forget(final int local) {
        lastRemote = -1;
        final int chunk = local >>> CHUNK_SHIFT;
        if (chunk < chunks.length && chunks[chunk] != UNUSED) {
            chunks[chunk][local & CHUNK_MASK] = 0;
        }
        registry.forget(channel, writer.position(), local);
    }

    @Override
    public int sequence(final int local) {
        return number(local) - 1;
    }

    @Override
    public void sent(final int local) {
        chunks[local >>> CHUNK_SHIFT][local & CHUNK_MASK]++;
    }
}
