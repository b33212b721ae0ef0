// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.config.BridgeConfig;

/**
 * How a link of a bridge is doing, at a moment.
 *
 * @param name of the link
 * @param direction of the link
 * @param connected whether the other end is there: one at least, of several
 * @param peers how many other ends are known; of an out link, 1 or 0, since Aeron does not say
 * @param messages sent, or taken in
 * @param bytes of frames sent, or taken in
 * @param lostMessages that did not pass: of an out link, overwritten before they were sent; of an in link, sent by an end that was heard
 *     before, and not received, with those that it said were lost to it
 * @param duplicateMessages of an in link: that came again, and were dropped
 * @param loopedMessages of an in link: that were published here, and were dropped
 * @param backPressured of an out link: times that Aeron took nothing; of an in link: that there was no room in the lane
 * @param lag of an out link: bytes that wait in its lanes, at the most in one
 * @param position in Aeron's streams, all shards together: of an out link, up to which was written; of an in link, up to which was read, of
 *     the sender that is furthest. Renewed ten times a second
 * @param retransmits of an out link: packets that Aeron's driver sent again; of an in link: requests that it made for what was missing. The
 *     driver counts all that it does, so all links that share it show the same
 * @param errors how often something went wrong
 * @param lastError what went wrong last, one line; empty if nothing has
 * @param lastErrorTime when that was, in milliseconds since 1970; 0 if nothing has gone wrong
 */
public record LinkStatus(String name, BridgeConfig.Direction direction, boolean connected, int peers, long messages, long bytes,
        long lostMessages, long duplicateMessages, long loopedMessages, long backPressured, long lag, long position, long retransmits, long errors,
        String lastError, long lastErrorTime) {
}
