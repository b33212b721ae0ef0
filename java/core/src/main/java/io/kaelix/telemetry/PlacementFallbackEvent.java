// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Memory or a thread did not get what was asked for, and goes on with what there was. */
@Name("io.kaelix.PlacementFallback")
@Label("Placement Fallback")
@Description("Memory or a thread is not where it was asked to be")
@Category("Kaelix")
@StackTrace(false)
final class PlacementFallbackEvent extends Event {

    @Label("Subject")
    String subject;

    @Label("Asked For")
    String asked;

    @Label("Obtained")
    String obtained;

    @Label("Reason")
    String reason;
}
