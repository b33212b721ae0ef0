// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import jdk.jfr.Unsigned;

/** A publisher waited for space for longer than it was to be told; at the end of that. Its stack is that of the claim which got it. */
@Name("io.kaelix.Backpressure")
@Label("Backpressure")
@Description("A publisher waited for space in its lane")
@Category("Kaelix")
@StackTrace(true)
final class BackpressureEvent extends Event {

    @Label("Publisher")
    String publisher;

    @Label("Publisher Number")
    int publisherId;

    @Label("Waited")
    @Timespan(Timespan.NANOSECONDS)
    long waited;

    @Label("Refusals")
    @Unsigned
    long refusals;

    @Label("Got Space")
    boolean relieved;
}
