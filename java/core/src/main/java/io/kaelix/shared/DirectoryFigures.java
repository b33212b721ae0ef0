// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import java.util.List;

/**
 * What is in a directory.
 *
 * @param processes ids of those that take part, as each knows its own; one that has died is among them until another one finds that
 * @param lanes open ones, those that are being read to their end, and those that were resumed
 * @param bytes of their rings and of what belongs to those
 * @param streams that have been named
 * @param endedLanes lanes of processes that died, since the directory was made
 * @param freedSlots readers of processes that died, for which publishers would have waited
 * @param resumedLanes lanes that were taken over from processes that had all died
 */
public record DirectoryFigures(List<Long> processes, int lanes, long bytes, int streams, long endedLanes, long freedSlots,
        long resumedLanes) {
}
