// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.aeron.archive.client.AeronArchive;
import io.kaelix.KaelixException;
import io.kaelix.config.BridgeConfig;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@link Recording} of a shard, as a receiver learns of it. What it is of is told by its channel's alias:
 * {@code kaelix-v1-0-of-1-0123456789abcdef}: version, shard, shards, identity.
 *
 * @param id in its Archive
 * @param identity drawn when it was begun: in another Archive, an id may mean another one
 * @param startPosition of what is kept of it
 */
record RemoteRecording(long id, long identity, long startPosition) {

    private static final Pattern ALIAS = Pattern.compile("alias=kaelix-v(\\d+)-(\\d+)-of-(\\d+)-([0-9a-f]{16})");
    private static final int MOST = 1_000;

    /**
     * The one that was begun last, of those that a receiver of this shard would take.
     *
     * @throws KaelixException if there is none, or it is of another version or another number of shards; it says so
     */
    static RemoteRecording newest(final AeronArchive archive, final BridgeConfig link, final int shard) {
        final RemoteRecording[] newest = new RemoteRecording[1];
        final String[] problem = new String[1];
        final long[] last = {-1};
        int found;
        do {
            found = archive.listRecordingsForUri(last[0] + 1, MOST, "alias=" + Recording.ALIAS, link.stream() + shard,
                    (session, correlation, id, began, stopped, start, stop, termId, segment, term, mtu, image, stream, stripped, channel,
                            source) -> {
                        last[0] = id;
                        final Matcher alias = ALIAS.matcher(channel);
                        if (alias.find()) {
                            problem[0] = problem(link, shard, alias);
                            newest[0] = new RemoteRecording(id, HexFormat.fromHexDigitsToLong(alias.group(4)), start);
                        }
                    });
        } while (found == MOST);
        if (newest[0] == null) {
            throw new KaelixException("the Archive on " + link.channel() + " has no recording of stream " + (link.stream() + shard)
                    + ": is the link of the sender in mode archive, with the same stream and shards?");
        }
        if (problem[0] != null) {
            throw new KaelixException(problem[0]);
        }
        return newest[0];
    }

    private static String problem(final BridgeConfig link, final int shard, final Matcher alias) {
        if (Integer.parseInt(alias.group(1)) != Recording.VERSION) {
            return "the sender's recording is of version " + alias.group(1) + " of the bridge's protocol, this end speaks "
                    + Recording.VERSION + ": bring both to the same release";
        }
        if (Integer.parseInt(alias.group(3)) != link.shards()) {
            return "the sender spreads its streams over " + alias.group(3) + " shards, and this link over " + link.shards()
                    + ": give both ends the same number of shards";
        }
        return Integer.parseInt(alias.group(2)) == shard ? null : "the sender's shard " + alias.group(2) + " comes on stream "
                + (link.stream() + shard) + ", where this link expects shard " + shard + ": give both ends the same stream";
    }
}
