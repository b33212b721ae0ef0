// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

/**
 * How far a reader is behind the tail.
 *
 * <p>Bytes and frames are exact, for a moment: marks know how many frames lie before them, and the rest, an eighth of a ring as a rule, is
 * walked. Only in a lane of more than 4 MiB, part of the rest is reckoned by the part before it; and of a gating reader whose lane goes
 * round faster than can be walked, frames are counted from mark to mark. Time is
 * known by marks: what the reader comes to next was sent between two of them.
 *
 * @param bytes that it has not read
 * @param frames that it has not read, of all streams of the lane
 * @param leastMillis age of the next mark: what it comes to next is at least that old; 0 if there is no mark between it and the tail
 * @param mostMillis age of the mark before it, or of the oldest one that is there: what it comes to next is younger than the former
 */
public record LaneLag(long bytes, long frames, long leastMillis, long mostMillis) {

    private static final LaneLag NONE = new LaneLag(0, 0, 0, 0);
    private static final int ATTEMPTS = 3;

    /** Of a reader that does not leave meanwhile. From any thread that sees to that. */
    public static LaneLag of(final PollableLane reader, final long nowMillis) {
        LaneLag lag;
        int attempt = 0;
        do {
            lag = tryMeasure(reader, nowMillis, attempt == ATTEMPTS - 1);
        } while (lag == null && ++attempt < ATTEMPTS);
        return lag == null ? NONE : lag;
    }

    /** Null if the writer came round meanwhile. */
    private static LaneLag tryMeasure(final PollableLane reader, final long nowMillis, final boolean byMarksIfMust) {
        final Lane lane = reader.lane();
        final long position = reader.position();
        final long tail = lane.tail();
        if (tail <= position) {
            return NONE;
        }
        final LaneMarks.Mark mark = new LaneMarks.Mark();
        final long count = LaneMarks.count(lane.control());
        long before = Long.MIN_VALUE;
        long next = Long.MAX_VALUE;
        long nextFrames = 0;
        long nextMillis = nowMillis;
        boolean marked = false;
        long last = Long.MIN_VALUE;
        long lastFrames = 0;
        for (long number = LaneMarks.oldest(count); number < count; number++) {
            if (mark.load(lane.control(), number) && mark.position <= tail) {
                if (before == Long.MIN_VALUE || mark.position <= position) {
                    before = mark.timeMillis;
                }
                if (mark.position >= position && next == Long.MAX_VALUE) {
                    next = mark.position;
                    nextFrames = mark.frames;
                }
                if (mark.position > position && !marked) {
                    marked = true;
                    nextMillis = mark.timeMillis;
                }
                last = mark.position;
                lastFrames = mark.frames;
            }
        }
        if (last == Long.MIN_VALUE) {
            return null;
        }
        final long frames = reader instanceof final LossyLaneReader lossy
                ? sum(lastFrames - lossy.frames(), LaneWalk.about(lane, last, tail))
                : next == Long.MAX_VALUE
                ? LaneWalk.about(lane, position, tail)
                : sum(lastFrames - nextFrames, LaneWalk.about(lane, position, next), LaneWalk.about(lane, last, tail));
        if (frames < 0 && !byMarksIfMust) {
            return null;
        }
        return new LaneLag(tail - position, frames >= 0 ? frames : next == Long.MAX_VALUE ? 0 : lastFrames - nextFrames,
                Math.max(0, nowMillis - nextMillis), Math.max(0, nowMillis - before));
    }

    /** Negative if a walk was overtaken. */
    private static long sum(final long known, final long... walked) {
        long sum = Math.max(0, known);
        for (final long frames : walked) {
            if (frames == LaneWalk.OVERTAKEN) {
                return LaneWalk.OVERTAKEN;
            }
            sum += frames;
        }
        return sum;
    }
}
