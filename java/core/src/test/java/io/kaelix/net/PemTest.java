// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kaelix.KaelixException;
import io.kaelix.TlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates and keys of files. */
class PemTest {

    @TempDir
    private Path folder;

    private Path file(final String text) throws IOException {
        final Path file = Files.createTempFile(folder, "f", ".pem",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, text);
    }

    private static void assertRefused(final Path certificate, final Path key, final String told) {
        assertThatExceptionOfType(KaelixException.class).isThrownBy(() -> TlsContext.server(TlsConfig.server(certificate, key)))
                .withMessageContaining(told).withMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "rsa", "alice"})
    void shouldReadChainsAndKeysOfEachKind(final String alias) throws IOException {
        assertThat(Pem.certificates(Certificates.certificate(alias))).hasSize(2);
        TlsContext.server(Certificates.server(alias));
        final Path noisy = file("Subject: x\r\n" + Files.readString(Certificates.certificate(alias)).replace("\n", "\r\n") + "\r\n");
        TlsContext.server(TlsConfig.server(noisy, Certificates.key(alias)));
    }

    @Test
    void shouldRefuseAKeyThatOthersMayRead() throws IOException {
        final Path key = file(Files.readString(Certificates.key("server")));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertRefused(Certificates.certificate("server"), key, "key file " + key
                + " may be used by others than its owner (rw-r--r--), so it is no secret: chmod 600 " + key);
    }

    @Test
    void shouldTellHowKeysOfOtherFormatsAreConverted() throws IOException {
        for (final String label : new String[]{"RSA PRIVATE KEY", "EC PRIVATE KEY"}) {
            final Path key = file("\n" + Certificates.pem(label, new byte[100]));
            assertRefused(Certificates.certificate("server"), key, "key file " + key + ":2: is a key of the format '" + label
                    + "', not of PKCS#8: openssl pkcs8 -topk8 -nocrypt -in " + key + " -out " + key + ".pk8 converts it");
        }
        final Path key = file(Certificates.pem("ENCRYPTED PRIVATE KEY", new byte[100]));
        assertRefused(Certificates.certificate("server"), key, ":1: is a key of the format 'ENCRYPTED PRIVATE KEY', which needs a password: "
                + "openssl pkcs8 -in ");
    }

    @Test
    void shouldRefuseAKeyOfAnotherCertificate() {
        assertRefused(Certificates.certificate("server"), Certificates.key("expired"),
                ":1: begins a key that does not belong to the certificate");
        assertRefused(Certificates.certificate("server"), Certificates.key("rsa"),
                ":1: begins a key that is damaged, or is not of the kind of the certificate (EC)");
    }

    @Test
    void shouldRefuseACertificateThatHasExpired() {
        assertRefused(Certificates.certificate("expired"), Certificates.key("expired"), "the certificate has expired on ");
    }

    @Test
    void shouldNameTheLineOfDamage() throws IOException {
        final String good = Files.readString(Certificates.certificate("server"));
        final Path key = Certificates.key("server");
        assertRefused(file(good.substring(0, 200)), key, ":1: begins a block that has no end: is the file cut off?");
        assertRefused(file("\n" + good.replaceFirst("\nMI", "\n!!")), key, ":2: begins a block that is no base 64: is the file damaged?");
        assertRefused(file("\n\n" + Certificates.pem("CERTIFICATE", new byte[40])), key,
                ":3: begins a certificate that cannot be read: is the file damaged?");
        assertRefused(file("-----BEGIN CERTIFICATE-----\n" + good), key, ":2: begins another block, and the one of line 1 has no end");
        assertRefused(file("-----END CERTIFICATE-----\n" + good), key, ":1: ends a block that does not begin before");
        assertRefused(file(""), key, " has no certificate: '-----BEGIN CERTIFICATE-----' must stand above each");
        assertRefused(Certificates.certificate("server"), file(good), " has no key: '-----BEGIN PRIVATE KEY-----' must stand above it");
        assertRefused(folder.resolve("none"), key, " is not there: name one that is, or make it");
        assertRefused(Certificates.certificate("server"), file(Files.readString(key) + Files.readString(key)), "is a second key");
        Files.write(folder.resolve("der"), new byte[]{0x30, (byte) 0x82, 1, 2});
        assertRefused(folder.resolve("der"), key, " is no text in UTF-8: is it the right file, and in the right format?");
    }

    @Test
    void shouldNeverQuoteAKey() throws IOException {
        final String good = Files.readString(Certificates.key("server"));
        final String secret = good.lines().skip(1).findFirst().orElseThrow().substring(0, 40);
        final Path damaged = file(good.replaceFirst("\nM", "\nA"));
        assertThatExceptionOfType(KaelixException.class)
                .isThrownBy(() -> TlsContext.server(TlsConfig.server(Certificates.certificate("server"), damaged)))
                .withMessageContaining("begins a key that is damaged").withNoCause()
                .withMessageNotContaining(secret.substring(5));
    }

    @Test
    void shouldAskForWhatAServerNeeds() {
        assertThatExceptionOfType(KaelixException.class).isThrownBy(() -> TlsContext.server(Certificates.client("ca")))
                .withMessageContaining("needs a certificate and its key");
        assertThatExceptionOfType(KaelixException.class).isThrownBy(() -> TlsContext.server(Certificates.server("server").withClients(null)))
                .withMessageContaining("client certificates need the certificate that vouches for them");
    }

    @Test
    void shouldTakeTheCommonNameOfASubjectAlone() {
        assertThat(CommonName.of(new X500Principal("CN=alice,O=x"))).isEqualTo("alice");
        assertThat(CommonName.of(new X500Principal("O=x+CN=alice"))).isEqualTo("alice");
        assertThat(CommonName.of(new X500Principal("O=\"x,CN=admin\",CN=bob"))).isEqualTo("bob");
        assertThat(CommonName.of(new X500Principal("O=\"x+CN=admin\""))).isNull();
        assertThat(CommonName.of(new X500Principal("CN=\"a, b\\\\c\""))).isEqualTo("a, b\\c");
        assertThat(CommonName.of(new X500Principal("CN=Zoë 𝄞"))).isEqualTo("Zoë 𝄞");
        assertThat(CommonName.of(new X500Principal("CN=alice,CN=admin"))).isNull();
        assertThat(CommonName.of(new X500Principal("O=x"))).isNull();
        assertThat(CommonName.of(new X500Principal("CN=a\\0Ab"))).isNull();
        assertThat(CommonName.of(new X500Principal(""))).isNull();
    }
}
