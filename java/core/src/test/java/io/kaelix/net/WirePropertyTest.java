// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What is sent is what is received, however the bytes are cut up on the way. */
class WirePropertyTest {

    @Property(tries = 300)
    void shouldReceiveWhatWasSentInAnyPieces(@ForAll final Random random, @ForAll final boolean toServer,
            @ForAll final WireReading.Way way, @ForAll @IntRange(min = 1, max = 40) final int messages,
            @ForAll @IntRange(min = 1, max = 20_000) final int longestPiece) {
        final List<WireSamples.Sent> sent = new WireSamples(random).conversation(toServer, messages);
        final byte[] bytes = WireSamples.bytes(sent);
        final WireReading reading = new WireReading(new WireInput(toServer, WireSamples.MAX_RUN), way, random);
        for (int at = 0; at < bytes.length; ) {
            final int end = Math.min(bytes.length, at + 1 + random.nextInt(longestPiece));
            reading.read(bytes, at, end);
            at = end;
        }
        assertThat(reading.received()).isEqualTo(sent);
    }

    @Property(tries = 20)
    void shouldReceiveTheSameFromEachSplitInTwo(@ForAll final Random random, @ForAll final boolean toServer,
            @ForAll final WireReading.Way way) {
        final List<WireSamples.Sent> sent = new WireSamples(random).conversation(toServer, 6);
        final byte[] bytes = WireSamples.bytes(sent);
        final int step = 1 + bytes.length / 2000;
        for (int split = 0; split <= bytes.length; split += step) {
            final WireReading reading = new WireReading(new WireInput(toServer, WireSamples.MAX_RUN), way, random);
            reading.read(bytes, 0, split);
            reading.read(bytes, split, bytes.length);
            assertThat(reading.received()).as("split at %d", split).isEqualTo(sent);
        }
    }

    @Property(tries = 20)
    void shouldReceiveWhatIsWholeOfEachBeginning(@ForAll final Random random, @ForAll final boolean toServer,
            @ForAll final WireReading.Way way) {
        final List<WireSamples.Sent> sent = new WireSamples(random).conversation(toServer, 6);
        final byte[] bytes = WireSamples.bytes(sent);
        final int step = 1 + bytes.length / 2000;
        for (int end = 0; end <= bytes.length; end += step) {
            final WireReading reading = new WireReading(new WireInput(toServer, WireSamples.MAX_RUN), way, random);
            reading.read(bytes, 0, end);
            assertThat(reading.received()).isEqualTo(sent.subList(0, wholeIn(sent, end)));
        }
    }

    private static int wholeIn(final List<WireSamples.Sent> sent, final int end) {
        int whole = 0;
        while (whole < sent.size() && WireSamples.bytes(sent.subList(0, whole + 1)).length <= end) {
            whole++;
        }
        return whole;
    }

    @Property(tries = 300)
    void shouldDropTheFramesThatNobodyWantsAndNothingElse(@ForAll final Random random,
            @ForAll @IntRange(min = 1, max = 20_000) final int piece) {
        final WireSamples samples = new WireSamples(random);
        final WireMessage end = samples.lane(0);
        final List<WireSamples.Sent> sent = List.of(new WireSamples.Whole(samples.hello()), samples.run(0), new WireSamples.Whole(end));
        final byte[] bytes = WireSamples.bytes(sent);
        final WireInput input = new WireInput(true, WireSamples.MAX_RUN);
        WireMessage last = null;
        for (int at = 0; at < bytes.length; ) {
            final ByteBuffer wanted = input.wanted();
            final int count = Math.min(Math.min(wanted.remaining(), piece), bytes.length - at);
            wanted.put(Arrays.copyOfRange(bytes, at, at + count));
            at += count;
            for (WireType type = input.next(); type != null; type = input.next()) {
                if (type == WireType.RUN) {
                    input.discard();
                    assertThat(input.inRun()).isZero();
                } else {
                    last = input.message();
                }
            }
        }
        assertThat(last).isEqualTo(end);
    }
}
