// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A configuration was read again: taken over, or refused. */
@Name("io.kaelix.Reload")
@Label("Reload")
@Description("A changed configuration was read")
@Category("Kaelix")
@StackTrace(false)
final class ReloadEvent extends Event {

    @Label("Source")
    String source;

    @Label("Accepted")
    boolean accepted;

    @Label("Changed")
    String changed;

    @Label("Need A Restart")
    String needRestart;

    @Label("Problems")
    String problems;

    @Label("Took")
    @Timespan(Timespan.NANOSECONDS)
    long took;
}
