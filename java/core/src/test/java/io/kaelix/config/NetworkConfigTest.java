// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kaelix.KaelixException;
import io.kaelix.ListenConfig;
import io.kaelix.TlsConfig;
import io.kaelix.TopicRule;
import io.kaelix.TopicRule.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code [network]}, and what is listened with. */
class NetworkConfigTest {

    @TempDir
    private Path folder;

    private static NetworkConfig load(final String text) {
        return ConfigLoader.of().load(ConfigFile.parse("k.toml", text)).network();
    }

    private static void assertRefused(final String text, final String told) {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> load(text)).withMessageContaining(told);
    }

    private Path tokens(final String text) throws IOException {
        final Path file = Files.createFile(folder.resolve("tokens"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, text);
    }

    private static NetworkConfig withTokens(final Path file) {
        return ConfigLoader.of().with("network.listen", "127.0.0.1:1").with("network.tokens_file", file.toString()).load().network();
    }

    @Test
    void shouldListenNowhereByDefault() {
        assertThat(KaelixConfig.defaults().network().listeners()).isEmpty();
    }

    @Test
    void shouldHaveTheDefaultsOfListenConfig() {
        assertThat(load("network.listen = [\"127.0.0.1:0\"]").listeners()).containsExactly(ListenConfig.defaults());
    }

    @Test
    void shouldMakeListenersOfWhatIsSet() throws IOException {
        final Path file = tokens("# who\n\nalice  t0ken\r\nbob\tother=#1\nalice third\n");
        final List<ListenConfig> listeners = load("""
                [network]
                listen = ["127.0.0.1:7878", "[::1]:0"]
                tls_certificate = "c.pem"
                tls_key = "c.key"
                tls_trusted = "ca.pem"
                tls_client_certificates = true
                tokens_file = "%s"
                rules = ["allow alice publish orders.>", "deny *  subscribe secret.*", "allow * both >"]
                open = true
                max_connections = 5
                max_subscriptions = 6
                max_streams = 7
                max_frame_length = "1MiB"
                window = "64KiB"
                handshake_timeout_ms = 11
                heartbeat_ms = 12
                silence_ms = 24
                resume_timeout_ms = 0
                max_lag = "128KiB"
                """.formatted(file)).listeners();
        assertThat(listeners).extracting(ListenConfig::host).containsExactly("127.0.0.1", "::1");
        assertThat(listeners.getFirst()).isEqualTo(new ListenConfig("127.0.0.1", 7878,
                new TlsConfig(Path.of("c.pem"), Path.of("c.key"), Path.of("ca.pem"), true),
                Map.of("t0ken", "alice", "other=#1", "bob", "third", "alice"),
                List.of(TopicRule.allow("alice", Action.PUBLISH, "orders.>"), TopicRule.deny("*", Action.SUBSCRIBE, "secret.*"),
                        TopicRule.allow("*", Action.BOTH, ">")),
                true, 5, 6, 7, 1 << 20, 64 << 10, Duration.ofMillis(11), Duration.ofMillis(12), Duration.ofMillis(24), Duration.ZERO,
                128 << 10));
    }

    @Test
    void shouldReadListsOfTheEnvironment() {
        final KaelixConfig config = ConfigLoader.of().environment(Map.of("KAELIX_NETWORK_LISTEN", "127.0.0.1:1, [::1]:2",
                "KAELIX_NETWORK_RULES", "")).load();
        assertThat(config.network().listen()).containsExactly("127.0.0.1:1", "[::1]:2");
        assertThat(config.network().rules()).isEmpty();
        assertThat(config.setting(ConfigKey.NETWORK_LISTEN).text()).isEqualTo("[\"127.0.0.1:1\", \"[::1]:2\"]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            listen = "127.0.0.1:1"              | must be a list of hosts with ports, as ["127.0.0.1:7878", "[::1]:7878"], not the text
            listen = [1]                        | not a list with 1
            listen = ["127.0.0.1"]              | k.toml:1:18: network.listen must be a list of hosts
            listen = ["127.0.0.1"]              | is no host and port: write them as 127.0.0.1:7878
            listen = ["a:1", "a:1"]             | "a:1" is there twice
            listen = ["a:65536"]                | the port must be from 0 to 65535, not 65536
            rules = ["allow alice publish"]     | "allow alice publish": a rule is allow or deny, an identity or *, publish, subscribe or both
            rules = ["Allow alice publish a"]   | a rule is allow or deny
            rules = ["allow alice read a"]      | a rule is allow or deny
            rules = ["allow alice both a.>.b"]  | must be the last token
            tls_certificate = "c"               | network.tls_certificate = "c" needs network.tls_key
            tls_key = "k"                       | network.tls_key = "k" needs network.tls_certificate
            tls_client_certificates = true      | needs network.tls_certificate and tls_key, and network.tls_trusted
            heartbeat_ms = 10000                | must be at least two heartbeats, 20000
            window = 100                        | must be a number of bytes from 4KiB to 256MiB, not 100
            port = 1                            | there is no key network.port
            """)
    void shouldRefuseWhatDoesNotDo(final String line, final String told) {
        assertRefused("network." + line, told);
    }

    @Test
    void shouldRefuseTokensThatOthersMayRead() throws IOException {
        final Path file = tokens("alice t0ken\n");
        for (final String permissions : List.of("rw-r-----", "rw----r--", "rw--w----", "rwxrwxrwx")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
            assertThatExceptionOfType(KaelixException.class).isThrownBy(() -> withTokens(file).listeners())
                    .withMessage("token file " + file + " may be used by others than its owner (" + permissions
                            + "), so it is no secret: chmod 600 " + file);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        assertThat(withTokens(file).listeners().getFirst().tokens()).containsExactly(Map.entry("t0ken", "alice"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            alice            | :1: must be an identity, a space, and its token
            a b c            | :1: must be an identity, a space, and its token
            * t0ken          | :1: must be an identity, a space, and its token
            #                | :1: is the end, and there is no token
            """)
    void shouldRefuseLinesThatAreNoToken(final String text, final String told) throws IOException {
        final Path file = tokens(text);
        assertThatExceptionOfType(KaelixException.class).isThrownBy(() -> withTokens(file).listeners()).withMessageContaining(told)
                .withMessageNotContaining("t0ken");
    }

    @Test
    void shouldRefuseATokenOfTwo() throws IOException {
        final Path file = tokens("alice t0ken\nbob t0ken\n");
        assertThatExceptionOfType(KaelixException.class).isThrownBy(() -> withTokens(file).listeners())
                .withMessageContaining(":2: has a token that stands above already").withMessageNotContaining("t0ken");
    }

    @Test
    void shouldNameAFileOfTokensThatIsNotThere() {
        final Path file = folder.resolve("none");
        assertThatExceptionOfType(KaelixException.class).isThrownBy(() -> withTokens(file).listeners())
                .withMessage("token file " + file + " is not there: name one that is, or make it");
        assertThatExceptionOfType(KaelixException.class).isThrownBy(() -> withTokens(folder).listeners())
                .withMessage("token file " + folder + " is a folder: name the file in it");
    }
}
