// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * What a stream costs: memory, creation, and being looked up by name.
 *
 * <pre>
 *   StreamsCommand ── rounds ──► StreamsTrial (a JVM) ──► Directory: the table of streams, then a HashMap
 * </pre>
 */
package io.kaelix.bench.streams;
