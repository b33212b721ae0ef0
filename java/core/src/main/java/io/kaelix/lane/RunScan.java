// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.lane;

import io.kaelix.memory.NativeMemory;
import io.kaelix.message.FrameDescriptor;
import java.util.Arrays;

/**
 * What readers of runs that go into one flow must know of each other: which streams the receiver knows, and which messages in parts are not
 * complete. On the other side all lanes of a flow become one, where parts of two messages of a stream must not mix: so while one is not
 * complete, frames of its stream wait in the other lanes.
 *
 * <p><b>Threads</b>: the session's.
 */
public final class RunScan {

    /** Frame decisions: it goes, it is passed over, the run ends before it. */
    static final int TAKE = 1;
    static final int SKIP = 0;
    static final int STOP = -1;

    /** Most streams that a run introduces. */
    private static final int MOST_NEW = 256;
    /** Messages that are not complete at a time; parts of more are left out. */
    private static final int MOST_OPEN = 64;

    private final int maxFrameLength;
    private StreamSet announced = new StreamSet();
    private int[] fresh = new int[MOST_NEW];
    private int freshCount;
    private final int[] openStream = new int[MOST_OPEN];
    private final Object[] openLane = new Object[MOST_OPEN];
    private int open;
    private long missed;
    /** Messages that end in what was measured last. */
    private int measured;

    /** @param maxFrameLength longest frame that goes as it is */
    public RunScan(final int maxFrameLength) {
        this.maxFrameLength = maxFrameLength;
    }

    /** The receiver was told of them. */
    public void clearNewStreams() {
        freshCount = 0;
    }

    /** Streams that the receiver has to be told of before the next run. */
    public int newStreams() {
        return freshCount;
    }

    /** The i-th of those. */
    public int newStream(final int i) {
        return fresh[i];
    }

    /** The receiver may have forgotten all streams. */
    public void forgetStreams() {
        announced = new StreamSet();
        freshCount = 0;
    }

    /** A number means another stream from now on. */
    public void forgetStream(final int stream) {
        announced.remove(stream);
    }

    /** Messages in parts whose first ones were not seen. */
    public long missed() {
        return missed;
    }

    /** Whether a frame can't go as it lies there. */
    boolean isAlone(final int length, final int flags) {
        return length > maxFrameLength || (flags & FrameDescriptor.FLAG_REFERENCE) != 0;
    }

    /** What becomes of the next frame of a lane, which is wanted. */
    int decide(final Object lane, final int stream, final int length, final int flags) {
        final boolean known = announced.contains(stream);
        if (!known && freshCount >= MOST_NEW) {
            return STOP;
        }
        if (open != 0 || FrameDescriptor.isPart(flags)) {
            final int decision = decidePart(lane, stream, length, flags);
            if (decision != TAKE) {
                return decision;
            }
        }
        if (!known) {
            announce(stream);
        }
        return TAKE;
    }

    /** A frame of the stream goes that was decided upon before: the receiver may not know it any more. */
    public void announce(final int stream) {
        if (announced.add(stream)) {
            fresh = freshCount == fresh.length ? Arrays.copyOf(fresh, 2 * freshCount) : fresh;
            fresh[freshCount++] = stream;
        }
    }

    private int decidePart(final Object lane, final int stream, final int length, final int flags) {
        final int at = find(stream);
        if (at >= 0 && openLane[at] != lane) {
            return STOP;
        }
        if (!FrameDescriptor.isPart(flags)) {
            if (at >= 0) {
                remove(at);
            }
            return TAKE;
        }
        final boolean more = !FrameDescriptor.endsMessage(flags);
        if ((flags & FrameDescriptor.FLAG_FRAGMENT) == 0) {
            if (at < 0) {
                if (open == MOST_OPEN) {
                    return SKIP;
                }
                openStream[open] = stream;
                openLane[open++] = lane;
            }
            return TAKE;
        }
        if (at < 0) {
            return SKIP;
        }
        if (!more || length == FrameDescriptor.HEADER_LENGTH) {
            remove(at);
        }
        return TAKE;
    }

    /** A part was passed over for good. */
    void skipped(final int flags) {
        if ((flags & FrameDescriptor.FLAG_FRAGMENT) != 0 && FrameDescriptor.endsMessage(flags)) {
            missed++;
        }
    }

    private int find(final int stream) {
        for (int i = 0; i < open; i++) {
            if (openStream[i] == stream) {
                return i;
            }
        }
        return -1;
    }

    private void remove(final int at) {
        open--;
        openStream[at] = openStream[open];
        openLane[at] = openLane[open];
        openLane[open] = null;
    }

    /** A lane has ended, or its reader jumped: its messages that are not complete never will be. */
    public void interrupt(final Object lane) {
        for (int i = open - 1; i >= 0; i--) {
            if (openLane[i] == lane) {
                remove(i);
            }
        }
    }

    /**
     * The receiver has forgotten what came: messages that are not complete never will be, and their other parts are passed over.
     *
     * @return how many
     */
    public int giveUp() {
        final int given = open;
        Arrays.fill(openLane, 0, open, null);
        open = 0;
        return given;
    }

    /**
     * Looks again at frames that were in a run: as many as fit, up to the first that would introduce too many streams.
     *
     * @param address of the first
     * @param length of all; boundaries that do not fit into it end what is measured
     * @return bytes of them
     */
    public int measure(final long address, final int length, final int maxBytes) {
        int at = 0;
        measured = 0;
        while (at + FrameDescriptor.HEADER_LENGTH <= length) {
            final long firstWord = NativeMemory.getLong(address + at);
            final int word = FrameDescriptor.length(firstWord);
            if (word < FrameDescriptor.HEADER_LENGTH || word > length - at) {
                break;
            }
            final int step = FrameDescriptor.step(word);
            if (step > length - at || at + step > maxBytes) {
                break;
            }
            final int stream = NativeMemory.getInt(address + at + FrameDescriptor.STREAM_ID_OFFSET);
            if (stream >= 0 && !announced.contains(stream)) {
                if (freshCount >= MOST_NEW) {
                    break;
                }
                announce(stream);
            }
            at += step;
            measured += FrameDescriptor.endsMessage(FrameDescriptor.flags(firstWord)) ? 1 : 0;
        }
        return at;
    }

    /** Streams of frames that were in a run, which have to be told of once more, however many. */
    public void announceAll(final long address, final int length) {
        int at = 0;
        while (at < length) {
            final int word = FrameDescriptor.length(NativeMemory.getLong(address + at));
            final int stream = NativeMemory.getInt(address + at + FrameDescriptor.STREAM_ID_OFFSET);
            if (word < FrameDescriptor.HEADER_LENGTH || stream < 0) {
                // Written over: its reader was evicted, and the receiver hears nothing more.
                return;
            }
            announce(stream);
            at += FrameDescriptor.step(word);
        }
    }

    /** Messages in it. */
    public int measured() {
        return measured;
    }

    /** Messages that end in a range of whole frames; -1 if it is not one. */
    public static int count(final long address, final int length) {
        int at = 0;
        int count = 0;
        while (at < length) {
            final long firstWord = NativeMemory.getLong(address + at);
            final int word = FrameDescriptor.length(firstWord);
            if (word < FrameDescriptor.HEADER_LENGTH || word > length - at) {
                return -1;
            }
            at += FrameDescriptor.step(word);
            count += FrameDescriptor.endsMessage(FrameDescriptor.flags(firstWord)) ? 1 : 0;
        }
        return at == length ? count : -1;
    }
}
