// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Bytes of an enemy into a {@link WireInput}. A target as Jazzer calls it, which guides the bytes by what they reach;
 * {@link WireInputFuzzTest} calls it with what it makes of messages that keep the rules.
 *
 * <p>The first byte of the input says which side reads, in which way, and whether the handshake is done; the second, in pieces of what
 * length. The rest is the stream.
 */
public final class WireInputFuzz {

    private static final int SERVER = 0x10;
    private static final int MET = 0x20;
    private static final byte[] HELLO = WireSamples.bytes(List.of(new WireSamples.Whole(new WireSamples(new Random(1)).hello())));
    private static final byte[] WELCOME = WireSamples.bytes(List.of(new WireSamples.Whole(new WireSamples(new Random(1)).welcome())));

    private WireInputFuzz() {
    }

    /** Throws if anything but what is stated follows. */
    public static void fuzzerTestOneInput(final byte[] data) {
        received(data);
    }

    /** How many messages were taken before the end, or the one that was refused. */
    static int received(final byte[] data) {
        if (data.length < 2) {
            return 0;
        }
        final boolean server = (data[0] & SERVER) != 0;
        final WireReading.Way way = WireReading.Way.values()[data[0] & 3];
        final byte[] first = (data[0] & MET) == 0 ? new byte[0] : server ? HELLO : WELCOME;
        final byte[] stream = Arrays.copyOf(first, first.length + data.length - 2);
        System.arraycopy(data, 2, stream, first.length, data.length - 2);
        final WireReading reading = new WireReading(new WireInput(server, WireSamples.MAX_RUN), way, new Random(data[1]));
        final int piece = 1 + (data[1] & 0xFF) * (data[1] & 0xFF) / 8;
        try {
            for (int at = 0; at < stream.length; at += piece) {
                reading.read(stream, at, Math.min(stream.length, at + piece));
            }
        } catch (final ProtocolException e) {
            check(e);
        }
        return sameAgain(reading.received(), server);
    }

    private static void check(final ProtocolException refusal) {
        final String text = refusal.getMessage();
        if (text == null || text.isBlank() || text.length() > 1000 || text.chars().anyMatch(Character::isISOControl)) {
            throw new AssertionError("a refusal that is no line: " + text);
        }
    }

    /** What was taken keeps the rules: it can be sent, and is the same then. */
    private static int sameAgain(final List<WireSamples.Sent> received, final boolean server) {
        if (received.isEmpty()) {
            return 0;
        }
        final List<WireSamples.Sent> sendable = new ArrayList<>();
        for (final WireSamples.Sent sent : received) {
            sendable.add(sent instanceof final WireSamples.Run run ? run.direct() : sent);
        }
        final byte[] bytes = WireSamples.bytes(sendable);
        final WireReading again = new WireReading(new WireInput(server, WireSamples.MAX_RUN), WireReading.Way.PUT, new Random(0));
        again.read(bytes, 0, bytes.length);
        if (!again.received().equals(received)) {
            throw new AssertionError("received " + received + ", and when that was sent again " + again.received());
        }
        return received.size();
    }
}
