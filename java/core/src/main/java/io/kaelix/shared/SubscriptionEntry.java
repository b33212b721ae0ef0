// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import static io.kaelix.shared.DirectoryDescriptor.*;

import io.kaelix.KaelixException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/** What a subscriber wants, as it lies in its entry of the control file; but the entry's state and number. Under the directory's lock. */
final class SubscriptionEntry {

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN);

    private SubscriptionEntry() {
    }

    /** @throws KaelixException if its pattern does not fit; nothing was written then */
    static void write(final MemorySegment control, final long at, final SharedSubscription wanted) {
        final byte[] pattern = wanted.pattern().getBytes(StandardCharsets.UTF_8);
        if (pattern.length > MAX_PATTERN) {
            throw new KaelixException("a pattern of " + pattern.length + " bytes does not fit into a directory, which takes up to "
                    + MAX_PATTERN);
        }
        control.set(LONG, at + SUBSCRIPTION_NUMBER_OFFSET, wanted.number());
        control.set(INT, at + SUBSCRIPTION_GATES_OFFSET, wanted.gates() ? 1 : 0);
        control.set(INT, at + SUBSCRIPTION_PATTERN_LENGTH_OFFSET, pattern.length);
        control.set(LONG, at + SUBSCRIPTION_MAX_LAG_OFFSET, wanted.maxLag());
        control.set(LONG, at + SUBSCRIPTION_MAX_STALL_OFFSET, wanted.maxStallNanos());
        control.set(INT, at + SUBSCRIPTION_MAX_HOPS_OFFSET, wanted.maxHops());
        control.set(SHORT, at + SUBSCRIPTION_SHARD_OFFSET, (short) wanted.shard());
        control.set(SHORT, at + SUBSCRIPTION_SHARDS_OFFSET, (short) wanted.shards());
        MemorySegment.copy(pattern, 0, control, ValueLayout.JAVA_BYTE, at + SUBSCRIPTION_PATTERN_OFFSET, pattern.length);
        final List<Integer> partitions = wanted.partitions();
        final boolean fit = !partitions.isEmpty() && partitions.size() <= MAX_PARTITIONS;
        control.set(INT, at + SUBSCRIPTION_PARTITION_COUNT_OFFSET, fit ? partitions.size() : NONE);
        for (int i = 0; fit && i < partitions.size(); i++) {
            control.set(SHORT, at + SUBSCRIPTION_PARTITIONS_OFFSET + (long) i * Short.BYTES, partitions.get(i).shortValue());
        }
    }

    static SharedSubscription read(final MemorySegment control, final long at) {
        final int length = Math.clamp(control.get(INT, at + SUBSCRIPTION_PATTERN_LENGTH_OFFSET), 0, MAX_PATTERN);
        final int partitions = Math.clamp(control.get(INT, at + SUBSCRIPTION_PARTITION_COUNT_OFFSET), 0, MAX_PARTITIONS);
        final byte[] pattern = control.asSlice(at + SUBSCRIPTION_PATTERN_OFFSET, length).toArray(ValueLayout.JAVA_BYTE);
        return new SharedSubscription(control.get(INT, at + SUBSCRIPTION_PARTICIPANT_OFFSET),
                control.get(LONG, at + SUBSCRIPTION_NUMBER_OFFSET), new String(pattern, StandardCharsets.UTF_8),
                control.get(INT, at + SUBSCRIPTION_GATES_OFFSET) != 0, control.get(LONG, at + SUBSCRIPTION_MAX_LAG_OFFSET),
                control.get(LONG, at + SUBSCRIPTION_MAX_STALL_OFFSET), IntStream.range(0, partitions).mapToObj(i ->
                        unsigned(control, at + SUBSCRIPTION_PARTITIONS_OFFSET + (long) i * Short.BYTES)).toList(),
                control.get(INT, at + SUBSCRIPTION_MAX_HOPS_OFFSET), unsigned(control, at + SUBSCRIPTION_SHARD_OFFSET),
                unsigned(control, at + SUBSCRIPTION_SHARDS_OFFSET));
    }

    private static int unsigned(final MemorySegment control, final long offset) {
        return Short.toUnsignedInt(control.get(SHORT, offset));
    }
}
