// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.util.Collection;

/** The known word that is nearest to an unknown one. */
final class Nearest {

    private static final int LONGEST = 80;

    private Nearest() {
    }

    /** The nearest by letters that are missing, too many, wrong or swapped, case apart; null if none is near. */
    static String of(final String word, final Collection<String> known) {
        if (word.length() > LONGEST || word.isEmpty()) {
            return null;
        }
        String nearest = null;
        int least = Math.max(1, word.length() / 3) + 1;
        for (final String candidate : known) {
            final int distance = distance(normal(word), normal(candidate));
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    private static String normal(final String word) {
        final char[] letters = word.toCharArray();
        for (int i = 0; i < letters.length; i++) {
            letters[i] = letters[i] == '-' ? '_' : Character.toLowerCase(letters[i]);
        }
        return new String(letters);
    }

    /** How many letters must be added, removed, replaced or swapped with their neighbour. */
    static int distance(final String a, final String b) {
        int[] before = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                final int other = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(last[j], row[j - 1]) + 1, last[j - 1] + other);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
            final int[] free = before;
            before = last;
            last = row;
            row = free;
        }
        return last[b.length()];
    }
}
