// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.util.function.Consumer;

/**
 * The headers of a message: names and values that travel beside its payload. A view, not a copy; it allocates nothing, but for the
 * methods that say so.
 *
 * <p><b>Names</b> are bytes, up to {@link #MAX_NAME_LENGTH} of them and of any value; a name given as text means its bytes in UTF-8. A name
 * may occur more than once: what looks it up finds the first, {@link #forEach} shows all, in the order in which they were sent.
 *
 * <p><b>Threads and lifetime</b>: as its message's. Used when the message has ended, it throws {@link IllegalStateException}.
 *
 * <p><b>Cost</b>: headers lie one behind the other, so looking one up passes over those before it.
 *
 * <p><b>Errors</b>: headers that do not fit into their frame are a {@link KaelixException}, and are not read beyond it.
 *
 * {@snippet :
 * subscriber.poll(message -> {
 *     if (message.headers().contains("retry")) {
 *         sum += message.headers().getLong("retry", 0);
 *     }
 * }, 100);
 * }
 */
public interface Headers {

    /** Longest name in bytes: 255. */
    int MAX_NAME_LENGTH = 255;

    /** Longest value in bytes: 65,535, if it were not for {@link #MAX_LENGTH}. */
    int MAX_VALUE_LENGTH = 65_535;

    /**
     * Bytes that all headers of a message take together: 65,528. Eight for the message, and three for each header beside its name and
     * value.
     */
    int MAX_LENGTH = 65_528;

    /** How many there are. */
    int count();

    /** Whether there is one of this name. */
    boolean contains(String name);

    /** Whether there is one of this name. */
    boolean contains(byte[] name);

    /** Bytes in the value of the first one of this name, or -1 if there is none. */
    int valueLength(String name);

    /** The value of the first one of this name as a new array, or null if there is none. Allocates. */
    byte[] getBytes(String name);

    /** The same by bytes. Allocates. */
    byte[] getBytes(byte[] name);

    /** The value of the first one of this name, decoded as UTF-8 with malformed bytes replaced, or null if there is none. Allocates. */
    String getString(String name);

    /**
     * The value of the first one of this name as a number.
     *
     * @param ifAbsent answered where there is none
     * @throws IllegalArgumentException if it has not the 8 bytes of a number
     */
    long getLong(String name, long ifAbsent);

    /**
     * Shows each to a handler.
     *
     * @param handler given one and the same object each time, which is valid until the handler returns
     */
    void forEach(Consumer<Header> handler);

    /** One header, as {@link #forEach} shows it: a view. Used later it throws {@link IllegalStateException}. */
    interface Header {

        /** Bytes in its name. */
        int nameLength();

        /** Bytes in its value. */
        int valueLength();

        /** Whether that is its name. */
        boolean isNamed(String name);

        /** Whether that is its name. */
        boolean isNamed(byte[] name);

        /** Its name decoded as UTF-8, malformed bytes replaced. Allocates. */
        String name();

        /** Its name as a new array. Allocates. */
        byte[] nameBytes();

        /**
         * Copies all of its value into an array.
         *
         * @throws IndexOutOfBoundsException if it does not fit
         */
        void copyValue(byte[] target, int targetOffset);

        /** Its value as a new array. Allocates. */
        byte[] toByteArray();

        /** Its value decoded as UTF-8, malformed bytes replaced. Allocates. */
        String asString();

        /**
         * Its value as a number.
         *
         * @throws IllegalArgumentException if it has not the 8 bytes of one
         */
        long asLong();
    }
}
