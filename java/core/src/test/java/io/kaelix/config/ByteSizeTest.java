// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes as texts. */
class ByteSizeTest {

    @ParameterizedTest
    @CsvSource({"0B, 0, 0", "1000B, 1000, 1000", "64KiB, 65536, 64KiB", "1024KiB, 1048576, 1MiB", "3 MiB, 3145728, 3MiB",
        "4GiB, 4294967296, 4GiB", "2048TiB, 2251799813685248, 2048TiB", "8388607TiB, 9223370937343148032, 8388607TiB"})
    void shouldReadAndWriteSizes(final String text, final long bytes, final String written) {
        assertThat(ByteSize.parse(text)).isEqualTo(bytes);
        assertThat(ByteSize.text(bytes)).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "KiB", "1", "1K", "1k", "1KB", "1kib", "1.5MiB", "-1KiB", "1MiB x", "8388608TiB", "1234567890123456B",
        "99999999999999999999B"})
    void shouldRefuseWhatIsNoSize(final String text) {
        assertThat(ByteSize.parse(text)).isNegative();
    }
}
