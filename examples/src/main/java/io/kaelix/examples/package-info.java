// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Programs to start from: {@link io.kaelix.examples.PublishSubscribe} shows the parts, {@link io.kaelix.examples.Batches} the fast way.
 */
package io.kaelix.examples;
