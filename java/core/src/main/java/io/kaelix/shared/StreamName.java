// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

/**
 * A stream, whose number is its place in the order of names.
 *
 * @param topic its topic's name
 * @param partition its number among the partitions of that
 * @param partitions how many those are
 */
public record StreamName(String topic, int partition, int partitions) {
}
