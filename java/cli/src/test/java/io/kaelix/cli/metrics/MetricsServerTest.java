// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kaelix.cli.console.CommandException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is served, and to whom it does not matter how others behave. */
@Timeout(60)
class MetricsServerTest {

    private static final String LOCAL = "127.0.0.1";
    private static final String PAGE = "kaelix_up 1.0\n";

    private final AtomicInteger asked = new AtomicInteger();
    private MetricsServer server;

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    private void start() {
        server = MetricsServer.start(LOCAL, 0, () -> {
            asked.incrementAndGet();
            return PAGE;
        });
    }

    private HttpResponse<String> ask(final String method, final String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create("http://" + LOCAL + ":" + server.address().getPort() + path))
                    .method(method, HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void shouldServeThePage() throws Exception {
        start();
        final HttpResponse<String> answer = ask("GET", "/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(PAGE);
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(asked).hasValue(1);
    }

    @Test
    void shouldTellTheLengthAloneWhenAskedForTheHead() throws Exception {
        start();
        final HttpResponse<String> answer = ask("HEAD", "/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue(PAGE.length());
    }

    @Test
    void shouldNotFindOtherPaths() throws Exception {
        start();
        for (final String path : List.of("/", "/metric", "/metrics/", "/metrics/x", "/../metrics", "/%2e%2e/etc/passwd")) {
            final HttpResponse<String> answer = ask("GET", path);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(answer.body()).contains("/metrics");
        }
        assertThat(asked).hasValue(0);
    }

    @Test
    void shouldRefuseOtherMethods() throws Exception {
        start();
        final HttpResponse<String> answer = ask("POST", "/metrics");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
        assertThat(asked).hasValue(0);
    }

    @Test
    void shouldSayThatThePageFailedAndGoOn() throws Exception {
        server = MetricsServer.start(LOCAL, 0, () -> {
            if (asked.incrementAndGet() == 1) {
                throw new IllegalStateException("no readings");
            }
            return PAGE;
        });
        final HttpResponse<String> failed = ask("GET", "/metrics");
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body()).contains("no readings");
        assertThat(ask("GET", "/metrics").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldSayInOneLineThatThePortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(LOCAL))) {
            assertThatThrownBy(() -> MetricsServer.start(LOCAL, taken.getLocalPort(), () -> PAGE)).isInstanceOf(CommandException.class)
                    .hasMessage("no metrics at 127.0.0.1:" + taken.getLocalPort()
                            + ": Address already in use; give another port, or an address of this machine");
        }
    }

    @Test
    void shouldSayInOneLineThatThereIsNoSuchHost() {
        assertThatThrownBy(() -> MetricsServer.start("no such host.invalid", 0, () -> PAGE)).isInstanceOf(CommandException.class)
                .hasMessageStartingWith("no metrics at 'no such host.invalid': there is no such host");
        assertThatThrownBy(() -> MetricsServer.start("192.0.2.1", 0, () -> PAGE)).isInstanceOf(CommandException.class)
                .hasMessageStartingWith("no metrics at 192.0.2.1:0: ").message().hasLineCount(1);
    }

    /** Clients that send half a request, or never read their answer, and one that does as it should. */
    @Test
    void shouldServeOthersWhileClientsAreSlow() throws Exception {
        final String large = "x".repeat(16 << 20);
        server = MetricsServer.start(LOCAL, 0, () -> large);
        final List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                final Socket socket = new Socket(LOCAL, server.address().getPort());
                slow.add(socket);
                socket.getOutputStream().write((i % 2 == 0 ? "GET /metrics HTTP/1.1\r\nHost: " : "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(ask("GET", "/metrics").body()).hasSize(large.length());
        } finally {
            for (final Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void shouldServeNothingOnceItIsClosed() throws Exception {
        start();
        final int port = server.address().getPort();
        server.close();
        server.close();
        assertThatThrownBy(() -> new Socket(LOCAL, port).close()).isInstanceOf(IOException.class);
    }

    @Test
    void shouldPutAnAddressOfIpv6InBrackets() {
        assumeTrue(hasIpv6(), "this machine has IPv6");
        try (MetricsServer server = MetricsServer.start("::1", 0, () -> PAGE); MetricsServer named = MetricsServer.start(LOCAL, 0,
                () -> PAGE)) {
            assertThat(server.url()).isEqualTo("http://[::1]:" + server.address().getPort() + "/metrics");
            assertThat(URI.create(server.url()).getPort()).isEqualTo(server.address().getPort());
            assertThat(named.url()).isEqualTo("http://127.0.0.1:" + named.address().getPort() + "/metrics");
            assertThatThrownBy(() -> MetricsServer.start("::1", server.address().getPort(), () -> PAGE))
                    .hasMessageStartingWith("no metrics at [::1]:" + server.address().getPort() + ": ");
        }
    }

    private static boolean hasIpv6() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            return socket.isBound();
        } catch (final IOException none) {
            return false;
        }
    }

    @Test
    void shouldKeepNoProcessAlive() {
        start();
        assertThat(Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("HTTP-Dispatcher")))
                .isNotEmpty().allMatch(Thread::isDaemon);
    }
}
