// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.Topic;

/**
 * What is to be sent of one flow: frames of all lanes that have carried what it wants, in runs, as they lie in memory.
 *
 * <p>What a session does:
 * <pre>
 *   while (credit &gt; 0 &amp;&amp; source.next(run, credit) &gt; 0) {   // runs are noted as sent
 *       ... STREAM, LANE for what is new; the run's header; run.buffer() ...
 *   }
 *   source.acknowledge(bytes);                            // as the receiver says: memory of the lanes is free again
 *   source.rewind(bytes);                                 // after a reconnect: what was not received is sent once more
 * </pre>
 *
 * <p>Bytes of a flow are counted from its begin on, padding and headers of runs not among them. A source remembers the runs that are not
 * acknowledged, and the lanes' writers do not write over them: a gating flow holds them up then, as its policy says. What it copied,
 * because it is lossy or was a reference, it keeps itself.
 *
 * <p><b>Threads</b>: one, the session's. Nothing blocks.
 */
public interface FlowSource extends AutoCloseable {

    /** Of {@link #next}: there is nothing now, or nothing that is short enough. */
    int NOTHING = 0;

    /** Of {@link #next}: it was too slow for its policy, and gets nothing any more. */
    int DISCONNECTED = -1;

    /** Of {@link #next}: the streamer is closed, and all was sent. */
    int CLOSED = -2;

    /** Of {@link #endedLane}: none. */
    int NONE = -1;

    /**
     * Takes the next run, of whole frames.
     *
     * @param run is pointed at it
     * @param maxBytes most bytes, at most the window less what is not acknowledged
     * @return bytes of the run, or {@link #NOTHING}, {@link #DISCONNECTED} or {@link #CLOSED}
     * @throws io.kaelix.KaelixException if a lane is corrupt; it is left then, and others go on
     */
    int next(OutRun run, int maxBytes);

    /** Bytes of all runs that were taken; after {@link #rewind}, up to where it goes on. */
    long sent();

    /** Bytes that were acknowledged. */
    long acknowledged();

    /**
     * The receiver has so many bytes of the flow, from its begin on: they need not be kept any more.
     *
     * @return false if that is less than before, or more than was sent: the peer lies, and nothing has changed
     */
    boolean acknowledge(long bytes);

    /**
     * Sends again what lies behind so many bytes, which are acknowledged by that. The receiver may have forgotten streams and lanes: it is
     * told of them again.
     *
     * @return false as {@link #acknowledge}, and if it is within a frame
     */
    boolean rewind(long bytes);

    /**
     * Gives up what was taken and not acknowledged, so that it is not sent again: it is {@linkplain #lost lost}. So are messages of which
     * some parts were taken, as soon as the last ones would be. How many messages that are.
     */
    long abandon();

    /** The same, but that messages of which only some parts were taken go on with the others. */
    long abandonTaken();

    /** A lane that the receiver was not told of: its number, once, or {@link #NONE}. Runs tell of their own. */
    int newLane();

    /** A lane that was announced. */
    FlowLane lane(int number);

    /**
     * A lane that has ended, once all of it was acknowledged: its number, once; or {@link #NONE}.
     */
    int endedLane();

    /**
     * Whether it was too slow for its policy. Behind a write of what {@link #next} gave, too: if it was cut off meanwhile, what was
     * written may have been written over, so that the connection must end at once.
     */
    boolean isDisconnected();

    /** Messages that were lost to the flow so far: overwritten before they were read, gone before it came, or given up. */
    long lost();

    /** Bytes that were copied on the way to the socket. */
    long copied();

    /** Messages that were handed out in runs, not counting repetitions. */
    long messages();

    /** Bytes that wait in its lanes, at the most: its largest lag in one. */
    long lag();

    /** Topic of a stream, as named by frames of its runs. */
    Topic topic(int stream);

    /** Partition of the topic that the stream is; 0 if it has none. */
    int partition(int stream);

    /** Partitions of the stream's topic; 1 if it has none. */
    int partitions(int stream);

    /** Leaves all lanes. Again is without effect. */
    @Override
    void close();
}
