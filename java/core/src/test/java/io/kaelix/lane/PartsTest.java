// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.Message;
import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameMessage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Frames that are parts of a message, as they lie in the lane: those that belong together, and those that do not. */
class PartsTest {

    private static final int CAPACITY = 8192;
    private static final int FIRST = FrameDescriptor.VERSION_BITS | FrameDescriptor.FLAG_MORE;
    private static final int MIDDLE = FrameDescriptor.VERSION_BITS | FrameDescriptor.FLAG_FRAGMENT | FrameDescriptor.FLAG_MORE;
    private static final int LAST = FrameDescriptor.VERSION_BITS | FrameDescriptor.FLAG_FRAGMENT;

    private final LaneFixture fixture = new LaneFixture(CAPACITY);
    private final LaneReader gating = fixture.lane.join();
    private final LossyLaneReader lossy = fixture.lane.joinLossy();
    private final FrameMessage ofGating = messageOf(gating);
    private final FrameMessage ofLossy = messageOf(lossy);

    @AfterEach
    void free() {
        fixture.close();
    }

    private FrameMessage messageOf(final PollableLane reader) {
        return fixture.messageOf(reader);
    }

    /** A part, with these bytes of payload behind what its flags ask for. */
    private void part(final int flags, final int stream, final int sequence, final long total, final int... bytes) {
        final boolean first = flags == FIRST;
        final int header = FrameDescriptor.HEADER_LENGTH + (first ? FrameDescriptor.TOTAL_LENGTH : 0);
        final long frame = fixture.writer.claim(header + bytes.length);
        assertThat(frame).isPositive();
        if (first) {
            NativeMemory.putLong(frame + FrameDescriptor.HEADER_LENGTH, total);
        }
        for (int i = 0; i < bytes.length; i++) {
            NativeMemory.putByte(frame + header + i, (byte) bytes[i]);
        }
        if (FrameDescriptor.endsMessage(flags)) {
            fixture.writer.commit(header + bytes.length, flags, stream, sequence);
        } else {
            fixture.writer.commitPart(header + bytes.length, flags, stream, sequence);
        }
    }

    private static List<String> poll(final PollableLane reader, final FrameMessage message) {
        final List<String> shown = new ArrayList<>();
        message.open(Thread.currentThread());
        for (int poll = 0; poll < 4; poll++) {
            reader.poll(message, it -> shown.add(it.streamId() + "#" + it.sequence() + it.asString()), 100);
        }
        message.clear();
        return shown;
    }

    private void assertShown(final String... messages) {
        assertThat(poll(gating, ofGating)).containsExactly(messages);
        assertThat(poll(lossy, ofLossy)).containsExactly(messages);
        assertThat(lossy.lost()).isZero();
    }

    private void assertCorrupt(final String why) {
        final long before = gating.position();
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(() -> poll(gating, ofGating)).isInstanceOf(KaelixException.class).hasMessageContaining("corrupt")
                    .hasMessageContaining("publisher " + LaneFixture.PUBLISHER).hasMessageContaining(why);
            assertThatThrownBy(() -> poll(lossy, ofLossy)).isInstanceOf(KaelixException.class).hasMessageContaining(why);
        }
        assertThat(gating.position()).as("it stays").isBetween(before, fixture.lane.tail() - 1);
        assertThat(lossy.position()).isEqualTo(gating.position());
        ofGating.dropParts();
        ofLossy.dropParts();
    }

    @Test
    void shouldPutTogetherMessagesOfStreamsThatAlternate() {
        part(FIRST, 1, 0, 6, 'a', 'b');
        part(FIRST, 2, 0, 4, 'A');
        fixture.writer.claim(16);
        fixture.writer.commit(16, FrameDescriptor.VERSION_BITS, 9, 5);
        part(MIDDLE, 1, 0, 0, 'c');
        part(LAST, 2, 0, 0, 'B', 'C', 'D');
        part(LAST, 1, 0, 0, 'd', 'e', 'f');
        part(FIRST, 2, 1, 2, 'x');
        part(LAST, 2, 1, 0, 'y');
        assertShown("9#5", "2#0ABCD", "1#0abcdef", "2#1xy");
        assertThat(fixture.writer.frames()).as("messages").isEqualTo(4);
        assertThat(ofGating.hasParts()).isFalse();
    }

    @Test
    void shouldSendInPartsThroughTheShortestLanes() {
        for (int capacity = LaneDescriptor.MIN_CAPACITY; capacity <= 1024; capacity *= 2) {
            try (LaneFixture small = new LaneFixture(capacity)) {
                final PartWriter parts = new PartWriter(small.writer);
                final byte[] payload = new byte[capacity];
                final LaneReader reader = small.lane.join();
                final FrameMessage message = small.messageOf(reader);
                for (final int length : new int[] {parts.maxLength(), capacity}) {
                    parts.begin(1, 0, payload, 0, length, Message.NO_TIMESTAMP);
                    final long position = parts.writeAll();
                    parts.end();
                    message.open(Thread.currentThread());
                    final List<Integer> lengths = new ArrayList<>();
                    for (int poll = 0; poll < 4; poll++) {
                        reader.poll(message, it -> lengths.add(it.length()), 10);
                    }
                    assertThat(position).isEqualTo(length == capacity ? LaneWriter.TOO_LONG : small.lane.tail());
                    assertThat(lengths).as("in " + capacity).isEqualTo(length == capacity ? List.of() : List.of(length));
                }
                reader.leave();
            }
        }
    }

    @Test
    void shouldForgetWhatIsGivenUp() {
        part(FIRST, 1, 0, 100, 'a', 'b');
        part(MIDDLE, 1, 0, 0, 'c');
        assertShown();
        assertThat(ofGating.hasParts()).isTrue();
        part(MIDDLE, 1, 0, 0);
        assertShown();
        assertThat(ofGating.hasParts()).isFalse();
        part(FIRST, 1, 0, 3, 'x');
        part(FIRST, 1, 0, 2, 'y');
        part(LAST, 1, 0, 0, 'z');
        assertShown("1#0yz");
        assertThat(fixture.writer.frames()).isEqualTo(1);
    }

    @Test
    void shouldPassOverPartsThatBeganBeforeItStarted() {
        part(FIRST, 1, 0, 4, 'a');
        part(MIDDLE, 1, 0, 0, 'b');
        final LaneReader late = fixture.lane.join();
        final LossyLaneReader lateLossy = fixture.lane.joinLossy();
        final FrameMessage ofLate = messageOf(late);
        part(MIDDLE, 1, 0, 0, 'c');
        part(LAST, 1, 0, 0, 'd');
        part(FIRST, 1, 1, 2, 'x');
        part(LAST, 1, 1, 0, 'y');
        assertThat(poll(late, ofLate)).containsExactly("1#1xy");
        assertThat(poll(lateLossy, messageOf(lateLossy))).containsExactly("1#1xy");
        assertThat(late.framesBefore()).isZero();
        assertThat(late.lost()).isZero();
        assertThat(lateLossy.lost()).as("begun before, sent after").isEqualTo(1);
        assertShown("1#0abcd", "1#1xy");
        part(LAST, 1, 2, 0, 'z');
        assertThatThrownBy(() -> poll(late, ofLate)).isInstanceOf(KaelixException.class).hasMessageContaining("without a first");
    }

    @Test
    void shouldReportAPartWithoutAFirstOne() {
        fixture.writeAll(24);
        assertThat(poll(gating, ofGating).size() + poll(lossy, ofLossy).size()).as("what comes before").isEqualTo(2);
        part(MIDDLE, 1, 0, 0, 'a');
        assertCorrupt("without a first");
    }

    @Test
    void shouldReportLengthsThatAreNone() {
        for (final long total : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, (16 << 20) + 1, 1L << 32, 2}) {
            try (LaneFixture other = new LaneFixture(CAPACITY)) {
                final LaneReader reader = other.lane.join();
                final FrameMessage message = other.messageOf(reader);
                message.open(Thread.currentThread());
                final long frame = other.writer.claim(26);
                NativeMemory.putLong(frame + 16, total);
                other.writer.commitPart(26, FIRST, 1, 0);
                assertThatThrownBy(() -> reader.poll(message, it -> { }, 1)).isInstanceOf(KaelixException.class)
                        .hasMessageContaining("length of " + total).hasMessageContaining("limit is " + (16 << 20));
                assertThat(message.hasParts()).isFalse();
            }
        }
    }

    @Test
    void shouldReportAFirstPartThatIsTooShortForItsLength() {
        fixture.writer.claim(23);
        fixture.writer.commitPart(23, FIRST, 1, 0);
        assertCorrupt("no room for its length");
    }

    @Test
    void shouldReportPartsThatAddUpToMore() {
        part(FIRST, 1, 0, 3, 'a');
        part(MIDDLE, 1, 0, 0, 'b', 'c');
        assertCorrupt("do not add up");
    }

    @Test
    void shouldReportALastPartThatIsTooLong() {
        part(FIRST, 1, 0, 3, 'a');
        part(LAST, 1, 0, 0, 'b', 'c', 'd');
        assertCorrupt("do not add up");
    }

    @Test
    void shouldReportALastPartThatIsTooShort() {
        part(FIRST, 1, 0, 3, 'a');
        part(LAST, 1, 0, 0, 'b');
        assertCorrupt("2 are missing");
    }

    @Test
    void shouldReportPartsOfAnotherMessage() {
        part(FIRST, 1, 0, 3, 'a');
        part(LAST, 1, 1, 0, 'b', 'c');
        assertCorrupt("another message");
    }

    @Test
    void shouldReportHeadersBehindTheFirstPart() {
        part(FIRST, 1, 0, 30, 'a');
        final long frame = fixture.writer.claim(40);
        NativeMemory.putLong(frame + 16, 1);
        fixture.writer.commitPart(40, MIDDLE | FrameDescriptor.FLAG_TIMESTAMP, 1, 0);
        assertCorrupt("unknown flags");
    }

    @Test
    void shouldReportHeadersThatEndBehindAPart() {
        fixture.writer.claim(40);
        fixture.writer.commitPart(40, FIRST | FrameDescriptor.FLAG_HEADERS | 32 << 16, 1, 0);
        assertCorrupt("headers");
    }

    @Test
    void shouldReportTooManyUnfinishedMessages() {
        for (int stream = 0; stream < 64; stream++) {
            part(FIRST, stream, 0, 1000, 'a');
        }
        assertShown();
        part(FIRST, 64, 0, 1000, 'a');
        assertCorrupt("64 other streams");
    }

    @Test
    void shouldShowNothingOfAMessageThatHasEnded() {
        part(FIRST, 1, 0, 3, 'a');
        part(LAST, 1, 0, 0, 'b', 'c');
        assertThat(gating.poll(ofGating, it -> { }, 1)).isEqualTo(1);
        assertThatThrownBy(ofGating::length).isInstanceOf(IllegalStateException.class);
        assertThat(poll(lossy, ofLossy)).containsExactly("1#0abc");
    }

    @Test
    void shouldStopReadingPartsOnceItIsEvicted() {
        part(FIRST, 1, 0, 3, 'a');
        assertThat(poll(gating, ofGating)).isEmpty();
        part(LAST, 1, 0, 0, 'b', 'c');
        fixture.lane.evict(gating);
        assertThat(poll(gating, ofGating)).isEmpty();
        ofGating.dropParts();
        assertThat(ofGating.hasParts()).isFalse();
    }

    @Test
    void shouldTakeNoMoreThanARingOfPartsInAPoll() {
        final int length = fixture.parts.maxLength();
        assertThat(fixture.writeParts(length)).isPositive();
        assertThat(fixture.writeParts(length - CAPACITY / 8)).isPositive();
        assertThat(gating.poll(ofGating, it -> { }, 1)).isEqualTo(1);
        assertThat(gating.position()).as("behind the first").isLessThan(fixture.lane.tail());
        assertThat(gating.poll(ofGating, it -> { }, 10)).isEqualTo(1);
    }
}
