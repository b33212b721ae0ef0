// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.Field;
import io.kaelix.Predicate;
import io.kaelix.Predicate.OfDouble;
import io.kaelix.Predicate.OfInteger;
import io.kaelix.memory.NativeMemory;
import io.kaelix.platform.Comparison;
import io.kaelix.platform.FrameTerms;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A predicate as readers ask it of frames, and how many it did not hold for.
 *
 * <p><b>Threads</b>: its reader's; {@link #passedOver} may be called by any.
 */
public final class FrameFilter {

    private static final VarHandle PASSED_OVER;

    static {
        try {
            PASSED_OVER = MethodHandles.lookup().findVarHandle(FrameFilter.class, "passedOver", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Predicate predicate;
    private final FrameTerms terms = new FrameTerms();
    private final int count;
    /** Of the first comparison. */
    private final int field;
    private final int bytes;
    private final boolean isDouble;
    private final long first;
    private final long span;
    private long passedOver;

    /** Asks for what a predicate holds for. */
    public FrameFilter(final Predicate predicate) {
        this.predicate = predicate;
        for (final Predicate.Comparison comparison : predicate.comparisons()) {
            switch (comparison) {
                case OfInteger integer when integer.field() instanceof Field.Int32 -> addInt(integer);
                case OfInteger integer -> addLong(integer);
                case OfDouble number -> addDouble(number);
            }
        }
        count = terms.count();
        // Where it holds for nothing, no payload is long enough for it.
        field = terms.has(0, Integer.MAX_VALUE) ? terms.field(0) : Integer.MAX_VALUE;
        bytes = terms.isInt(0) ? Integer.BYTES : Long.BYTES;
        isDouble = predicate.comparisons().getFirst() instanceof OfDouble;
        first = terms.first(0);
        span = terms.span(0);
    }

    private void addInt(final OfInteger wanted) {
        final int offset = wanted.field().offset();
        if (wanted.relation() == Predicate.Relation.BETWEEN) {
            terms.rangeOfInts(offset, (int) wanted.low(), (int) wanted.high());
        } else {
            terms.compareInt(offset, comparison(wanted.relation()), (int) wanted.low());
        }
    }

    private void addLong(final OfInteger wanted) {
        final int offset = wanted.field().offset();
        if (wanted.relation() == Predicate.Relation.BETWEEN) {
            terms.rangeOfLongs(offset, wanted.low(), wanted.high());
        } else {
            terms.compareLong(offset, comparison(wanted.relation()), wanted.low());
        }
    }

    private void addDouble(final OfDouble wanted) {
        final int offset = wanted.field().offset();
        if (wanted.relation() == Predicate.Relation.BETWEEN) {
            terms.rangeOfDoubles(offset, wanted.low(), wanted.high());
        } else {
            terms.compareDouble(offset, comparison(wanted.relation()), wanted.low());
        }
    }

    /** As kernels have it; not of a range, which has kernels of its own. */
    static Comparison comparison(final Predicate.Relation relation) {
        return switch (relation) {
            case LESS_THAN -> Comparison.LT;
            case AT_MOST -> Comparison.LE;
            case GREATER_THAN -> Comparison.GT;
            case AT_LEAST -> Comparison.GE;
            case EQUAL_TO -> Comparison.EQ;
            case NOT_EQUAL_TO -> Comparison.NE;
            case BETWEEN -> throw new IllegalArgumentException("a range is no comparison");
        };
    }

    /** What it asks for. */
    public Predicate predicate() {
        return predicate;
    }

    FrameTerms terms() {
        return terms;
    }

    /**
     * Whether it holds for a payload.
     *
     * @param memory that all of it lies in
     */
    public boolean holds(final MemorySegment memory, final long offset, final int length) {
        return terms.hold(memory, offset, length);
    }

    /**
     * Whether it holds for what a message points at, wherever that lies.
     *
     * @throws InternalError if that is a file which was cut, see {@link FrameMessage#explain}
     */
    public boolean holds(final FrameMessage message) {
        return holdsAt(message.payloadAddress(), message.length());
    }

    /**
     * Whether it holds for a payload by its address, all of which is mapped.
     *
     * @param payload first byte of it
     */
    public boolean holdsAt(final long payload, final int length) {
        // The first comparison, which most have alone, from fields.
        if (field > length - bytes) {
            return false;
        }
        final long bits = bytes == Integer.BYTES ? NativeMemory.getInt(payload + field) : NativeMemory.getLong(payload + field);
        return (isDouble ? terms.holds(0, bits) : Long.compareUnsigned(bits - first, span) <= 0)
                && (count == 1 || othersHoldAt(payload, length));
    }

    private boolean othersHoldAt(final long payload, final int length) {
        for (int i = 0; i < count; i++) {
            if (!terms.has(i, length) || !terms.holds(i, terms.isInt(i)
                    ? NativeMemory.getInt(payload + terms.field(i)) : NativeMemory.getLong(payload + terms.field(i)))) {
                return false;
            }
        }
        return true;
    }

    /** Counts frames that it did not hold for. */
    public void passOver(final long frames) {
        if (frames != 0) {
            PASSED_OVER.setOpaque(this, passedOver + frames);
        }
    }

    /** How many it did not hold for. */
    public long passedOver() {
        return (long) PASSED_OVER.getOpaque(this);
    }
}
