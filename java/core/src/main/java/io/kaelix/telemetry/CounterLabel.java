// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import io.kaelix.telemetry.Metric.Kind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What a record says of its value.
 *
 * @param metric number of the library's metric, 0 for one of users' own
 * @param key what is counted
 * @param unit what the values count
 * @param owner whose it is
 */
record CounterLabel(int metric, String key, Kind kind, String unit, String owner) {

    private static final Pattern KEY = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]*");

    /** Of what follows a {@code #}, with it. */
    private static final int LONGEST_NUMBER = 32;

    /** The last byte of a character in UTF-8 that is not its first. */
    private static final int CONTINUATION_MASK = 0xC0;
    private static final int CONTINUATION = 0x80;

    static CounterLabel of(final Metric metric, final String owner) {
        return new CounterLabel(metric.id(), metric.key(), metric.kind(), metric.unit(), Objects.requireNonNull(owner, "owner"));
    }

    /** Of users' own, checked. */
    static CounterLabel own(final String key, final Kind kind, final String unit, final String owner) {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(owner, "owner");
        if (key.length() > CounterDescriptor.MAX_KEY_LENGTH || !KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("a counter's name is a letter, then letters, digits, '_', '.' or '-', at most "
                    + CounterDescriptor.MAX_KEY_LENGTH + " in all, not \"" + key + '"');
        }
        if (Metric.ofKey(key).isPresent()) {
            throw new IllegalArgumentException(key + " is a metric of the library: take another name, or pass Metric."
                    + Metric.ofKey(key).get().name());
        }
        if (unit.getBytes(StandardCharsets.UTF_8).length > CounterDescriptor.MAX_UNIT_LENGTH) {
            throw new IllegalArgumentException("a unit has at most " + CounterDescriptor.MAX_UNIT_LENGTH + " bytes in UTF-8, not \""
                    + unit + '"');
        }
        return new CounterLabel(0, key, kind, unit, owner);
    }

    /** Into a record that nobody reads. */
    void write(final MemorySegment record) {
        record.set(CounterDescriptor.INT, CounterDescriptor.METRIC_OFFSET, metric);
        record.set(ValueLayout.JAVA_BYTE, CounterDescriptor.KIND_OFFSET, (byte) kind.code());
        record.set(ValueLayout.JAVA_BYTE, CounterDescriptor.UNIT_LENGTH_OFFSET,
                (byte) text(unit, record, CounterDescriptor.UNIT_OFFSET, CounterDescriptor.MAX_UNIT_LENGTH));
        record.set(ValueLayout.JAVA_BYTE, CounterDescriptor.KEY_LENGTH_OFFSET,
                (byte) text(key, record, CounterDescriptor.KEY_OFFSET, CounterDescriptor.MAX_KEY_LENGTH));
        record.set(CounterDescriptor.SHORT, CounterDescriptor.OWNER_LENGTH_OFFSET,
                (short) text(fitting(owner), record, CounterDescriptor.OWNER_OFFSET, CounterDescriptor.MAX_OWNER_LENGTH));
    }

    /** A name that is too long loses what is before its last {@code #}: the number behind it is what tells it from its namesakes. */
    private static String fitting(final String owner) {
        final int hash = owner.lastIndexOf('#');
        if (hash < 0 || owner.length() - hash > LONGEST_NUMBER || length(owner) <= CounterDescriptor.MAX_OWNER_LENGTH) {
            return owner;
        }
        final String number = owner.substring(hash);
        int end = Math.min(hash, CounterDescriptor.MAX_OWNER_LENGTH);
        end -= Character.isLowSurrogate(owner.charAt(end)) ? 1 : 0;
        while (end > 0 && length(owner.substring(0, end)) + length(number) > CounterDescriptor.MAX_OWNER_LENGTH) {
            end = owner.offsetByCodePoints(end, -1);
        }
        return owner.substring(0, end) + number;
    }

    private static int length(final String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /**
     * Writes as much of a text as there is room for, whole characters.
     *
     * @return how many bytes
     */
    static int text(final String text, final MemorySegment target, final int offset, final int room) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, room);
        while (length < bytes.length && length > 0 && (bytes[length] & CONTINUATION_MASK) == CONTINUATION) {
            length--;
        }
        MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, offset, length);
        return length;
    }

    /** Out of a record, or null where the record makes no sense. */
    static CounterLabel read(final ByteBuffer records, final int at) {
        final Kind kind = Kind.ofCode(records.get(at + CounterDescriptor.KIND_OFFSET));
        final String unit = text(records, at + CounterDescriptor.UNIT_OFFSET,
                Byte.toUnsignedInt(records.get(at + CounterDescriptor.UNIT_LENGTH_OFFSET)), CounterDescriptor.MAX_UNIT_LENGTH);
        final String key = text(records, at + CounterDescriptor.KEY_OFFSET,
                Byte.toUnsignedInt(records.get(at + CounterDescriptor.KEY_LENGTH_OFFSET)), CounterDescriptor.MAX_KEY_LENGTH);
        final String owner = text(records, at + CounterDescriptor.OWNER_OFFSET,
                Short.toUnsignedInt(records.getShort(at + CounterDescriptor.OWNER_LENGTH_OFFSET)), CounterDescriptor.MAX_OWNER_LENGTH);
        return kind == null || unit == null || key == null || owner == null ? null
                : new CounterLabel(records.getInt(at + CounterDescriptor.METRIC_OFFSET), key, kind, unit, owner);
    }

    /**
     * A text of another process, with a question mark in place of what would steer a terminal.
     *
     * @return null if it is longer than there is room for
     */
    static String text(final ByteBuffer source, final int offset, final int length, final int room) {
        if (length < 0 || length > room) {
            return null;
        }
        final byte[] bytes = new byte[length];
        source.get(offset, bytes);
        final StringBuilder text = new StringBuilder(new String(bytes, StandardCharsets.UTF_8));
        for (int i = 0; i < text.length(); i++) {
            final int type = Character.getType(text.charAt(i));
            if (type == Character.CONTROL || type == Character.FORMAT || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR) {
                text.setCharAt(i, '?');
            }
        }
        return text.toString();
    }
}
