// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

/** Tells whether bytes are UTF-8. */
final class Utf8 {

    private Utf8() {
    }

    /** Whether they are, in the shortest form of each character and without surrogates, as the standard has it. */
    static boolean isValid(final byte[] bytes, final int length) {
        int at = 0;
        while (at < length) {
            final int lead = bytes[at++];
            if (lead >= 0) {
                continue;
            }
            final int first = lead & 0xFF;
            final int more = first >= 0xC2 && first <= 0xDF ? 1 : first >= 0xE0 && first <= 0xEF ? 2 : first >= 0xF0 && first <= 0xF4 ? 3 : 0;
            if (more == 0 || length - at < more || !isSecond(first, bytes[at] & 0xFF)) {
                return false;
            }
            for (int i = 1; i < more; i++) {
                if ((bytes[at + i] & 0xC0) != 0x80) {
                    return false;
                }
            }
            at += more;
        }
        return true;
    }

    /** The second byte is where overlong forms, surrogates and what is beyond Unicode show. */
    private static boolean isSecond(final int first, final int second) {
        final int least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        final int most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        return second >= least && second <= most;
    }
}
