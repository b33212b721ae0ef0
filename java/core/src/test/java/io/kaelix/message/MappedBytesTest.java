// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedBytesTest {

    /** Cut and written again before anybody asks how long it is: the fault tells enough. */
    @Test
    void shouldNameTheFileOfAFaultWhateverItsLengthIsByNow(@TempDir final Path directory) throws IOException {
        final Path file = Files.write(directory.resolve("bytes"), new byte[5000]);
        try (Payload payload = Payload.map(file)) {
            final SharedBytes bytes = PayloadHandle.of(payload).hold();
            final InternalError fault = new InternalError("a fault occurred in an unsafe memory access operation");
            assertThat(bytes.explain(fault)).hasMessageContaining(file.toString()).hasMessageContaining("cut").hasCause(fault);
            bytes.release();
        }
    }
}
