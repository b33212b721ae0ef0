// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * The data path: a {@link io.kaelix.lane.Lane} is a ring of frames with one writer and many readers.
 *
 * <pre>
 *                      position of the slowest gating reader          tail          intent
 *                                     │                                │              │
 *   ... overwritten, free to write    ▼    frames not read by all      ▼   reserved   ▼   not yet written ...
 *   ──────────────────────────────────┬────┬───────┬──┬────────┬───────┬──────────────┬──────────────────────
 *                                     │len │ len   │..│ len    │ len   │ 0            │
 *   ──────────────────────────────────┴────┴───────┴──┴────────┴───────┴──────────────┴──────────────────────
 *                                                                        intent ≤ slowest position + capacity
 * </pre>
 *
 * <p>Positions count bytes since the lane was made and never wrap; the ring index is {@code position & (capacity - 1)}.
 *
 * <h2>Publishing</h2>
 * The {@linkplain io.kaelix.lane.LaneWriter writer} writes a frame's body, zeroes the word behind the frame, and stores the frame's length
 * with release: that store is the publication, and the only line that a reader polls is the one that the frame itself begins on. In
 * a batch the first word of all is stored last.
 *
 * <h2>Space</h2>
 * The writer may write below its {@code limit}, a number of its own. When that is used up, sixteen times a turn of the ring, it
 * raises the published {@code intent}, puts a full fence behind it, and only then looks at the readers' positions.
 *
 * <h2>Joining</h2>
 * A reader publishes its position, puts a full fence behind it, and only then looks at intent. Of two that each store, fence, then
 * load what the other stored, at least one sees the other (store buffering, the pattern of Dekker's algorithm): either the writer
 * sees the new reader, or the reader sees that the writer may be ahead, and joins further on. A joiner touches no ring memory
 * before that is settled.
 *
 * <h2>Reading without gating</h2>
 * {@linkplain io.kaelix.lane.LossyLaneReader Lossy readers} hold nobody up, so any word that they read may have been overwritten while they
 * did. It counts only if afterwards, behind an acquire fence, {@code intent ≤ own position + capacity}: the writer stores intent, a
 * fence, then data, so whoever has seen such data sees that intent.
 *
 * <h2>Marks</h2>
 * Frames have different lengths, so a lane can only be walked from a known boundary. With each raise of intent the writer records one:
 * position, number of frames before it, time. {@linkplain io.kaelix.lane.LaneMarks Marks} are where replay, and readers that were overrun,
 * start; losses are differences of their frame counts, and exact.
 *
 * <h2>References</h2>
 * A frame may refer to a payload outside of the ring. {@linkplain io.kaelix.lane.PayloadsInFlight The writer holds it} until all gating
 * readers have passed the frame; who gates nobody takes a reference of its own, or finds that there is none to be had.
 *
 * <h2>Eviction</h2>
 * A reader may be joined with limited {@linkplain io.kaelix.lane.Patience patience}: on its slow path the writer compares its lag, notes
 * since when it is in the way, and {@linkplain io.kaelix.lane.LaneEviction evicts} it when it has been for too long. An evicted slot gates
 * nobody; only its reader frees it.
 *
 * <h2>Parts</h2>
 * What is longer than the longest frame is {@linkplain io.kaelix.lane.PartWriter written in parts}, frames like others, which each reader
 * copies out and puts together. Whatever counts frames, {@link io.kaelix.lane.LaneWriter#frames}, marks, walks and losses, counts only
 * those that end a message: so these are numbers of messages, and where a lane carries one stream, they are its sequence.
 *
 * <h2>Naming</h2>
 * {@code tail}, {@code intent}, {@code position}, {@code limit} are positions. {@code index} is an offset in the ring, {@code address} is
 * where that lies in memory. {@code length} is a frame's length word, {@code step} that length rounded up to the next frame. A {@code SYNC}
 * comment names the other side of an ordering.
 */
package io.kaelix.lane;
