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
     * Messages that were lost to the reader which it shares, since it subscribed and until it was closed: exact, but of all topics in the
     * lanes that the reader reads, whether this pattern matches them or not. Always 0 under {@link SlowSubscriberPolicy#BLOCK}.
     */
    long lost();

    /**
     * Ends it. Waits for nobody: a call of the handler that the handlers' thread is about to make or is in may still come to its end, no
     * other follows. Closed from inside a handler, there is none. May be called from any thread and again. Publishers of topics that no
     * other handler wants are held up no longer, once the handlers' thread has ended the round that it is in.
     *
     * <p>A subscription that is forgotten is not closed: its handler goes on being called.
     */
    @Override
    void close();
}
