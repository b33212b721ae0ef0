// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;

/** What went wrong between peers, in words that go behind the name of the peer, and what to do. */
final class TlsFailure {

    private static final String ALERT = "received fatal alert: ";
    private static final int MOST = 200;
    private static final int DEEPEST = 16;

    private TlsFailure() {
    }

    static String explain(final Exception failure) {
        Throwable cause = failure;
        for (int i = 0; cause != null && i < DEEPEST; cause = cause.getCause(), i++) {
            if (cause instanceof CertificateExpiredException) {
                return "shows a certificate that has expired: renew it";
            }
            if (cause instanceof CertificateNotYetValidException) {
                return "shows a certificate that is not valid yet: compare the clocks of both machines";
            }
            if (cause instanceof CertPathBuilderException) {
                return "shows a certificate that no trusted one vouches for: name the file with the certificate of its issuer as trusted";
            }
        }
        final String told = plain(failure.getMessage() == null ? failure.toString() : failure.getMessage());
        final String lower = told.toLowerCase(Locale.ROOT);
        final int alert = lower.indexOf(ALERT);
        if (alert >= 0) {
            return "refused: " + told.substring(alert + ALERT.length()) + alertRemedy(lower);
        }
        if (lower.contains("unrecognized ssl message") || lower.contains("unsupported ssl message")) {
            return "sent something else than TLS: does it connect without TLS?";
        }
        if (lower.contains("protocol version")) {
            return "offers no TLS 1.3 (" + told + "): older versions are not spoken";
        }
        if (lower.contains("subject alternative") || lower.contains("no name matching")) {
            return "shows a certificate of another name (" + told + "): connect by a name that it has, or issue one that has the name";
        }
        if (lower.contains("empty client certificate chain") || lower.contains("empty certificate")) {
            return "showed no certificate that the trusted ones vouch for, and one is asked for";
        }
        return "broke the rules of TLS: " + told;
    }

    private static String alertRemedy(final String alert) {
        if (alert.contains("protocol_version")) {
            return ": it does not speak TLS 1.3";
        }
        if (alert.contains("certificate_required")) {
            return ": it asks for a certificate: name one's own certificate and key";
        }
        if (alert.contains("certificate") || alert.contains("unknown_ca")) {
            return ": it does not believe the certificate that it was shown";
        }
        return "";
    }

    /** Texts of failures can quote what a peer sent. */
    private static String plain(final String text) {
        final StringBuilder shown = new StringBuilder();
        text.codePoints().limit(MOST).map(c -> switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> '?';
            default -> c;
        }).forEach(shown::appendCodePoint);
        return shown.toString();
    }
}
