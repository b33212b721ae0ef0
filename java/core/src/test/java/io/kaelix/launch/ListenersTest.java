// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.ClientConfig;
import io.kaelix.ClientStatus;
import io.kaelix.KaelixClient;
import io.kaelix.KaelixException;
import io.kaelix.Listener;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.config.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code [network]} of a launched program's file does, and what becomes of it while somebody is connected. */
@Timeout(180)
class ListenersTest {

    private static final String LISTEN = "listen = [\"127.0.0.1:0\"]";

    @TempDir
    private Path folder;
    private Kaelix kaelix;

    @AfterEach
    void close() {
        if (kaelix != null) {
            kaelix.close();
        }
    }

    private Program launch(final String... lines) {
        final Program program = new Program(folder).write(lines);
        kaelix = program.launch();
        return program;
    }

    private ClientConfig to(final String token) {
        final Listener listener = kaelix.listeners().getFirst();
        final ClientConfig config = ClientConfig.to("127.0.0.1", listener.address().getPort()).withCloseTimeout(Duration.ofSeconds(1));
        return token == null ? config : config.withToken(token);
    }

    private KaelixClient connect(final String token) {
        return KaelixClient.connect(to(token));
    }

    private void writeTokens(final String text) throws IOException {
        final Path next = Files.createFile(folder.resolve("next-tokens"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(next, text);
        Files.move(next, folder.resolve("tokens"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private String[] withTokens(final String... more) {
        final String[] lines = new String[3 + more.length];
        lines[0] = "[network]";
        lines[1] = LISTEN;
        lines[2] = "tokens_file = \"" + folder.resolve("tokens") + "\"";
        System.arraycopy(more, 0, lines, 3, more.length);
        return lines;
    }

    private static boolean isLetIn(final ClientConfig config) {
        try (KaelixClient client = KaelixClient.connect(config)) {
            return client.status().state() == ClientStatus.State.CONNECTED;
        } catch (final KaelixException refused) {
            return false;
        }
    }

    @Test
    void shouldListenWhereTheFileSays() {
        launch("[network]", "listen = [\"127.0.0.1:0\", \"[::1]:0\"]");
        assertThat(kaelix.listeners()).hasSize(2);
        try (KaelixClient client = connect(null); Subscriber here = kaelix.streamer().subscriber("up");
                Publisher up = client.publisher("up")) {
            up.offer("hello".getBytes());
            final AtomicReference<String> received = new AtomicReference<>();
            Program.await("it arrives", () -> here.poll(message -> received.set(message.asString()), 1) > 0);
            assertThat(received).hasValue("hello");
        }
        final int port = kaelix.listeners().getFirst().address().getPort();
        kaelix.close();
        assertThatThrownBy(() -> KaelixClient.connect("127.0.0.1:" + port)).isInstanceOf(KaelixException.class);
    }

    @Test
    void shouldListenNowhereAndReadNoFilesUnlessItIsAsked() {
        launch("[network]", "tokens_file = \"/nowhere/tokens\"");
        assertThat(kaelix.listeners()).isEmpty();
        assertThat(Program.threads()).doesNotContain("kaelix-files");
    }

    @Test
    void shouldLaunchNothingIfItCannotListen() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> launch("[network]", "listen = [\"127.0.0.1:" + taken.getLocalPort() + "\"]"))
                    .isInstanceOf(KaelixException.class).hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort());
        }
        Program.await("its threads have ended", () -> Program.threads().isEmpty());
    }

    @Test
    void shouldHoldClientsToTheRulesOfAChangedFile() {
        final Program program = launch("[network]", LISTEN, "rules = [\"allow * both >\"]");
        try (KaelixClient client = connect(null); Subscriber denied = client.subscriber("audit");
                Publisher up = client.publisher("audit")) {
            program.write("[network]", LISTEN, "rules = [\"deny * both audit\", \"allow * both >\"]");

            Program.await("the subscription ends", () -> denied.poll(message -> { }, 1) < 0);
            assertThat(client.status().lastError()).contains("anyone may not receive every topic of audit any more");
            up.offer("dropped".getBytes());
            Program.await("the publisher is told", () -> client.status().denials() == 1);
            assertThat(kaelix.needRestart()).isEmpty();
        }
    }

    @Test
    void shouldTakeOverTokensWhenTheirFileAloneHasChanged() throws IOException {
        writeTokens("alice t1\nbob t2\n");
        launch(withTokens());
        try (KaelixClient alice = connect("t1"); KaelixClient bob = connect("t2")) {
            writeTokens("bob t2\nalice t3\n");

            Program.await("alice is cut off", () -> alice.status().state() == ClientStatus.State.REFUSED);
            assertThat(isLetIn(to("t1"))).isFalse();
            assertThat(isLetIn(to("t3"))).isTrue();
            assertThat(bob.status().state()).isEqualTo(ClientStatus.State.CONNECTED);
            assertThat(bob.status().reconnects()).isZero();
        }
    }

    @Test
    void shouldKeepTheTokensWhenTheirFileIsWrong() throws IOException {
        writeTokens("alice t1\n");
        launch(withTokens());
        try (LogRecords log = LogRecords.of(Kaelix.class); KaelixClient alice = connect("t1")) {
            writeTokens("alice t1 and more\n");

            Program.await("it is told", () -> log.texts().stream().anyMatch(text -> text.contains("tokens:1: must be an identity")
                    && text.contains("those before go on")));
            assertThat(isLetIn(to("t1"))).isTrue();
            assertThat(alice.status().reconnects()).isZero();
        }
    }

    @Test
    void shouldNameKeysThatNeedARestartAndChangeTheOthersOfTheSameFile() throws IOException {
        writeTokens("alice t1\n");
        final Program program = launch(withTokens("max_subscriptions = 1"));
        try (KaelixClient alice = connect("t1"); Subscriber one = alice.subscriber("a")) {
            assertThatThrownBy(() -> alice.subscriber("b")).isInstanceOf(KaelixException.class);

            program.write(withTokens("max_subscriptions = 2", "heartbeat_ms = 500"));

            Program.await("the limit is another", () -> kaelix.listeners().getFirst().config().maxSubscriptions() == 2);
            try (Subscriber two = alice.subscriber("b")) {
                assertThat(two.poll(message -> { }, 1)).isZero();
            }
            assertThat(one.poll(message -> { }, 1)).isZero();
            assertThat(kaelix.needRestart()).extracting(Setting::text).containsExactly("500");
            assertThat(kaelix.listeners().getFirst().config().heartbeat()).isEqualTo(Duration.ofSeconds(1));
        }
    }
}
