// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.Field;
import io.kaelix.Message;
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

    /** Whether it holds for a message, however that lies in memory. Allocates its segment. */
    public boolean holds(final Message message) {
        return terms.hold(message.payload(), 0, message.length());
    }

    /** Whether it holds for the payload that a message of its reader shows: in the frame, or, of a kind of its own, where it may be. */
    public boolean holdsFor(final FrameMessage message) {
        return message.isPlain() ? holdsAt(message.payloadAddress(), message.payloadLength()) : holds(message);
    }

    /** Written out for the first comparison, which most have alone. */
    private boolean holdsAt(final long payload, final int length) {
        if (!holds(0, payload, length)) {
            return false;
        }
        for (int i = 1; i < count; i++) {
            if (!holds(i, payload, length)) {
                return false;
            }
        }
        return true;
    }

    private boolean holds(final int term, final long payload, final int length) {
        return terms.has(term, length) && terms.holds(term, terms.isInt(term)
                ? NativeMemory.getInt(payload + terms.field(term)) : NativeMemory.getLong(payload + terms.field(term)));
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
