// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Settings of listeners and clients: what is refused, and that secrets are not told. */
class NetworkSettingsTest {

    @Test
    void shouldReadHostsAndPortsAsPeopleWriteThem() {
        assertThat(ListenConfig.on("127.0.0.1:7878")).extracting(ListenConfig::host, ListenConfig::port).containsExactly("127.0.0.1", 7878);
        assertThat(ListenConfig.on("[::1]:0")).extracting(ListenConfig::host, ListenConfig::port).containsExactly("::1", 0);
        assertThat(ClientConfig.to("streams.example.org:1")).extracting(ClientConfig::host, ClientConfig::port)
                .containsExactly("streams.example.org", 1);
        for (final String wrong : new String[] {"", "127.0.0.1", ":7878", "::1:7878", "host:", "host:x", "host:65536", "host:-1", "[]:1"}) {
            assertThatThrownBy(() -> ListenConfig.on(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> ClientConfig.to("host", 0)).hasMessageContaining("1 to 65535");
    }

    @Test
    void shouldRefuseWhatIsOutOfRange() {
        final ListenConfig listen = ListenConfig.defaults();
        assertThatThrownBy(() -> listen.withMaxConnections(0)).hasMessageContaining("maxConnections must be from 1 to 65535, not 0");
        assertThatThrownBy(() -> listen.withWindow(ListenConfig.MIN_BYTES - 1)).hasMessageContaining("window");
        assertThatThrownBy(() -> listen.withMaxFrameLength(ListenConfig.MAX_BYTES + 1)).hasMessageContaining("maxFrameLength");
        assertThatThrownBy(() -> listen.withHeartbeat(Duration.ofMillis(9))).hasMessageContaining("heartbeat");
        assertThatThrownBy(() -> listen.withSilence(Duration.ofMillis(1_999))).hasMessageContaining("silence must be from 2000 ms");
        assertThatThrownBy(() -> listen.withMaxLag(-1)).hasMessageContaining("maxLag");
        assertThatThrownBy(() -> listen.withTokens(Map.of("secret", "*"))).hasMessageNotContaining("secret");
        final ClientConfig client = ClientConfig.to("127.0.0.1", 7878);
        assertThatThrownBy(() -> client.withLaneCapacity(100_000)).hasMessageContaining("power of two");
        assertThatThrownBy(() -> client.withToken("")).hasMessageContaining("token");
        assertThatThrownBy(() -> client.withName("x".repeat(65))).hasMessageContaining("64");
        assertThatThrownBy(() -> client.withWorkers(65)).hasMessageContaining("workers");
        assertThatThrownBy(() -> new TlsConfig(Path.of("a.pem"), null, null, false)).hasMessageContaining("key is missing");
        assertThatThrownBy(() -> TopicRule.allow("", TopicRule.Action.BOTH, ">")).hasMessageContaining("identity");
    }

    @Test
    void shouldNotTellSecrets() {
        assertThat(ListenConfig.defaults().withTokens(Map.of("s3cret", "alice")).toString()).contains("1 tokens").doesNotContain("s3cret");
        assertThat(ClientConfig.to("127.0.0.1", 7878).withToken("s3cret").toString()).contains("token").doesNotContain("s3cret");
    }
}
