// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

/**
 * Hash of what a message is about, as {@link io.kaelix.MessageBuilder#partitionKey(byte[])} has it: XXH32 of the key's bytes, seed 0.
 *
 * <p><b>Threads</b>: any. Allocates nothing, but for texts of more than {@value #SHORT} bytes.
 */
public final class PartitionKey {

    private static final int SHORT = 256;
    private static final ThreadLocal<byte[]> BYTES = ThreadLocal.withInitial(() -> new byte[SHORT]);

    private PartitionKey() {
    }

    /** Of bytes. */
    public static int hash(final byte[] key) {
        return XxHash32.hash(key, key.length);
    }

    /** Of a number: of its 8 bytes, little-endian. */
    public static int hash(final long key) {
        return XxHash32.hash(key);
    }

    /** Of a text: of its bytes in UTF-8. */
    public static int hash(final String key) {
        final int length = Utf8.length(key);
        final byte[] bytes = length <= SHORT ? BYTES.get() : new byte[length];
        Utf8.encode(key, bytes, 0);
        return XxHash32.hash(bytes, length);
    }
}
