// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.StreamerConfig;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Which settings of a streamer can change while it runs: all others are refused. */
final class ChangedSettings {

    private static final Set<String> HOT =
            Set.of("memoryLimit", "linger", "handlerBatch", "latencySamplingBytes", "backpressureEvent");

    private ChangedSettings() {
    }

    /**
     * Looks for those that cannot.
     *
     * @throws IllegalArgumentException if any of them differs; it names them all
     */
    static void check(final StreamerConfig now, final StreamerConfig wanted) {
        final List<String> cold = new ArrayList<>();
        for (final RecordComponent component : StreamerConfig.class.getRecordComponents()) {
            final Object before = value(component, now);
            final Object after = value(component, wanted);
            if (!HOT.contains(component.getName()) && !before.equals(after)) {
                cold.add(component.getName() + " (" + before + " to " + after + ")");
            }
        }
        if (!cold.isEmpty()) {
            throw new IllegalArgumentException("cannot be changed while the streamer runs: " + String.join(", ", cold)
                    + "; launch another one, or leave them as they are");
        }
    }

    private static Object value(final RecordComponent component, final StreamerConfig config) {
        try {
            return component.getAccessor().invoke(config);
        } catch (final ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
