// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What the workers of a run do: makes them, and tells how far they are. Used by the thread of the run. */
interface Workload extends AutoCloseable {

    /** What a publisher's thread does. */
    Sender sender(Publisher publisher, int number);

    /** What a subscriber's thread does. */
    Receiver receiver(Subscriber subscriber, List<Publisher> publishers, int number);

    /** How long to send; the longest there is if the work ends by itself. */
    Duration duration();

    /** How much of it is done, 0 to 1, or NaN if that is not known. */
    double done(long elapsedNanos);

    /** Gives back what it holds. The workers have ended. */
    @Override
    void close() throws IOException;
}
