// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;

/**
 * Where messages are published to and received from.
 *
 * <p><b>Threads</b>: any.
 */
public interface Exchange extends AutoCloseable {

    /** How it is. */
    enum State {
        /** It works. */
        OPEN,
        /** It was cut off, and may come back: publishers wait. */
        CUT,
        /** It will not come back. */
        ENDED
    }

    /** Creates a publisher. */
    Publisher publisher(Topic topic);

    /** Creates a subscriber, which gets all that is sent from the time when this returns. */
    Subscriber subscriber(TopicPattern pattern, SubscriberConfig config);

    /** Whether anybody receives a topic at this moment. */
    Audience audience(Topic topic);

    /** Who receives a topic. */
    enum Audience {
        /** Somebody does. */
        SOMEBODY,
        /** Nobody does. */
        NOBODY,
        /** It cannot be told. */
        UNKNOWN
    }

    /** How it is now. */
    State state();

    /** Why it is not open, in one line; empty if it is, and was all the time. */
    String trouble();

    /** Messages that were published here and are known not to have arrived. */
    long lost();

    /** How often the other side said that it drops what is published here, since its rules do not let this user. */
    long denials();

    /** How it is called in notes and errors: what was named on the command line. */
    String name();

    /**
     * Closes it, when what was published has arrived: waits for that as long as it takes. {@link #state} may be asked meanwhile.
     */
    @Override
    void close();
}
