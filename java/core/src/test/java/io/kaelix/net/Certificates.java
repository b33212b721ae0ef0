// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.TlsConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Certificates of a test run, made by the keytool of the JDK: {@code ca} vouches for {@code server} (localhost, 127.0.0.1), {@code rsa} (the
 * same), {@code elsewhere} (elsewhere.test), {@code alice} and {@code expired} (localhost); {@code stranger} vouches for nobody but itself.
 */
final class Certificates {

    static final char[] PASSWORD = "changeit".toCharArray();

    private static final Certificates MADE = new Certificates();

    private final Path folder;
    private final KeyStore store;

    private Certificates() {
        try {
            folder = Files.createTempDirectory("kaelix-certificates");
            make("ca", "EC", "CN=Test authority", "-ext", "bc:c=ca:true");
            make("stranger", "EC", "CN=Stranger", "-ext", "bc:c=ca:true");
            make("server", "EC", "CN=server", "-signer", "ca", "-ext", "san=dns:localhost,ip:127.0.0.1");
            make("rsa", "RSA", "CN=server", "-keysize", "2048", "-signer", "ca", "-ext", "san=dns:localhost,ip:127.0.0.1");
            make("elsewhere", "EC", "CN=localhost", "-signer", "ca", "-ext", "san=dns:elsewhere.test");
            make("alice", "Ed25519", "CN=alice,O=Readers", "-signer", "ca");
            make("expired", "EC", "CN=server", "-signer", "ca", "-ext", "san=dns:localhost", "-startdate", "-3d");
            store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(folder.resolve("store"))) {
                store.load(in, PASSWORD);
            }
            for (final String alias : List.of("ca", "stranger", "server", "rsa", "elsewhere", "alice", "expired")) {
                Files.writeString(folder.resolve(alias + ".pem"), Stream.of(store.getCertificateChain(alias)).map(Certificates::pem)
                        .reduce("", String::concat));
                Files.createFile(folder.resolve(alias + ".key"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                Files.writeString(folder.resolve(alias + ".key"), pem("PRIVATE KEY", keyOf(alias).getEncoded()));
            }
            Runtime.getRuntime().addShutdownHook(new Thread(this::remove));
        } catch (final IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void make(final String alias, final String algorithm, final String name, final String... more) throws IOException {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1", "-genkeypair", "-keystore", folder.resolve("store").toString(), "-storetype", "PKCS12",
                "-storepass", new String(PASSWORD), "-alias", alias, "-keyalg", algorithm, "-dname", name,
                "-validity", alias.equals("expired") ? "1" : "90"));
        command.addAll(Arrays.asList(more));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException("keytool for " + alias + ": " + output);
            }
        } catch (final InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void remove() {
        try (Stream<Path> files = Files.list(folder)) {
            for (final Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Key keyOf(final String alias) throws GeneralSecurityException {
        return store.getKey(alias, PASSWORD);
    }

    private static String pem(final Certificate certificate) {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String pem(final String label, final byte[] content) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(content)
                + "\n-----END " + label + "-----\n";
    }

    static Path certificate(final String alias) {
        return MADE.folder.resolve(alias + ".pem");
    }

    static Path key(final String alias) {
        return MADE.folder.resolve(alias + ".key");
    }

    static KeyStore store() {
        return MADE.store;
    }

    static TlsConfig server(final String alias) {
        return TlsConfig.server(certificate(alias), key(alias));
    }

    static TlsConfig client(final String trusted) {
        return TlsConfig.client(certificate(trusted));
    }
}
