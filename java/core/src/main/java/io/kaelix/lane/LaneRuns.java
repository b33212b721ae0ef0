// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.memory.NativeMemory;
import io.kaelix.memory.Padded;
import io.kaelix.message.FrameDescriptor;
import io.kaelix.message.FrameMessage;

/**
 * Reads a lane in runs: frames that are wanted and follow one another, as they lie in the ring. A gating reader leaves them there, and
 * holds the writer up until they are {@linkplain #acknowledge acknowledged}; what a lossy one reads is copied first.
 *
 * <p><b>Threads</b>: the session's. It takes the place of the reader's polls.
 */
public final class LaneRuns extends Padded {

    /** Of {@link #next}: there is nothing. */
    public static final int NOTHING = 0;

    /** Of {@link #next}: a frame comes that can't go as it lies there; it is {@linkplain LoneFrame sent alone}. */
    public static final int ALONE = -1;

    private final Lane lane;
    private final LaneReader reader;
    private final LossyLaneReader lossy;
    private final StreamSet wanted;
    private final FrameMessage message;
    private final long ring;
    private final int capacity;
    private final int longest;
    /** Messages of the lane that end before the next frame. */
    private long messages;
    private boolean passedOver;

    private long runPosition;
    private long runMessages;
    private int runCount;

    /**
     * @param wanted streams; null for all
     * @param message of the reader
     */
    public LaneRuns(final PollableLane feed, final StreamSet wanted, final FrameMessage message) {
        this.lane = feed.lane();
        this.reader = feed instanceof final LaneReader gating ? gating : null;
        this.lossy = feed instanceof final LossyLaneReader losing ? losing : null;
        this.wanted = wanted;
        this.message = message;
        this.ring = lane.ring();
        this.capacity = lane.capacity();
        this.longest = LaneDescriptor.maxFrameLength(capacity);
        this.messages = feed.framesBefore();
    }

    /** Whether what it reads has to be copied. */
    public boolean isLossy() {
        return lossy != null;
    }

    /** Position of the next frame. */
    public long position() {
        return lossy == null ? reader.next() : lossy.position;
    }

    /** Messages of the lane that end before that. */
    public long messages() {
        return lossy == null ? messages : lossy.frames;
    }

    /** Whether the last look, which found nothing to be sent, passed over something: there may be more. */
    public boolean passedOver() {
        return passedOver;
    }

    /** Of the last run: where it begins. */
    public long runPosition() {
        return runPosition;
    }

    /** Of the last run: messages of the lane that end before it. */
    public long runMessages() {
        return runMessages;
    }

    /** Of the last run: messages that end in it. */
    public int runCount() {
        return runCount;
    }

    /** Address of a position, at or behind what was acknowledged. */
    public long address(final long position) {
        return ring + (position & capacity - 1L);
    }

    /**
     * Takes the next run.
     *
     * @param target where a lossy one copies it
     * @return bytes, or {@link #NOTHING} or {@link #ALONE}
     * @throws io.kaelix.KaelixException if the lane is corrupt
     */
    public int next(final RunScan scan, final int maxBytes, final long target) {
        runCount = 0;
        passedOver = false;
        return lossy == null ? nextInPlace(scan, maxBytes) : nextCopied(scan, maxBytes, target);
    }

    private int nextInPlace(final RunScan scan, final int maxBytes) {
        long position = reader.next();
        long messages = this.messages;
        int rest = PollableLane.MOST_PASSED_OVER;
        int bytes = 0;
        int result = NOTHING;
        while (rest > 0) {
            final long index = position & capacity - 1L;
            if (index == 0 && bytes > 0) {
                break;
            }
            final long frame = ring + index;
            // SYNC: pairs with the releases in LaneWriter.commit and publishHeld.
            final long firstWord = NativeMemory.getLongAcquire(frame);
            final int word = FrameDescriptor.length(firstWord);
            if (word == 0 || !reader.isActive()) {
                break;
            }
            if (word < 0) {
                if (bytes > 0) {
                    break;
                }
                position += reader.skip(word, position);
                passedOver = true;
                continue;
            }
            final int step = LengthCheck.frame(word, index, capacity, longest, lane);
            final int flags = FrameDescriptor.flags(firstWord);
            final int stream = NativeMemory.getInt(frame + FrameDescriptor.STREAM_ID_OFFSET);
            final boolean isWanted = isWanted(stream);
            final boolean alone = isWanted && scan.isAlone(word, flags);
            // What is not wanted is passed over even if nothing may be sent: it must not hold the writer up.
            if (isWanted && (bytes > 0 ? alone || bytes + step > maxBytes : !alone && step > maxBytes)) {
                break;
            }
            final int decision = isWanted ? scan.decide(this, stream, word, flags) : RunScan.SKIP;
            if (decision == RunScan.STOP || decision == RunScan.SKIP && bytes > 0) {
                break;
            }
            if (decision == RunScan.SKIP) {
                if (isWanted) {
                    scan.skipped(flags);
                }
                position += step;
                messages += FrameDescriptor.endsMessage(flags) ? 1 : 0;
                passedOver = true;
                rest--;
                continue;
            }
            if (bytes == 0) {
                runPosition = position;
                runMessages = messages;
            }
            if (alone) {
                result = ALONE;
                break;
            }
            bytes += step;
            position += step;
            messages += FrameDescriptor.endsMessage(flags) ? 1 : 0;
        }
        if (bytes > 0) {
            runCount = (int) (messages - runMessages);
            result = bytes;
        }
        if (result != NOTHING && !reader.isActiveStill()) {
            // It was evicted meanwhile: the writer may be there already.
            return NOTHING;
        }
        this.messages = messages;
        reader.moveTo(position);
        return result;
    }

    private boolean isWanted(final int stream) {
        return stream >= 0 && (wanted == null || wanted.contains(stream));
    }

    private int nextCopied(final RunScan scan, final int maxBytes, final long target) {
        int rest = PollableLane.MOST_PASSED_OVER;
        int bytes = 0;
        int result = NOTHING;
        while (rest > 0) {
            final long position = lossy.position;
            final long index = position & capacity - 1L;
            final long firstWord = NativeMemory.getLongAcquire(ring + index);
            final int word = FrameDescriptor.length(firstWord);
            if (lossy.isOverwritten(position)) {
                if (bytes > 0) {
                    break;
                }
                scan.interrupt(this);
                if (!lossy.resume(message)) {
                    break;
                }
                continue;
            }
            if (word == 0) {
                break;
            }
            if (word < 0) {
                if (bytes > 0) {
                    break;
                }
                lossy.skip(word, index);
                passedOver = true;
                continue;
            }
            final int step = LengthCheck.frame(word, index, capacity, longest, lane);
            final int flags = FrameDescriptor.flags(firstWord);
            final boolean alone = scan.isAlone(word, flags);
            if (bytes > 0 ? alone || bytes + step > maxBytes : !alone && step > maxBytes) {
                break;
            }
            final long copy = alone ? lossy.copyAddress : target + bytes;
            NativeMemory.copy(ring + index, copy, step);
            if (lossy.isOverwritten(position)) {
                continue;
            }
            // Of the first word, what was proven: the copy may be of another turn only where it was found to be.
            NativeMemory.putLong(copy, firstWord);
            final int stream = NativeMemory.getInt(copy + FrameDescriptor.STREAM_ID_OFFSET);
            final boolean isWanted = isWanted(stream);
            final int decision = isWanted ? scan.decide(this, stream, word, flags) : RunScan.SKIP;
            if (decision == RunScan.STOP || decision == RunScan.SKIP && bytes > 0) {
                break;
            }
            if (decision == RunScan.SKIP) {
                if (isWanted) {
                    scan.skipped(flags);
                }
                lossy.passed(firstWord, step);
                passedOver = true;
                rest--;
                continue;
            }
            if (bytes == 0) {
                runPosition = position;
                runMessages = lossy.frames;
            }
            if (alone) {
                result = ALONE;
                break;
            }
            bytes += step;
            lossy.passed(firstWord, step);
        }
        if (bytes > 0) {
            runCount = (int) (lossy.frames - runMessages);
            return bytes;
        }
        return result;
    }

    /** Begins with the frame that it stands before, which goes {@link #ALONE}. */
    public void begin(final LoneFrame lone) {
        final long frame = lossy == null ? address(reader.next()) : lossy.copyAddress;
        lone.begin(frame, message, lane);
    }

    /** Goes on behind that frame. */
    public void passAlone() {
        final long frame = lossy == null ? address(reader.next()) : lossy.copyAddress;
        final long firstWord = NativeMemory.getLong(frame);
        final int step = FrameDescriptor.step(FrameDescriptor.length(firstWord));
        if (lossy == null) {
            reader.moveTo(reader.next() + step);
            messages += FrameDescriptor.endsMessage(FrameDescriptor.flags(firstWord)) ? 1 : 0;
        } else {
            lossy.passed(firstWord, step);
        }
    }

    /** The writer may write over what lies before a position. */
    public void acknowledge(final long position) {
        if (reader != null && position != reader.published()) {
            reader.publish(position);
        }
    }

    /** Whether its reader was too slow. */
    public boolean isEvicted() {
        return reader != null && reader.isEvicted();
    }

    /** Whether no more comes. */
    public boolean isDrained() {
        return reader == null ? lossy.isDrained() : reader.isDrained();
    }

    /** Bytes that it has not read. */
    public long lag() {
        return Math.max(0, lane.tail() - position());
    }

    /**
     * Goes to a position further on, before anything was read, if that is a boundary: messages before that were received already.
     *
     * @return whether it went; if not it stays where it is
     */
    public boolean skipTo(final long position) {
        if (position < position() || position > lane.tail()) {
            return false;
        }
        long at = position();
        long count = messages();
        while (at < position) {
            final long index = at & capacity - 1L;
            final long firstWord = NativeMemory.getLongAcquire(ring + index);
            final int word = FrameDescriptor.length(firstWord);
            if (lossy != null && lossy.isOverwritten(at) || word == 0) {
                return false;
            }
            if (word < 0) {
                at += LengthCheck.padding(word, at, lane);
            } else {
                at += LengthCheck.frame(word, index, capacity, longest, lane);
                count += FrameDescriptor.endsMessage(FrameDescriptor.flags(firstWord)) ? 1 : 0;
            }
        }
        if (at != position) {
            return false;
        }
        if (lossy == null) {
            reader.moveTo(position);
            reader.publish(position);
            messages = count;
        } else {
            lossy.position = position;
            lossy.frames = count;
        }
        return true;
    }
}
