// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/**
 * A handler that is called with the messages of the topics that match a pattern, until it is closed: see
 * {@link MemoryStreamer#subscribe(TopicPattern, SlowSubscriberPolicy, MessageHandler, ErrorHandler)}.
 *
 * <p><b>Threads</b>: any.
 */
public interface Subscription extends AutoCloseable {

    /** Topics whose messages it gets. */
    TopicPattern pattern();

    /** What happens when the handlers that it shares a reader with are slow. */
    SlowSubscriberPolicy policy();

    /** Messages whose handler threw. */
    long errors();

    /**
     * Ends it: once this returns, no call of the handler begins. One that is under way on another thread may still be. May be called from any
     * thread, from inside any handler, and again. Publishers of topics that no other handler wants are held up no longer, once the handlers'
     * thread has ended the round that it is in.
     *
     * <p>A subscription that is forgotten is not closed: its handler goes on being called.
     */
    @Override
    void close();
}
