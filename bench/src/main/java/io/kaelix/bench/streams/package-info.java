// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * What a stream costs: memory, creation, being looked up by name, and being one of many that messages are spread over.
 *
 * <pre>
 *   StreamsCommand ── rounds ──► StreamsTrial (a JVM) ──► Directory: the table of streams, a streamer, a HashMap
 *                                                    └──► FlowTrial: messages spread over all streams
 * </pre>
 */
package io.kaelix.bench.streams;
