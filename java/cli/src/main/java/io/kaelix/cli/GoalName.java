// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.numa.PlacementGoal;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads what a plan is for: {@code low-latency}. */
final class GoalName implements ITypeConverter<PlacementGoal> {

    @Override
    public PlacementGoal convert(final String text) {
        return Arrays.stream(PlacementGoal.values()).filter(goal -> goal.label().equals(text)).findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is no plan; there are "
                        + Arrays.stream(PlacementGoal.values()).map(PlacementGoal::label).collect(Collectors.joining(", "))));
    }
}
