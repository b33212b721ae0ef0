// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;

/**
 * Secrets that peers show, and the identity that each stands for. Immutable; any thread.
 *
 * <p>How long a look-up takes tells nothing of how much of a token is right: digests are compared, whole ones, and always with all. The
 * tokens themselves are not kept, and none is in a text or an error.
 */
final class Tokens {

    /** Bytes of the longest token: who shows more shows a wrong one. */
    static final int MOST_BYTES = 1_024;

    private final byte[][] digests;
    private final String[] identities;

    /** @param tokens identities by tokens, as in {@link io.kaelix.ListenConfig#tokens} */
    Tokens(final Map<String, String> tokens) {
        digests = new byte[tokens.size()][];
        identities = new String[tokens.size()];
        int i = 0;
        for (final Map.Entry<String, String> token : tokens.entrySet()) {
            digests[i] = sha256(token.getKey());
            identities[i++] = token.getValue();
        }
    }

    /** Whether there are none: nothing is asked for then. */
    boolean isEmpty() {
        return digests.length == 0;
    }

    /** What is kept of a token that a peer shows; null for none, and for what is longer than any. */
    static byte[] digest(final String shown) {
        return shown == null || shown.isEmpty() || shown.length() > MOST_BYTES ? null : sha256(shown);
    }

    /**
     * Whose token it is.
     *
     * @param digest of what the peer showed; null for none
     * @return null if it is nobody's
     */
    String identity(final byte[] digest) {
        if (digest == null) {
            return null;
        }
        int found = -1;
        for (int i = 0; i < digests.length; i++) {
            // No early end, and no branch that depends on what is equal.
            final int equal = MessageDigest.isEqual(digests[i], digest) ? -1 : 0;
            found = found & ~equal | i & equal;
        }
        return found < 0 ? null : identities[found];
    }

    private static byte[] sha256(final String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** How many there are, and nothing of them. */
    @Override
    public String toString() {
        return "Tokens[" + digests.length + ']';
    }
}
