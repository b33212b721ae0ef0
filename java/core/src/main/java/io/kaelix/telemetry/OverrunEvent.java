// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Unsigned;

/** A lossy reader found that its place was written over, and goes on further ahead. */
@Name("io.kaelix.Overrun")
@Label("Overrun")
@Description("A lossy subscriber was overrun by a publisher")
@Category("Kaelix")
@StackTrace(false)
final class OverrunEvent extends Event {

    @Label("Publisher")
    String publisher;

    @Label("Messages Lost")
    @Unsigned
    long lost;

    @Label("Lost In All")
    @Unsigned
    long lostInAll;

    @Label("Bytes Passed Over")
    @DataAmount
    long bytes;
}
