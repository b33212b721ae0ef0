// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import java.util.Map;

/**
 * What a trial found.
 *
 * @param figures by their names, those of the mode
 * @param settings of the system
 */
public record Outcome(Map<String, Double> figures, String settings) {
}
