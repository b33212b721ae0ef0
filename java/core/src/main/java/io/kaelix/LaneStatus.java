// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/**
 * What went through a publisher's lane. A snapshot: lanes are looked at one after the other, each for a moment.
 *
 * @param owner topic of its publisher and the publisher's number, as in {@code orders.eu#3}; {@code streams#3} of one that sends to many
 *     topics. No two lanes of a streamer have the same, nor had
 * @param bytes sent until now, with headers and padding
 * @param messages sent until now, to whatever topic; exact, but in a lane that goes round while it is looked at, or of more than 4 MiB:
 *     then to within a sixteenth of it
 * @param capacity bytes that it holds
 * @param readers subscribers, and readers that handlers share, that read it at this moment; of other processes in a directory, those that
 *     lose nothing
 * @param refusals how often its publisher was refused space, each attempt counted
 */
public record LaneStatus(String owner, long bytes, long messages, int capacity, int readers, long refusals) {
}
