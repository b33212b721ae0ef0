// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import jdk.jfr.Unsigned;

/** A subscriber is behind for longer than a threshold, found by who looks at all of them now and then. */
@Name("io.kaelix.SlowSubscriber")
@Label("Slow Subscriber")
@Description("A subscriber is further behind than it should be")
@Category("Kaelix")
@StackTrace(false)
final class SlowSubscriberEvent extends Event {

    @Label("Subscriber")
    String subscriber;

    @Label("Policy")
    String policy;

    @Label("Lag In Messages")
    @Unsigned
    long lagMessages;

    @Label("Lag In Bytes")
    @DataAmount
    long lagBytes;

    @Label("Lag")
    @Timespan(Timespan.NANOSECONDS)
    long lag;

    @Label("Holds A Publisher Up For")
    @Timespan(Timespan.NANOSECONDS)
    long blocking;
}
