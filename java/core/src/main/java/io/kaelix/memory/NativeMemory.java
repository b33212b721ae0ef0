// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.kaelix.KaelixException;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Raw access to native memory by absolute address, as fast as the machine's own loads and stores.
 *
 * <p>All of native memory is one constant segment, so that the JIT compiler sees constant bounds and no liveness to check.
 * <b>Nothing here checks anything</b>: an address outside of what the caller holds is a crash of the JVM. Only the lane, the
 * message flyweights and counters use this, each behind checks of its own.
 *
 * <p>The ordering stands in the name: no suffix is plain; {@code Acquire} and {@code Release} are those of {@link VarHandle}; values that
 * are accessed with an ordering must be aligned to their size. Numbers are little-endian.
 */
public final class NativeMemory {

    static {
        Platforms.requireNativeAccess();
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new KaelixException("this machine is big-endian: lanes are little-endian, as the wire is");
        }
    }

    private static final Platform PLATFORM = Platforms.current();
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final long ADDRESS = (1L << 62) - 1;
    private static final long ALIGNED_INT = ADDRESS & -Integer.BYTES;
    private static final long ALIGNED_LONG = ADDRESS & -Long.BYTES;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final VarHandle ORDERED_INT = ValueLayout.JAVA_INT.varHandle();
    private static final VarHandle ORDERED_LONG = ValueLayout.JAVA_LONG.varHandle();

    private NativeMemory() {
    }

    /**
     * The same address, in a form that shows the JIT compiler that it is neither negative nor near the end of a long: user space ends far
     * below 2^62 on every machine. What is added to it needs no check against the ends of memory any more, and a loop over it has none in
     * its way.
     */
    public static long base(final long address) {
        return address & ADDRESS;
    }

    /** Reads a byte. */
    public static byte getByte(final long address) {
        return ALL.get(JAVA_BYTE, address);
    }

    /** Writes a byte. */
    public static void putByte(final long address, final byte value) {
        ALL.set(JAVA_BYTE, address, value);
    }

    /** Reads a 32-bit integer at any address. */
    public static int getInt(final long address) {
        return ALL.get(INT, address);
    }

    /** Writes a 32-bit integer at any address. */
    public static void putInt(final long address, final int value) {
        ALL.set(INT, address, value);
    }

    /** Reads a 32-bit integer; nothing after it in program order moves before it. */
    public static int getIntAcquire(final long address) {
        return (int) ORDERED_INT.getAcquire(ALL, address & ALIGNED_INT);
    }

    /** Writes a 32-bit integer; nothing before it in program order moves behind it. */
    public static void putIntRelease(final long address, final int value) {
        ORDERED_INT.setRelease(ALL, address & ALIGNED_INT, value);
    }

    /** Replaces a 32-bit integer if it is as expected. */
    public static boolean compareAndSetInt(final long address, final int expected, final int value) {
        return ORDERED_INT.compareAndSet(ALL, address, expected, value);
    }

    /** Reads a 64-bit integer at any address. */
    public static long getLong(final long address) {
        return ALL.get(LONG, address);
    }

    /** Writes a 64-bit integer at any address. */
    public static void putLong(final long address, final long value) {
        ALL.set(LONG, address, value);
    }

    /** Reads a 64-bit integer; nothing after it in program order moves before it. */
    public static long getLongAcquire(final long address) {
        return (long) ORDERED_LONG.getAcquire(ALL, address & ALIGNED_LONG);
    }

    /** Writes a 64-bit integer; nothing before it in program order moves behind it. */
    public static void putLongRelease(final long address, final long value) {
        ORDERED_LONG.setRelease(ALL, address & ALIGNED_LONG, value);
    }

    /** Reads a double at any address. */
    public static double getDouble(final long address) {
        return ALL.get(DOUBLE, address);
    }

    /** Writes a double at any address. */
    public static void putDouble(final long address, final double value) {
        ALL.set(DOUBLE, address, value);
    }

    /** Copies between native memory and native memory. The ranges must not overlap. */
    public static void copy(final long source, final long target, final long length) {
        MemorySegment.copy(ALL, source, ALL, target, length);
    }

    /** Copies out of a segment, whose bounds and liveness are checked. */
    public static void copy(final MemorySegment source, final long sourceOffset, final long target, final long length) {
        MemorySegment.copy(source, sourceOffset, ALL, target, length);
    }

    /** Copies into a segment, whose bounds and liveness are checked. */
    public static void copy(final long source, final MemorySegment target, final long targetOffset, final long length) {
        MemorySegment.copy(ALL, source, target, targetOffset, length);
    }

    /** Copies out of an array, whose bounds are checked. */
    public static void copy(final byte[] source, final int sourceOffset, final long target, final int length) {
        MemorySegment.copy(source, sourceOffset, ALL, JAVA_BYTE, target, length);
    }

    /** Copies into an array, whose bounds are checked. */
    public static void copy(final long source, final byte[] target, final int targetOffset, final int length) {
        MemorySegment.copy(ALL, JAVA_BYTE, source, target, targetOffset, length);
    }

    /** Writes zeros. */
    public static void clear(final long address, final long length) {
        ALL.asSlice(address, length).fill((byte) 0);
    }

    /**
     * Asks the CPU to fetch lines for writing, at most {@link Platform#PREFETCH_MAX_BYTES}. A hint: for a writer that will soon store there, and
     * does not want to wait for another core then.
     */
    public static void prefetchForWrite(final long address, final long length) {
        PLATFORM.prefetchForWrite(address, length);
    }
}
