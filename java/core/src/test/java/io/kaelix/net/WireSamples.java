// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Messages that keep the rules, anywhere within them, their ends above all. */
final class WireSamples {

    /** Longest run of the inputs that samples are for. */
    static final int MAX_RUN = 8 * 1024;

    private static final String LETTERS = "abcXYZ019-_";
    private static final String[] TEXTS = {"", "plain", "Straße", "日本語", "𝄞 clef", "two\nlines"};

    private final Random random;

    WireSamples(final Random random) {
        this.random = random;
    }

    /** Something that one side sends: a message, one without a body, a credit or a run. */
    sealed interface Sent {
    }

    record Whole(WireMessage message) implements Sent {
    }

    record Bare(WireType type, int flow) implements Sent {
    }

    record Credit(int flow, long limit, long acknowledged) implements Sent {
    }

    /** What stands in front of a run, and its frames: here bytes without a meaning. */
    record Run(int flow, int lane, long epoch, long position, long messagesBefore, long origin, int hops, ByteBuffer frames)
            implements Sent {

        /** The same, from memory that a socket takes. */
        Run direct() {
            return new Run(flow, lane, epoch, position, messagesBefore, origin, hops,
                    ByteBuffer.allocateDirect(frames.remaining()).put(frames.duplicate()).flip());
        }
    }

    /** What one side says, the first message included. */
    List<Sent> conversation(final boolean toServer, final int length) {
        final List<Sent> sent = new ArrayList<>();
        sent.add(new Whole(toServer ? hello() : welcome()));
        while (sent.size() < length) {
            sent.add(next(toServer));
        }
        return sent;
    }

    /** Adds something to an output. */
    static boolean add(final Sent sent, final WireOutput output) {
        return switch (sent) {
            case Whole(final WireMessage message) -> output.message(message);
            case Bare(final WireType type, final int flow) -> output.bare(type, flow);
            case Credit(final int flow, final long limit, final long acknowledged) -> output.credit(flow, limit, acknowledged);
            case Run run -> output.run(run.flow, run.lane, run.epoch, run.position, run.messagesBefore, run.origin, run.hops,
                    run.frames.duplicate());
        };
    }

    /** Bytes of a conversation. */
    static byte[] bytes(final List<Sent> conversation) {
        final List<byte[]> all = new ArrayList<>();
        int length = 0;
        for (final Sent sent : conversation) {
            final WireOutput output = new WireOutput(4);
            if (!add(sent, output)) {
                throw new AssertionError(sent + " does not fit into an empty output");
            }
            final byte[] bytes = drain(output);
            all.add(bytes);
            length += bytes.length;
        }
        final ByteBuffer joined = ByteBuffer.allocate(length);
        all.forEach(joined::put);
        return joined.array();
    }

    /** All that waits in an output. */
    static byte[] drain(final WireOutput output) {
        final byte[] bytes = new byte[(int) output.pending()];
        int at = 0;
        for (int i = output.first(); i < output.first() + output.count(); i++) {
            final int length = output.buffers()[i].remaining();
            output.buffers()[i].get(bytes, at, length);
            at += length;
        }
        output.written(at);
        return bytes;
    }

    private Sent next(final boolean toServer) {
        final int flow = flow(toServer);
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> run(flow);
            case 3, 4 -> credit(toServer ? 1 + random.nextInt(WireDescriptor.MAX_FLOW) : 0);
            case 5 -> new Bare(random.nextBoolean() ? WireType.HEARTBEAT : WireType.BYE, 0);
            case 6 -> new Bare(WireType.UNSUBSCRIBE, 1 + random.nextInt(WireDescriptor.MAX_FLOW));
            case 7 -> new Whole(toServer ? subscribe() : subscribed());
            case 8 -> new Whole(stream(flow));
            case 9 -> new Whole(random.nextBoolean() ? lane(flow) : laneEnd(flow));
            case 10 -> new Whole(random.nextBoolean() ? new WireLost(flow, count()) : declare());
            default -> new Whole(failure());
        };
    }

    private int flow(final boolean toServer) {
        return toServer ? 0 : pick(1, WireDescriptor.MAX_FLOW, 1 + random.nextInt(WireDescriptor.MAX_FLOW));
    }

    private int pick(final int... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private long count() {
        return random.nextBoolean() ? random.nextInt(1000) : random.nextLong() & Long.MAX_VALUE;
    }

    private long multiple() {
        return (count() >>> 1) & -WireDescriptor.ALIGNMENT;
    }

    Run run(final int flow) {
        final int most = MAX_RUN / WireDescriptor.ALIGNMENT;
        final byte[] frames = new byte[WireDescriptor.ALIGNMENT * pick(2, 3, most, 2 + random.nextInt(most - 1))];
        random.nextBytes(frames);
        return new Run(flow, random.nextInt(), random.nextLong(), multiple(), count(), random.nextLong(), random.nextInt(256),
                ByteBuffer.allocateDirect(frames.length).put(frames).flip().asReadOnlyBuffer());
    }

    Credit credit(final int flow) {
        final long acknowledged = multiple();
        return new Credit(flow, acknowledged + (multiple() & Integer.MAX_VALUE), acknowledged);
    }

    WireLimits limits() {
        final int frame = pick(64, 65, 4096, 1 << 20);
        return new WireLimits(frame, pick(frame + 7 & -8, WireDescriptor.MAX_RUN_LENGTH), pick(1, 1000, WireDescriptor.MAX_MILLIS),
                pick(1, 15_000, WireDescriptor.MAX_MILLIS));
    }

    WireHello hello() {
        final List<WireHello.Resumed> resumed = new ArrayList<>();
        new TreeSet<>(random.ints(pick(0, 1, 7, 300), 1, WireDescriptor.MAX_FLOW + 1).boxed().toList())
                .forEach(flow -> resumed.add(new WireHello.Resumed(flow, multiple())));
        final int oldest = 1 + random.nextInt(9);
        return new WireHello(oldest, oldest + random.nextInt(3), random.nextLong(), random.nextLong(), limits(), text(), text(), resumed);
    }

    WireWelcome welcome() {
        final boolean resumed = random.nextBoolean();
        return new WireWelcome(resumed, 1 + random.nextInt(0xFFFF), random.nextLong(), random.nextLong() | 1, limits(),
                resumed ? multiple() : 0, random.nextInt(WireDescriptor.MAX_MILLIS + 1),
                random.nextInt(WireDescriptor.MAX_FLOW + 1), text());
    }

    WireFailure failure() {
        return new WireFailure(random.nextInt(WireDescriptor.MAX_FLOW + 1), 1 + random.nextInt(0xFFFF), random.nextInt(100) - 1, text());
    }

    WireSubscribe subscribe() {
        final List<LanePosition> points = new ArrayList<>();
        for (int i = pick(0, 0, 1, 40, WireDescriptor.MAX_POINTS); i > 0; i--) {
            points.add(new LanePosition(random.nextLong(), random.nextInt(), multiple(), count()));
        }
        final List<Integer> partitions = List.copyOf(new TreeSet<>(random.ints(pick(0, 0, 1, 3, 2000), 0, 0xFFFF).boxed().toList()));
        final SlowSubscriberPolicy policy = random.nextInt(4) == 0 ? null : SlowSubscriberPolicy.values()[random.nextInt(3)];
        final Start start = switch (random.nextInt(3)) {
            case 0 -> Start.latest();
            case 1 -> Start.oldest();
            default -> Start.at(Instant.ofEpochMilli(random.nextLong()));
        };
        return new WireSubscribe(1 + random.nextInt(WireDescriptor.MAX_FLOW),
                TopicPattern.of(random.nextBoolean() ? topic().name() : "a.*.>"), policy, count(),
                random.nextBoolean() ? WireSubscribe.SERVERS_STALL : count(), start, partitions, points);
    }

    WireSubscribed subscribed() {
        return new WireSubscribed(1 + random.nextInt(WireDescriptor.MAX_FLOW), SlowSubscriberPolicy.values()[random.nextInt(3)],
                1 + multiple());
    }

    WireStream stream(final int flow) {
        final int partitions = pick(1, 2, 0xFFFF);
        return new WireStream(flow, random.nextInt() & Integer.MAX_VALUE, topic(), random.nextInt(partitions), partitions);
    }

    WireLane lane(final int flow) {
        return new WireLane(flow, random.nextInt(), random.nextInt(), random.nextLong(), random.nextLong(), multiple(), count());
    }

    WireLaneEnd laneEnd(final int flow) {
        return new WireLaneEnd(flow, random.nextInt());
    }

    WireDeclare declare() {
        return new WireDeclare(topic(), pick(WireDeclare.ASK, 1, 0xFFFF));
    }

    private Topic topic() {
        final StringBuilder name = new StringBuilder();
        for (int i = pick(1, 2, 8, 9, Topic.MAX_LENGTH); i > 0; i--) {
            name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return Topic.of(name.toString());
    }

    private String text() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }
}
