// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.nio.file.Path;

/**
 * Encryption of connections by TLS 1.3: files in the PEM format, as other servers take them. Read when the listener or client is made.
 *
 * {@snippet :
 * ListenConfig.on("0.0.0.0", 7878).withTls(TlsConfig.server(Path.of("server.pem"), Path.of("server.key")).withClients(Path.of("ca.pem")));
 * ClientConfig.to("streams.example.org", 7878).withTls(TlsConfig.client(Path.of("ca.pem")));
 * }
 *
 * @param certificate one's own, and those that lead to its root; null for none, which only a client can do without
 * @param key that belongs to it, in PKCS#8; null if there is no certificate. Nobody but its owner may be allowed to read the file
 * @param trusted certificates of who is believed; null for those that the JDK trusts
 * @param clientCertificates of a server: whether clients must show a certificate, whose common name is then their identity
 */
public record TlsConfig(Path certificate, Path key, Path trusted, boolean clientCertificates) {

    /** @throws IllegalArgumentException if there is a certificate without a key, or a key without a certificate */
    public TlsConfig {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("a certificate and its key belong together: " + (key == null ? "key" : "certificate")
                    + " is missing");
        }
    }

    /** A server with this certificate and key; clients show none. */
    public static TlsConfig server(final Path certificate, final Path key) {
        return new TlsConfig(certificate, key, null, false);
    }

    /** A client that believes the servers whom these certificates vouch for. */
    public static TlsConfig client(final Path trusted) {
        return new TlsConfig(null, null, trusted, false);
    }

    /** Of a server: clients must show a certificate that these vouch for. */
    public TlsConfig withClients(final Path vouched) {
        return new TlsConfig(certificate, key, vouched, true);
    }

    /** Of a client: it shows this certificate. */
    public TlsConfig withCertificate(final Path own, final Path ownKey) {
        return new TlsConfig(own, ownKey, trusted, clientCertificates);
    }
}
