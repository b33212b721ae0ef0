// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * PEM files in a folder, made by the keytool of the JDK: {@code ca} vouches for {@code server} (127.0.0.1) and {@code alice}, and
 * {@code stranger} for nobody but itself.
 */
final class Certificates {

    private static final char[] PASSWORD = "changeit".toCharArray();

    private final Path folder;

    private Certificates(final Path folder) {
        this.folder = folder;
    }

    /** Makes {@code NAME.pem} and {@code NAME.key} of each. */
    static void make(final Path folder) throws Exception {
        final Certificates made = new Certificates(folder);
        made.pair("ca", "CN=Test authority", "-ext", "bc:c=ca:true");
        made.pair("stranger", "CN=Stranger", "-ext", "bc:c=ca:true");
        made.pair("server", "CN=server", "-signer", "ca", "-ext", "san=dns:localhost,ip:127.0.0.1");
        made.pair("alice", "CN=alice", "-signer", "ca");
        made.export("ca", "stranger", "server", "alice");
    }

    private void pair(final String alias, final String name, final String... more) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1", "-genkeypair", "-keystore", folder.resolve("store").toString(), "-storetype", "PKCS12",
                "-storepass", new String(PASSWORD), "-alias", alias, "-keyalg", "EC", "-dname", name, "-validity", "90"));
        command.addAll(Arrays.asList(more));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IOException("keytool for " + alias + ": " + output);
        }
    }

    private void export(final String... aliases) throws IOException, GeneralSecurityException {
        final KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("store"))) {
            store.load(in, PASSWORD);
        }
        for (final String alias : aliases) {
            final StringBuilder chain = new StringBuilder();
            for (final Certificate certificate : store.getCertificateChain(alias)) {
                chain.append(pem("CERTIFICATE", certificate.getEncoded()));
            }
            Files.writeString(folder.resolve(alias + ".pem"), chain);
            secret(folder.resolve(alias + ".key"), pem("PRIVATE KEY", store.getKey(alias, PASSWORD).getEncoded()));
        }
    }

    /** A file that only its owner may read. */
    static void secret(final Path file, final String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    private static String pem(final String label, final byte[] content) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + label + "-----\n";
    }
}
