// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import io.kaelix.Claim;
import io.kaelix.Message;
import java.nio.ByteBuffer;

/**
 * A message as programs have them, fields of several types and a text up to the end:
 *
 * <pre>
 *   0        8         16        24         32      36      40       44      48
 *   │ id i64 │ time i64 │ price f64 │ amount f64 │ side i32 │ venue i32 │ flags i32 │ text length i32 │ text …
 * </pre>
 */
final class Order {

    private static final int ID = 0;
    private static final int TIME = 8;
    private static final int PRICE = 16;
    private static final int AMOUNT = 24;
    private static final int SIDE = 32;
    private static final int VENUE = 36;
    private static final int FLAGS = 40;
    private static final int TEXT_LENGTH = 44;
    private static final int TEXT = 48;

    private long id;
    private final byte[] text;
    private final byte[] received;

    /** An order whose messages have this many bytes. */
    Order(final int length) {
        text = new byte[length - TEXT];
        received = new byte[length - TEXT];
    }

    /** Another order, so that no compiler takes its fields for constants. */
    void advance() {
        id++;
    }

    void encode(final Claim claim) {
        claim.putLong(ID, id).putLong(TIME, id + 1).putDouble(PRICE, id + 2).putDouble(AMOUNT, id + 3)
                .putInt(SIDE, (int) id & 1).putInt(VENUE, (int) id & 7).putInt(FLAGS, (int) id).putInt(TEXT_LENGTH, text.length)
                .putBytes(TEXT, text, 0, text.length);
    }

    /** The same bytes, if the buffer is little-endian. */
    void encode(final ByteBuffer buffer) {
        buffer.putLong(ID, id).putLong(TIME, id + 1).putDouble(PRICE, id + 2).putDouble(AMOUNT, id + 3)
                .putInt(SIDE, (int) id & 1).putInt(VENUE, (int) id & 7).putInt(FLAGS, (int) id).putInt(TEXT_LENGTH, text.length)
                .put(TEXT, text, 0, text.length);
    }

    /** Reads all fields where they lie and copies the text out. Returns what depends on each of them. */
    long decode(final Message message) {
        final int length = message.getInt(TEXT_LENGTH);
        message.copyTo(TEXT, received, 0, length);
        return message.getLong(ID) + message.getLong(TIME) + (long) message.getDouble(PRICE) + (long) message.getDouble(AMOUNT)
                + message.getInt(SIDE) + message.getInt(VENUE) + message.getInt(FLAGS) + received[length - 1];
    }
}
