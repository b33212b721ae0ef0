// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A task runs for longer than it may without telling that it blocks. */
@Name("io.kaelix.LongTask")
@Label("Long Task")
@Description("A task holds its worker up")
@Category("Kaelix")
@StackTrace(false)
final class LongTaskEvent extends Event {

    @Label("Worker")
    String worker;

    @Label("Task")
    String task;

    @Label("Running For")
    @Timespan(Timespan.NANOSECONDS)
    long running;

    @Label("Limit")
    @Timespan(Timespan.NANOSECONDS)
    long limit;
}
