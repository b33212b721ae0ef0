// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import javax.security.auth.x500.X500Principal;

/** The common name (CN) of who a certificate is for. */
final class CommonName {

    private static final int MOST = 255;

    private CommonName() {
    }

    /** Null if there is none, or more than one, or one that is no plain text of {@value #MOST} characters at most. */
    static String of(final X500Principal subject) {
        // Special characters within values are escaped in this form, so that no value can pass for another attribute.
        final String text = subject.getName(X500Principal.RFC2253);
        String name = null;
        int at = 0;
        while (at < text.length()) {
            final int end = attributeEnd(text, at);
            if (text.regionMatches(true, at, "CN=", 0, 3)) {
                if (name != null) {
                    return null;
                }
                name = unescape(text.substring(at + 3, end));
                if (name == null) {
                    return null;
                }
            }
            at = end + 1;
        }
        return name;
    }

    private static int attributeEnd(final String text, final int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != '+') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at, text.length());
    }

    private static String unescape(final String value) {
        if (value.isEmpty() || value.charAt(0) == '#') {
            return null;
        }
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream(value.length());
        for (int i = 0; i < value.length(); i++) {
            final char c = value.charAt(i);
            if (c != '\\') {
                final int point = value.codePointAt(i);
                bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(point) - 1;
            } else if (i + 2 < value.length() && isHex(value.charAt(i + 1)) && isHex(value.charAt(i + 2))) {
                bytes.write(Integer.parseInt(value, i + 1, i + 3, 16));
                i += 2;
            } else if (++i < value.length()) {
                bytes.writeBytes(String.valueOf(value.charAt(i)).getBytes(StandardCharsets.UTF_8));
            }
        }
        final String name = bytes.toString(StandardCharsets.UTF_8);
        return name.length() <= MOST && name.codePoints().noneMatch(CommonName::isUnfit) ? name : null;
    }

    private static boolean isHex(final char c) {
        return Character.digit(c, 16) >= 0 && c < 128;
    }

    /** What would garble a log, or stands for bytes that are no UTF-8. */
    private static boolean isUnfit(final int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> c == '\uFFFD';
        };
    }
}
