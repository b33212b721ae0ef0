// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.KaelixException;
import io.kaelix.config.SecretFile;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Certificates and keys in files of the PEM format. Errors name the file, the line, and what to do. */
final class Pem {

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String KEY = "PRIVATE KEY";

    private final Path file;
    private final String what;
    private final List<Block> blocks = new ArrayList<>();

    /** @param line of its beginning */
    private record Block(String label, int line, byte[] content) {
    }

    private Pem(final Path file, final String what, final String text) {
        this.file = file;
        this.what = what;
        parse(text);
    }

    /**
     * All certificates of a file, in their order; other blocks of it are left alone.
     *
     * @throws KaelixException if there is none, or one that is damaged
     */
    static List<X509Certificate> certificates(final Path file) {
        final Pem pem = new Pem(file, "certificate", SecretFile.readShared(file, "certificate"));
        final List<X509Certificate> certificates = new ArrayList<>();
        for (final Block block : pem.blocks) {
            if (block.label.equals(CERTIFICATE)) {
                certificates.add(pem.certificate(block));
            }
        }
        if (certificates.isEmpty()) {
            throw pem.problem(0, "has no certificate: '" + BEGIN + CERTIFICATE + DASHES + "' must stand above each; one in the DER format"
                    + " becomes such by openssl x509 -inform der -in " + file + " -out " + file + ".pem");
        }
        return certificates;
    }

    /**
     * The key of a file, which only its owner may read.
     *
     * @param certificate that it must belong to
     * @throws KaelixException if there is no key, one of another format, or one of another certificate, or if others may read it
     */
    static PrivateKey key(final Path file, final X509Certificate certificate) {
        final Pem pem = new Pem(file, "key", SecretFile.read(file, "key"));
        Block found = null;
        for (final Block block : pem.blocks) {
            if (block.label.equals(KEY)) {
                if (found != null) {
                    throw pem.problem(block.line, "is a second key: keep the one of the certificate");
                }
                found = block;
            } else if (block.label.endsWith(KEY)) {
                throw pem.problem(block.line, "is a key of the format '" + block.label + "'" + (block.label.startsWith("ENCRYPTED")
                        ? ", which needs a password: openssl pkcs8 -in " : ", not of PKCS#8: openssl pkcs8 -topk8 -nocrypt -in ")
                        + file + " -out " + file + ".pk8 converts it");
            }
        }
        if (found == null) {
            throw pem.problem(0, "has no key: '" + BEGIN + KEY + DASHES + "' must stand above it");
        }
        return pem.key(found, certificate.getPublicKey());
    }

    /**
     * Refuses a certificate that nobody would believe now.
     *
     * @throws KaelixException if it has expired or is not valid yet
     */
    static void checkTime(final Path file, final X509Certificate certificate) {
        try {
            certificate.checkValidity();
        } catch (final CertificateExpiredException e) {
            throw new KaelixException("certificate file " + file + ": the certificate has expired on "
                    + certificate.getNotAfter().toInstant() + ": renew it", e);
        } catch (final CertificateNotYetValidException e) {
            throw new KaelixException("certificate file " + file + ": the certificate is valid from "
                    + certificate.getNotBefore().toInstant() + " on: compare the clock of this machine", e);
        }
    }

    private void parse(final String text) {
        String label = null;
        int start = 0;
        int number = 0;
        final StringBuilder body = new StringBuilder();
        for (final String whole : text.split("\n", -1)) {
            number++;
            final String line = whole.strip();
            if (line.startsWith(BEGIN) && line.endsWith(DASHES)) {
                if (label != null) {
                    throw problem(number, "begins another block, and the one of line " + start + " has no end: is the file cut off?");
                }
                label = line.substring(BEGIN.length(), line.length() - DASHES.length());
                start = number;
                body.setLength(0);
            } else if (line.startsWith(END)) {
                if (label == null || !line.equals(END + label + DASHES)) {
                    throw problem(number, "ends a block that does not begin before: is the file cut off?");
                }
                blocks.add(new Block(label, start, decode(label, start, body)));
                label = null;
            } else if (label != null) {
                body.append(line);
            }
        }
        if (label != null) {
            throw problem(start, "begins a block that has no end: is the file cut off?");
        }
    }

    private byte[] decode(final String label, final int line, final CharSequence body) {
        if (!label.equals(CERTIFICATE) && !label.equals(KEY)) {
            // Not looked into: keys of other formats have lines that are no base 64.
            return new byte[0];
        }
        try {
            return Base64.getDecoder().decode(body.toString());
        } catch (final IllegalArgumentException e) {
            throw problem(line, "begins a block that is no base 64: is the file damaged?");
        }
    }

    private X509Certificate certificate(final Block block) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(block.content));
        } catch (final CertificateException e) {
            throw problem(block.line, "begins a certificate that cannot be read: is the file damaged?");
        }
    }

    private PrivateKey key(final Block block, final PublicKey shown) {
        final String algorithm = shown.getAlgorithm();
        final PrivateKey key;
        try {
            key = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(block.content));
        } catch (final GeneralSecurityException e) {
            // What the key says is not quoted, and the cause neither.
            throw problem(block.line, "begins a key that is damaged, or is not of the kind of the certificate (" + algorithm
                    + "): name the key that belongs to the certificate");
        }
        try {
            final byte[] challenge = new byte[32];
            new SecureRandom().nextBytes(challenge);
            final Signature signature = Signature.getInstance(switch (algorithm) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                default -> algorithm;
            });
            signature.initSign(key);
            signature.update(challenge);
            final byte[] signed = signature.sign();
            signature.initVerify(shown);
            signature.update(challenge);
            if (signature.verify(signed)) {
                return key;
            }
        } catch (final GeneralSecurityException e) {
            throw problem(block.line, "begins a key that cannot sign as " + algorithm + ": TLS takes RSA, EC and Ed25519");
        }
        throw problem(block.line, "begins a key that does not belong to the certificate: name the one that does");
    }

    private KaelixException problem(final int line, final String text) {
        return new KaelixException(what + " file " + file + (line == 0 ? " " : ":" + line + ": ") + text);
    }
}
