// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

/** A number of bytes as a text: {@code 64KiB}, {@code 1MiB}, {@code 4GiB}. */
final class ByteSize {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private ByteSize() {
    }

    /** In the largest unit that leaves a whole number; a bare number below 1 KiB and for what no unit fits. */
    static String text(final long bytes) {
        int unit = 0;
        long count = bytes;
        while (count != 0 && count % 1024 == 0 && unit < UNITS.length - 1) {
            count /= 1024;
            unit++;
        }
        return unit == 0 ? Long.toString(bytes) : count + UNITS[unit];
    }

    /** -1 if the text is no size, or one that no long holds. */
    static long parse(final String text) {
        int digits = 0;
        long count = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9' && digits <= 15) {
            count = count * 10 + text.charAt(digits++) - '0';
        }
        if (digits == 0 || digits > 15) {
            return -1;
        }
        final String unit = text.substring(digits).strip();
        for (int i = 0; i < UNITS.length; i++) {
            if (unit.equals(UNITS[i])) {
                return count <= Long.MAX_VALUE >> 10 * i ? count << 10 * i : -1;
            }
        }
        return -1;
    }
}
