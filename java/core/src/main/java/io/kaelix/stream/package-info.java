// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Streams: many, named, and cheap. Lanes are few; a frame on a lane names its stream by id, and the id leads here.
 *
 * <pre>
 *   name ── hash ──► StreamIndex ──► id ──► StreamRecords: 64 bytes each ──► StreamNames: what of a long name does not fit
 *                    8 bytes a slot           │
 *                                             └──► StreamTopics: Topic objects, of those streams that somebody asked for
 *
 *   StreamCounters, one for each lane: next sequence by stream id
 * </pre>
 *
 * <p>{@link io.kaelix.stream.StreamTable} is the door to all but the counters. Its memory is reached through the segments of its blocks,
 * which check bounds and liveness: a lookup that runs into the end of the table throws, and never reads what is not there. The counters,
 * touched with every message, are reached by address.
 *
 * <p><b>Life of an id</b>: {@code FREE → ACTIVE} by declare, {@code → EXPIRED} by expire (no name leads to it, frames in lanes still do),
 * {@code → FREE} by recycle, when no lane holds a frame of it.
 */
package io.kaelix.stream;
