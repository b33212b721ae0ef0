// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Streams between hosts, over Aeron. A link reads the lanes of a streamer and publishes what it finds, or writes what it receives into a lane:
 *
 * <pre>
 *   lanes ──► FlowSource ──► OutShard ──► publication ┄┄ network ┄┄► image ──► RemoteFlow ──► FlowSink ──► lane
 * </pre>
 *
 * <p>A recorded link has an Archive in between, and notes at each end how far it is:
 *
 * <pre>
 *   lanes ──► FlowSource ──► RecordedShard ──► Recording, of SenderArchive ┄┄ replay ┄┄► ReplayedShard ──► ReplayedFlow ──► FlowSink ──► lane
 *                 StreamCounts, Checkpoint: what is recorded                                     Receipt: what was published
 * </pre>
 *
 * <p>{@link io.kaelix.aeron.AeronBridge} is what users open; {@code RecordDescriptor} is what travels.
 */
package io.kaelix.aeron;
