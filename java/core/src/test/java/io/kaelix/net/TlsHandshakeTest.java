// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.TlsConfig;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;

/** Whom a client and a server believe, and what they say if they do not. */
class TlsHandshakeTest {

    private static void assertRefused(final TlsPair refused, final String client, final String server) {
        try (TlsPair pair = refused.shake()) {
            assertThat(pair.clientFailure).message().startsWith("TLS: server:7878 ").contains(client).doesNotContain("\n");
            assertThat(pair.serverFailure).message().startsWith("TLS: client:4711 ").contains(server).doesNotContain("\n");
        }
    }

    private static SSLEngine clientOf(final String trusted, final String host) {
        return TlsContext.client(Certificates.client(trusted)).engine(host, TlsPair.PORT);
    }

    private static SSLEngine serverOf(final TlsConfig files) {
        return TlsContext.server(files).engine("client", 4711);
    }

    private static TlsPair pair(final SSLEngine client, final SSLEngine server) {
        return new TlsPair(client, server, 1 << 20, () -> Integer.MAX_VALUE);
    }

    /** Of the JDK alone, with nothing checked before. */
    private static SSLEngine anyServer(final String alias) throws GeneralSecurityException {
        final KeyStore one = KeyStore.getInstance("PKCS12");
        try {
            one.load(null, null);
        } catch (final IOException e) {
            throw new GeneralSecurityException(e);
        }
        one.setKeyEntry(alias, Certificates.store().getKey(alias, Certificates.PASSWORD), Certificates.PASSWORD,
                Certificates.store().getCertificateChain(alias));
        final KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(one, Certificates.PASSWORD);
        final SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        final SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        return engine;
    }

    @Test
    void shouldAgreeOnTls13() {
        try (TlsPair pair = TlsPair.good().shake()) {
            assertThat(pair.clientFailure).isNull();
            assertThat(pair.serverFailure).isNull();
            assertThat(pair.clientEngine.getSession().getProtocol()).isEqualTo("TLSv1.3");
        }
    }

    @Test
    void shouldRefuseAServerThatNobodyTrustedVouchesFor() {
        assertRefused(pair(clientOf("stranger", "localhost"), serverOf(Certificates.server("server"))),
                "no trusted one vouches for", "refused: certificate_unknown: it does not believe the certificate");
        assertRefused(TlsPair.of(new TlsConfig(null, null, null, false), Certificates.server("server")),
                "no trusted one vouches for", "does not believe the certificate");
    }

    @Test
    void shouldRefuseAServerWhoseCertificateHasExpired() throws GeneralSecurityException {
        assertRefused(pair(clientOf("ca", "localhost"), anyServer("expired")), "has expired: renew it", "refused: ");
    }

    @Test
    void shouldRefuseAServerOfAnotherName() {
        for (final String host : new String[]{"localhost", "127.0.0.1"}) {
            assertRefused(pair(clientOf("ca", host), serverOf(Certificates.server("elsewhere"))),
                    "shows a certificate of another name", "refused: ");
        }
        assertRefused(pair(clientOf("ca", "127.0.0.2"), serverOf(Certificates.server("server"))),
                "shows a certificate of another name", "refused: ");
        try (TlsPair pair = pair(clientOf("ca", "127.0.0.1"), serverOf(Certificates.server("server"))).shake()) {
            assertThat(pair.client.isHandshaken()).isTrue();
        }
    }

    @Test
    void shouldRefuseAClientOfAnOlderVersion() {
        final SSLEngine old = clientOf("ca", "localhost");
        old.setEnabledProtocols(new String[]{"TLSv1.2"});
        assertRefused(pair(old, serverOf(Certificates.server("server"))), "refused: protocol_version: it does not speak TLS 1.3",
                "offers no TLS 1.3");
    }

    @Test
    void shouldRefuseAServerOfAnOlderVersion() throws GeneralSecurityException {
        final SSLEngine old = anyServer("server");
        old.setEnabledProtocols(new String[]{"TLSv1.2"});
        assertRefused(pair(clientOf("ca", "localhost"), old), "refused: ", "offers no TLS 1.3");
    }

    @Test
    void shouldRefuseAClientWithoutACertificateWhenOneIsAskedFor() {
        final TlsConfig server = Certificates.server("server").withClients(Certificates.certificate("ca"));
        assertRefused(TlsPair.of(Certificates.client("ca"), server), "asks for a certificate: name one's own certificate and key",
                "showed no certificate that the trusted ones vouch for");
    }

    @Test
    void shouldRefuseAClientThatNobodyTrustedVouchesFor() {
        final TlsConfig server = Certificates.server("server").withClients(Certificates.certificate("stranger"));
        final TlsConfig client = Certificates.client("ca").withCertificate(Certificates.certificate("alice"), Certificates.key("alice"));
        // A client does not show what the server would not believe.
        assertRefused(TlsPair.of(client, server), "refused: certificate_required", "showed no certificate that the trusted ones vouch for");
    }
}
