// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * A directory of files in memory that several processes stream through: what lies in it, who lives in it, and the lock under which it
 * changes. It knows nothing of publishers and subscribers but what they wrote into its tables.
 *
 * <pre>
 *   lock        empty; the kernel's locks on its bytes: 0 for changes, 1 + n while participant n lives
 *   control     mapped by all: the tables of {@link io.kaelix.shared.DirectoryDescriptor}
 *   streams     names of streams in the order of their numbers, appended
 *   lane-N      a lane: its control block and its ring, mapped by who takes part in it
 *   uses-N      streams that a lane of many has carried, appended
 *   new-P-N     a lane that participant P is making
 *   counters-F  a link to the counter file F of a process, which no participant needs
 * </pre>
 *
 * <p>{@code lane-} and {@code new-} may lie in {@linkplain io.kaelix.shared.LaneFolder another folder}, such as one in huge pages, which
 * can hold nothing else: nothing can be written there, and files are whole pages.
 *
 * <p><b>Change</b>: under the lock an entry's state is written last, then the version of the directory. Whoever reads sees a version
 * that it does not know, and looks. What it may look at without the lock: names below the count that is published, and entries
 * of lanes that it takes part in, which nobody frees before it has left, or has died.
 *
 * <p><b>Life</b>: a participant lives as long as the kernel keeps the lock on its byte, which it drops when the process dies, however it
 * dies, and not when it is stopped. Nothing else proves a death.
 *
 * <p><b>The end</b>: the last participant to leave removes all files. Where all have died, the next one to launch removes what they left,
 * or takes it over: names as they are, and lanes that somebody has not read to the end, which it keeps for those that start at the oldest.
 *
 * <p><b>Space</b> is allocated when a file is made, by writing it, or by the kernel in huge pages: a file system that is full is an
 * exception there, and no fault of memory later.
 */
package io.kaelix.shared;
