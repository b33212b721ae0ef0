// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The layout that others read, on the wire and in shared memory: numbers here are the contract. */
class FrameDescriptorTest {

    @Test
    void shouldStepToTheNextMultipleOfEight() {
        for (int length = 16; length < 200; length++) {
            assertThat(FrameDescriptor.step(length)).isEqualTo((length + 7) / 8 * 8);
        }
    }

    @Test
    void shouldKeepItsOffsets() {
        assertThat(FrameDescriptor.LENGTH_OFFSET).isZero();
        assertThat(FrameDescriptor.FLAGS_OFFSET).isEqualTo(4);
        assertThat(FrameDescriptor.STREAM_ID_OFFSET).isEqualTo(8);
        assertThat(FrameDescriptor.SEQUENCE_OFFSET).isEqualTo(12);
        assertThat(FrameDescriptor.TIMESTAMP_OFFSET).isEqualTo(16).isEqualTo(FrameDescriptor.HEADER_LENGTH);
    }

    @Test
    void shouldAddHeaderTimestampAndPayload() {
        assertThat(FrameDescriptor.length(0, false)).isEqualTo(16);
        assertThat(FrameDescriptor.length(0, true)).isEqualTo(24);
        assertThat(FrameDescriptor.length(100, false)).isEqualTo(116);
        assertThat(FrameDescriptor.length(100, true)).isEqualTo(124);
    }

    @Test
    void shouldFindThePayloadBehindTimestampAndHeaders() {
        final int version = FrameDescriptor.VERSION_BITS;
        assertThat(FrameDescriptor.payloadOffset(version)).isEqualTo(16);
        assertThat(FrameDescriptor.payloadOffset(version | FrameDescriptor.FLAG_TIMESTAMP)).isEqualTo(24);
        assertThat(FrameDescriptor.payloadOffset(version | FrameDescriptor.FLAG_HEADERS | 40 << 16)).isEqualTo(56);
        assertThat(FrameDescriptor.payloadOffset(0xFFFF_0000 | version | 3)).as("never negative").isEqualTo(24 + 65_535);
    }
}
