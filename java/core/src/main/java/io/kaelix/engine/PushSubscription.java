// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.ErrorHandler;
import io.kaelix.Message;
import io.kaelix.MessageHandler;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.TopicPattern;
import io.kaelix.message.FrameMessage;

/** A handler among those of a {@link PushReader}. */
final class PushSubscription extends Interest implements io.kaelix.Subscription {

    private static final System.Logger LOGGER = System.getLogger("io.kaelix.Subscription");

    private final PushReader reader;
    private final MessageHandler handler;
    private final ErrorHandler errorHandler;
    private final long lostBefore;
    private volatile boolean closed;
    /** What was lost when it was closed; set before {@link #closed}. */
    private long lostAtEnd;
    /** Written by the reader's thread alone. */
    private volatile long errors;

    /** @param errorHandler null to log */
    PushSubscription(final TopicPattern pattern, final PushReader reader, final MessageHandler handler, final ErrorHandler errorHandler) {
        super(pattern, reader.subscription());
        this.reader = reader;
        this.handler = handler;
        this.errorHandler = errorHandler == null ? this::log : errorHandler;
        this.lostBefore = reader.lost();
    }

    @Override
    public TopicPattern pattern() {
        return pattern;
    }

    @Override
    public SlowSubscriberPolicy policy() {
        return subscription.policy;
    }

    @Override
    public long errors() {
        return errors;
    }

    @Override
    public long lost() {
        return (closed ? lostAtEnd : reader.lost()) - lostBefore;
    }

    /** Calls the handler, unless it was closed. */
    void deliver(final Message message) {
        if (!closed) {
            try {
                handler.onMessage(message);
            } catch (final Throwable thrown) {
                // Whatever it is: it must not stop the stream of others.
                report(message, explained(message, thrown));
            }
        }
    }

    /** What a handler threw; where it read of a file that was cut, an error that says so. */
    private static Throwable explained(final Message message, final Throwable thrown) {
        if (thrown instanceof final InternalError fault && message instanceof final FrameMessage frame) {
            try {
                return frame.explain(fault);
            } catch (final InternalError another) {
                return another;
            }
        }
        return thrown;
    }

    private void report(final Message message, final Throwable thrown) {
        errors = errors + 1;
        try {
            errorHandler.onError(message, thrown);
        } catch (final Throwable again) {
            LOGGER.log(System.Logger.Level.ERROR, "the error handler of " + pattern + " threw " + at(again) + ", told of " + at(thrown));
        }
    }

    private void log(final Message message, final Throwable thrown) {
        LOGGER.log(System.Logger.Level.ERROR, "the handler of " + pattern + " threw at message " + message.sequence() + " of "
                + message.topic() + ": " + at(thrown) + "; the message is passed over");
    }

    /** One line: what and where. Handlers that want the whole trace are told of the error themselves. */
    private static String at(final Throwable thrown) {
        final StackTraceElement[] trace = thrown.getStackTrace();
        return trace.length == 0 ? thrown.toString() : thrown + " at " + trace[0];
    }

    @Override
    public void close() {
        if (!closed) {
            lostAtEnd = reader.lost();
            closed = true;
        }
        reader.remove(this);
    }
}
