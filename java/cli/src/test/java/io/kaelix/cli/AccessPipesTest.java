// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kaelix serve} with TLS, client certificates, tokens and rules, and {@code pub} and {@code sub} of who is let in and who is not:
 * each refusal is one line and status 1. All are processes of their own.
 */
@Timeout(180)
class AccessPipesTest {

    private static final String[] SETTINGS = {
        "[network]", "listen = [\"127.0.0.1:0\"]",
        "tls_certificate = \"server.pem\"", "tls_key = \"server.key\"", "tls_trusted = \"ca.pem\"", "tls_client_certificates = true",
        "tokens_file = \"tokens\"",
        "rules = [\"deny alice publish orders.audit\", \"deny alice subscribe orders.secret\", \"allow alice both orders.>\"]"};
    private static final String ALICE = " --tls-ca ca.pem --tls-cert alice.pem --tls-key alice.key";

    @TempDir
    private static Path folder;

    private static Process server;
    private static Shell shell;

    @BeforeAll
    static void serve() throws Exception {
        Certificates.make(folder);
        Certificates.secret(folder.resolve("tokens"), "alice t0ken-of-alice\nbob t0ken-of-bob\n");
        Files.writeString(folder.resolve("alice"), "t0ken-of-alice\n");
        Files.writeString(folder.resolve("bob"), "t0ken-of-bob\n");
        Files.writeString(folder.resolve("guess"), "guess\n");
        Files.write(folder.resolve("kaelix.toml"), List.of(SETTINGS));
        server = new Shell(folder, "").start("exec $KAELIX serve --config kaelix.toml", "log");
        while (!log().contains(", TLS\n")) {
            assertThat(server.isAlive()).as(log()).isTrue();
            Thread.sleep(10);
        }
        final String said = log().lines().filter(line -> line.startsWith("kaelix: ")).findFirst().orElseThrow();
        assertThat(said).matches("kaelix: listening at 127\\.0\\.0\\.1:[0-9]+, TLS");
        shell = new Shell(folder, "--connect " + said.replaceFirst(".* at ", "").replace(", TLS", ""));
    }

    @AfterAll
    static void stop() throws Exception {
        new ProcessBuilder("kill", "-INT", Long.toString(server.pid())).start().waitFor();
        assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(server.exitValue()).as(log()).isEqualTo(130);
        assertThat(log()).as("secrets in the log").doesNotContain("t0ken").doesNotContain("guess");
    }

    private static String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private static void assertRefused(final String command, final String reason) throws IOException {
        final Process process = shell.start("echo x | $KAELIX " + command + "; echo ${PIPESTATUS[1]}");
        assertThat(Shell.output(process)).as(command).isEqualTo("1\n");
        assertThat(shell.errors()).as(command).startsWith("kaelix: ").contains(reason).hasLineCount(1).doesNotContain("t0ken")
                .doesNotContain("guess");
    }

    @Test
    void shouldCarryLinesOfWhoShowsACertificateAndItsToken() throws Exception {
        final Process sub = shell.start("$KAELIX sub 'orders.eu' $AT --token-file alice" + ALICE + " --count 20000 | cmp - <(seq 1 20000); "
                + "echo ${PIPESTATUS[@]}", "sub");
        // Until somebody has subscribed, nothing is sent.
        final Process pub = shell.start("seq 1 20000 | KAELIX_TOKEN=t0ken-of-alice $KAELIX pub orders.eu $AT --wait 2m" + ALICE
                + "; echo ${PIPESTATUS[@]}");
        assertThat(Shell.output(pub)).as(shell.errors()).isEqualTo("0 0\n");
        assertThat(Shell.output(sub)).as(Files.readString(folder.resolve("sub"))).isEqualTo("0 0\n");
        assertThat(shell.errors()).isEmpty();
        assertThat(folder.resolve("sub")).isEmptyFile();
    }

    @Test
    void shouldRefuseAWrongTokenAMissingOneAndThatOfSomebodyElse() throws Exception {
        assertRefused("pub orders.eu $AT --token-file guess" + ALICE, "the token is none that is known here");
        assertRefused("sub orders.eu $AT" + ALICE, "a token is asked for, and there is none");
        assertRefused("sub orders.eu $AT --token-file bob" + ALICE, "token");
    }

    @Test
    void shouldRefuseWhoShowsNoCertificateOrOneThatNobodyVouchesFor() throws Exception {
        assertRefused("pub orders.eu $AT --token-file alice --tls-ca ca.pem", "certificate");
        assertRefused("sub orders.eu $AT --token-file alice --tls-ca ca.pem --tls-cert stranger.pem --tls-key stranger.key", "certificate");
    }

    @Test
    void shouldRefuseAServerThatNobodyVouchesForAndOneThatIsSpokenToWithoutTls() throws Exception {
        assertRefused("sub orders.eu $AT --token-file alice --tls-ca stranger.pem", "no trusted one vouches for");
        assertRefused("pub orders.eu $AT --token-file alice", "127.0.0.1:");
    }

    @Test
    void shouldRefuseTopicsThatTheRulesDeny() throws Exception {
        assertRefused("pub orders.audit $AT --token-file alice" + ALICE, "alice may not publish to orders.audit");
        assertRefused("pub prices $AT --token-file alice" + ALICE, "alice may not publish to prices");
        assertRefused("sub orders.secret $AT --token-file alice" + ALICE, "alice may not receive every topic of orders.secret");
        assertRefused("sub 'orders.>' $AT --token-file alice" + ALICE, "alice may not receive every topic of orders.>");
    }
}
