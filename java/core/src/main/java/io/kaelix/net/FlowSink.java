// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.Topic;
import java.nio.ByteBuffer;
import java.util.function.Predicate;

/**
 * Where the frames go that come from a peer: one lane of many streams, into whose ring the socket is read.
 *
 * <p>What a session does for each run:
 * <pre>
 *   sink.claim(length);                                   // the run's bytes, not more than room() said
 *   while (sink.missing() &gt; 0) {
 *       channel.read({sink.first(), sink.rest(), …});     // or puts bytes into them, first() first; or sink.put(buffer)
 *       int frames = sink.commit();                       // whole frames are checked and published
 *   }
 * </pre>
 * {@link #first} is the word of the first frame that is not whole yet: it stays out of the ring until the frame is, because readers look
 * there. Both buffers stay the same objects; their remaining bytes are what is missing.
 *
 * <p>Nothing that is received is trusted: a frame that a publisher of this process could not have written is a protocol error, with its
 * reason, and nothing of it or behind it is published. Frames of streams that are denied, or whose streams can't be had, become padding.
 *
 * <p><b>Threads</b>: one, the session's. Nothing blocks.
 */
public interface FlowSink extends AutoCloseable {

    /** Of {@link #claim} and {@link #commit}: the peer broke the rules, {@link #error} says how. The sink takes nothing more. */
    int PROTOCOL_ERROR = -2;

    /** Of {@link #claim} and {@link #commit}: the streamer, or the subscriber that this is for, was closed. */
    int CLOSED = -3;

    /** Longest frame that it takes, and longest run, which is the peer's to know. */
    int maxFrameLength();

    /**
     * Bytes of runs that it surely takes from now on, whatever their lengths, as long as each is at most {@link #maxFrameLength}, if so
     * many runs or less come: what is lost at the end of the ring is reckoned with. Looks at the readers.
     */
    int room();

    /**
     * Space for a run. Where a reader has joined meanwhile that stands further back than those that {@link #room} reckoned with, the run is
     * kept aside, and published by {@link #catchUp}: nothing that was granted is refused.
     *
     * @param bytes of the run, a multiple of 8, from 16 to {@link #maxFrameLength}
     * @return 0, or a negative result
     */
    int claim(int bytes);

    /**
     * Publishes runs that were kept aside, as far as there is room by now. At any time.
     *
     * @return 0, {@link #PROTOCOL_ERROR} or {@link #CLOSED}
     */
    int catchUp();

    /** Bytes of the run that have not come yet; 0 if there is no run. */
    int missing();

    /** What is missing of the first 8 bytes of the first frame that is not published. Before {@link #rest}. */
    ByteBuffer first();

    /** What is missing behind that, in the ring. */
    ByteBuffer rest();

    /**
     * Copies what is missing, as far as it is there. How many bytes: they were taken from the buffer, and {@link #commit} is still to come.
     */
    int put(ByteBuffer from);

    /**
     * Looks at what has come, and publishes the frames that are whole, unless they are kept aside.
     *
     * @return how many bytes were published; or {@link #PROTOCOL_ERROR} or {@link #CLOSED}
     */
    int commit();

    /** Forgets what has come and is not published, when the connection is lost. The next run begins with it again. */
    void abort();

    /**
     * Something may be missing between the runs before, which have come whole, and those to come: messages of which only some parts have come
     * are given up, and what comes of them is {@linkplain #denied left out}.
     */
    void interrupt();

    /** Bytes of frames that were published, from its begin on: what acknowledges. */
    long received();

    /** Position in its lane behind the last run that was published: the lane's tail, as its writer knows it. */
    long position();

    /**
     * Position up to which all have read the lane that may hold it up, those of other processes of the directory included;
     * {@link #position} if there is none. What is kept aside lies behind it. Looks at the readers; behind {@link #close}, what it was.
     */
    long readTo();

    /**
     * Number of its lane, which no other one has as long as the directory lives; without a directory, in this streamer. For
     * {@link Flows#endOf}.
     */
    long laneNumber();

    /** Bytes of runs that came whole and found no room yet; they are not among those received. */
    long waiting();

    /** Messages that were published; denied ones not among them. */
    long messages();

    /** Messages of this run that end in what was published of it, denied ones included: for {@link LanePosition#messages}. */
    int messagesOfRun();

    /** Messages that became padding. */
    long denied();

    /** Those of them that are in parts, of which some had not come, or that are longer than messages may be here. */
    long incomplete();

    /** Why the peer was refused; null as long as it was not. One line. */
    String error();

    /**
     * What a number in frames to come means; another meaning replaces one before.
     *
     * @param remoteId number in the frames
     * @param topic of the stream
     * @param partition of the topic
     * @param partitions of the topic, 1 if it has none
     * @param allowed whether the peer may send to it: if not, its messages become padding
     * @return 0, or {@link #PROTOCOL_ERROR} if the number is out of range
     */
    int stream(int remoteId, Topic topic, int partition, int partitions, boolean allowed);

    /**
     * Asks anew, of each topic that the peer has told of, whether it may send to it.
     *
     * @param allowed the answer
     * @param denied is told of those that it might send to before and may no longer: the peer's number and the topic
     */
    void judge(Predicate<Topic> allowed, Denied denied);

    /** Is told of a stream whose messages become padding from now on. */
    @FunctionalInterface
    interface Denied {

        /** @param remoteId number in the frames */
        void stream(int remoteId, Topic topic);
    }

    /** The peer lost messages before they came here: added to what the readers are told. */
    void lost(long messages);

    /** Ends the lane: what was published is still read. Again is without effect. */
    @Override
    void close();
}
