// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What waits to be sent: pieces of memory in order, whatever a short write leaves. */
class WireOutputTest {

    private static final int FRAMES = 4096;

    private final WireOutput output = new WireOutput(8);
    private final ByteBuffer ring = ByteBuffer.allocateDirect(FRAMES);

    @Test
    void shouldGatherHeadersAndFramesInOrder() {
        assertThat(output.bare(WireType.HEARTBEAT, 0)).isTrue();
        assertThat(output.credit(3, 64, 32)).isTrue();
        assertThat(output.run(1, 2, 3, 64, 5, 0, 0, ring.slice(64, 128))).isTrue();
        assertThat(output.run(1, 2, 3, 192, 6, 0, 0, ring.slice(192, 32))).isTrue();
        assertThat(output.count()).isEqualTo(4);
        assertThat(output.pending()).isEqualTo(8 + 24 + 48 + 128 + 48 + 32);
    }
}
