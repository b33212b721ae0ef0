// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.StreamerConfig;
import io.kaelix.cli.console.CommandException;

/** What to say of a line that fits into no message. */
public enum LineTooLong {

    /** The limit is a lane's, which may be larger. */
    IN_LANE {
        @Override
        String remedy(final long atLeast) {
            final long lane = Long.highestOneBit((atLeast + ROOM_FOR_HEADER) * MESSAGES_PER_LANE - 1) << 1;
            return "the limit with this lane is %d; " + (lane <= StreamerConfig.MAX_LANE_CAPACITY
                    ? "use --lane " + (lane >> 20 > 0 ? (lane >> 20) + "m" : (lane >> 10) + "k")
                    : "no lane takes it, split the line");
        }
    },

    /** The limit is that of any message. */
    IN_MESSAGE {
        @Override
        String remedy(final long atLeast) {
            return "a message has at most %d; split the line";
        }
    };

    /** The longest message takes no more than a quarter of a lane, with what goes before it. */
    private static final int MESSAGES_PER_LANE = 4;
    private static final int ROOM_FOR_HEADER = 64;

    /** The limit, and what to do about it. */
    abstract String remedy(long atLeast);

    CommandException exactly(final long line, final long length, final int limit) {
        return exception(line, Long.toString(length), length, limit);
    }

    CommandException beyond(final long line, final long length, final int limit) {
        return exception(line, "more than " + length, length, limit);
    }

    private CommandException exception(final long line, final String length, final long atLeast, final int limit) {
        return CommandException.failed("line " + line + " is too long: it has " + length + " bytes, " + remedy(atLeast).formatted(limit));
    }
}
