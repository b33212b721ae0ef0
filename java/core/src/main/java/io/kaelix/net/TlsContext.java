// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.KaelixException;
import io.kaelix.TlsConfig;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * What all connections of one listener or client share for TLS 1.3: made once, of files that are read then. Any thread may make channels
 * with it.
 */
final class TlsContext {

    private static final String[] VERSIONS = {"TLSv1.3"};

    /** Sessions that peers may go on with, without another check of their certificates. */
    private static final int MOST_SESSIONS = 1_024;

    private static final int SESSION_SECONDS = 300;

    private final SSLContext context;
    private final boolean isServer;
    private final boolean asksClients;

    private TlsContext(final SSLContext context, final boolean isServer, final boolean asksClients) {
        this.context = context;
        this.isServer = isServer;
        this.asksClients = asksClients;
    }

    /**
     * Of a listener.
     *
     * @throws KaelixException if there is no certificate, or a file that does not do; the message names it, the line and the remedy
     */
    static TlsContext server(final TlsConfig files) {
        if (files.certificate() == null) {
            throw new KaelixException("TLS of a listener needs a certificate and its key: name both files");
        }
        if (files.clientCertificates() && files.trusted() == null) {
            throw new KaelixException("client certificates need the certificate that vouches for them: name its file as trusted; the"
                    + " authorities that the JDK trusts vouch for anybody");
        }
        return new TlsContext(context(files), true, files.clientCertificates());
    }

    /**
     * Of a client: shows a certificate if there is one and the server asks.
     *
     * @throws KaelixException if a file does not do; the message names it, the line and the remedy
     */
    static TlsContext client(final TlsConfig files) {
        return new TlsContext(context(files), false, false);
    }

    /**
     * A channel over one that is connected and does not block.
     *
     * @param host of a client: the server's name or address, which its certificate must have; of a server, the peer's for errors
     */
    TlsChannel channel(final ByteChannel connected, final String host, final int port) {
        return new TlsChannel(connected, engine(host, port), host + ':' + port);
    }

    /** An engine in its role, with nothing done yet. */
    SSLEngine engine(final String host, final int port) {
        final SSLEngine engine = isServer ? context.createSSLEngine() : context.createSSLEngine(host, port);
        engine.setUseClientMode(!isServer);
        final SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(VERSIONS);
        if (isServer) {
            parameters.setNeedClientAuth(asksClients);
        } else {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static SSLContext context(final TlsConfig files) {
        try {
            final SSLContext context = SSLContext.getInstance(VERSIONS[0]);
            context.init(files.certificate() == null ? null : keys(files.certificate(), files.key()),
                    files.trusted() == null ? null : trusted(files.trusted()), null);
            context.getServerSessionContext().setSessionCacheSize(MOST_SESSIONS);
            context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
            context.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
            return context;
        } catch (final GeneralSecurityException | IOException e) {
            throw new KaelixException("TLS is not to be had from this JDK: " + e.getMessage() + "; compare its java.security", e);
        }
    }

    private static KeyManager[] keys(final Path certificate, final Path key) throws GeneralSecurityException, IOException {
        final List<X509Certificate> chain = Pem.certificates(certificate);
        Pem.checkTime(certificate, chain.getFirst());
        final PrivateKey own = Pem.key(key, chain.getFirst());
        final KeyStore store = inMemory();
        store.setKeyEntry("own", own, new char[0], chain.toArray(X509Certificate[]::new));
        final KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static TrustManager[] trusted(final Path file) throws GeneralSecurityException, IOException {
        final KeyStore store = inMemory();
        int number = 0;
        for (final X509Certificate certificate : Pem.certificates(file)) {
            store.setCertificateEntry("trusted-" + number++, certificate);
        }
        final TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyStore inMemory() throws GeneralSecurityException, IOException {
        final KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
