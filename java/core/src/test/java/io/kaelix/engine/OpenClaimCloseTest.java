// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.Claim;
import io.kaelix.Publisher;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A publisher that another thread closed while its claim is open: what else its thread calls does not end that claim. */
class OpenClaimCloseTest {

    private final EngineFixture engine = new EngineFixture();
    private final Publisher publisher = engine.publisher("a");

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void shouldKeepTheClaimWhateverItsThreadCallsFirst() throws Exception {
        final List<Callable<?>> uses = List.of(
                () -> publisher.offer(new byte[1]),
                () -> publisher.tryClaim(1),
                publisher::endBatch,
                () -> {
                    publisher.beginBatch();
                    return null;
                });
        try (PeerThread owner = new PeerThread()) {
            final Claim claim = owner.call(() -> publisher.tryClaim(Long.BYTES));
            publisher.close();
            for (final Callable<?> use : uses) {
                assertThatThrownBy(() -> owner.call(use)).isInstanceOf(IllegalStateException.class);
                assertThat(claim.isOpen()).isTrue();
                owner.call(() -> claim.putLong(0, 1));
            }
            assertThatThrownBy(() -> owner.call(claim::commit)).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
            assertThat(claim.isOpen()).isFalse();
        }
    }
}
