// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

/** {@code [network]}: has no keys; whatever is set below it is refused. */
public record NetworkConfig() {
}
