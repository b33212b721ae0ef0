// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.verify;

/**
 * What a publisher sent.
 *
 * @param publisherId number of the publisher
 * @param messages how many
 * @param bytes of payload, in all
 * @param checksum over the payloads, computed as the subscribers compute it
 */
public record Sent(int publisherId, long messages, long bytes, long checksum) {
}
