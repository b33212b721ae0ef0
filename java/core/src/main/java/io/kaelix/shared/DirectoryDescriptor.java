// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

/**
 * Layout of the control file, little endian. All numbers are offsets or counts, never addresses.
 *
 * <pre>
 *  header          0  int64  "KAELIXS" and the version of this layout, stored last
 *                  8  int32  participants, 12 int32 lanes, 16 int32 subscriptions: lengths of the tables
 *                 20  int32  layout of lanes: bytes before a ring
 *                128  int64  version: raised by each change
 *                256  int32  participant that is changing it plus 1, 0 if nobody is; 264 int64 its process
 *                384  int64  bytes of names that are published, 392 int32 names
 *                400  int64  last number of a lane, 408 of a subscription, 416 of an interest
 *                424  int32  entries of lanes that were ever used, 428 of subscriptions
 *                432  int64  number of the directory, never 0
 *                512  int64  lanes of dead processes that were ended, 520 slots of theirs that were freed, 528 lanes that were resumed
 *                536  int64  ends of lanes that were ever noted: the last is at this less 1, modulo the length of their table
 *               1024  int32  bytes of the path of the folder of lanes, 0 for this one; 1028 that path
 *  participants 4096, each 64 bytes
 *                  0  int32  1 if it is one            8  int64  its process
 *  lanes           each 128 bytes
 *                  0  int32  0 free, 1 open, 2 closed, 3 resumed: ended, and kept for who wants the oldest
 *                  4  int32  participant that writes it, or keeps it since it was resumed; -1 if none does
 *                  8  int64  number                   16  int32  capacity     20  int32  stream, -1 for many
 *                 24  int64  bit set of participants  32  int64  version with which it changed last
 *                 40  int64  streams that it has used, for many
 *                 48  int64  number of where its messages were published, 0 for this directory
 *                 56  int32  hosts that have passed them on until they came here
 *  subscriptions   each 1024 bytes: one pattern of one subscriber
 *                  0  int32  1 if it is one            4  int32  participant
 *                  8  int64  number of the subscriber 16  int64  number of this entry
 *                 24  int32  1 if it gates             28 int32  bytes of the pattern
 *                 32  int64  most lag                 40  int64  most nanoseconds that it may hold a publisher up
 *                 48  int32  partitions, -1 for all   52 int32  lanes with so many hosts between or more are none of it
 *                 56  int16  shard of all streams     58 int16  of so many shards
 *                 64 pattern, 512 partitions, 16 bits each
 *  ends            each 16 bytes: of lanes whose messages came by other hosts and to which nothing comes any more
 *                  0  int64  number of the lane, 0 for none, stored last
 *                  8  int64  position behind its last frame
 * </pre>
 */
public final class DirectoryDescriptor {

    /** Streamers that may be in a directory at a time. */
    public static final int PARTICIPANTS = Long.SIZE;
    /** Lanes that may be in it, those that were closed and are being read included. */
    public static final int LANES = 4096;
    /** Patterns that may be subscribed to, in all. */
    public static final int SUBSCRIPTIONS = 1024;
    /** Lanes of other hosts whose ends are remembered: the last ones. */
    public static final int ENDS = 256;
    /** In place of a stream where a lane carries many, and of a participant where a lane has no writer. */
    public static final int NONE = -1;

    /** "KAELIXS" and the version of this layout. */
    static final long MAGIC = 0x4B41454C49585304L;

    static final int MAGIC_OFFSET = 0;
    static final int PARTICIPANT_COUNT_OFFSET = 8;
    static final int LANE_COUNT_OFFSET = 12;
    static final int SUBSCRIPTION_COUNT_OFFSET = 16;
    static final int LANE_LAYOUT_OFFSET = 20;
    static final int VERSION_OFFSET = 128;
    static final int CHANGING_OFFSET = 256;
    static final int CHANGING_PROCESS_OFFSET = 264;
    static final int NAME_BYTES_OFFSET = 384;
    static final int NAMES_OFFSET = 392;
    static final int LAST_LANE_OFFSET = 400;
    static final int LAST_SUBSCRIPTION_OFFSET = 408;
    static final int LAST_INTEREST_OFFSET = 416;
    static final int LANE_LIMIT_OFFSET = 424;
    static final int SUBSCRIPTION_LIMIT_OFFSET = 428;

    static final int INSTANCE_OFFSET = 432;

    static final int ENDED_LANES_OFFSET = 512;
    static final int FREED_SLOTS_OFFSET = 520;
    static final int RESUMED_LANES_OFFSET = 528;
    static final int NOTED_ENDS_OFFSET = 536;
    static final int LANE_FOLDER_LENGTH_OFFSET = 1024;
    static final int LANE_FOLDER_OFFSET = 1028;

    static final int PARTICIPANTS_OFFSET = 4096;
    /** Bytes of the path of another folder for lanes. */
    static final int MAX_LANE_FOLDER = PARTICIPANTS_OFFSET - LANE_FOLDER_OFFSET;
    static final int PARTICIPANT_LENGTH = 64;
    static final int STATE_OFFSET = 0;
    static final int PROCESS_OFFSET = 8;

    static final int LANES_OFFSET = PARTICIPANTS_OFFSET + PARTICIPANTS * PARTICIPANT_LENGTH;
    static final int LANE_LENGTH = 128;
    static final int LANE_WRITER_OFFSET = 4;
    static final int LANE_NUMBER_OFFSET = 8;
    static final int LANE_CAPACITY_OFFSET = 16;
    static final int LANE_STREAM_OFFSET = 20;
    static final int LANE_PARTICIPANTS_OFFSET = 24;
    static final int LANE_CHANGED_OFFSET = 32;
    static final int LANE_USES_OFFSET = 40;
    static final int LANE_ORIGIN_OFFSET = 48;
    static final int LANE_HOPS_OFFSET = 56;

    static final int SUBSCRIPTIONS_OFFSET = LANES_OFFSET + LANES * LANE_LENGTH;
    static final int SUBSCRIPTION_LENGTH = 1024;
    static final int SUBSCRIPTION_PARTICIPANT_OFFSET = 4;
    static final int SUBSCRIPTION_NUMBER_OFFSET = 8;
    static final int SUBSCRIPTION_INTEREST_OFFSET = 16;
    static final int SUBSCRIPTION_GATES_OFFSET = 24;
    static final int SUBSCRIPTION_PATTERN_LENGTH_OFFSET = 28;
    static final int SUBSCRIPTION_MAX_LAG_OFFSET = 32;
    static final int SUBSCRIPTION_MAX_STALL_OFFSET = 40;
    static final int SUBSCRIPTION_PARTITION_COUNT_OFFSET = 48;
    static final int SUBSCRIPTION_MAX_HOPS_OFFSET = 52;
    static final int SUBSCRIPTION_SHARD_OFFSET = 56;
    static final int SUBSCRIPTION_SHARDS_OFFSET = 58;
    static final int SUBSCRIPTION_PATTERN_OFFSET = 64;
    /** Bytes of a pattern that fit. */
    static final int MAX_PATTERN = 448;
    static final int SUBSCRIPTION_PARTITIONS_OFFSET = 512;
    /** Who wants more of them is taken to want all: it holds up more lanes than it must, and is handed what it asked for. */
    static final int MAX_PARTITIONS = (SUBSCRIPTION_LENGTH - SUBSCRIPTION_PARTITIONS_OFFSET) / Short.BYTES;

    static final int ENDS_OFFSET = SUBSCRIPTIONS_OFFSET + SUBSCRIPTIONS * SUBSCRIPTION_LENGTH;
    static final int END_LENGTH = 16;
    static final int END_LANE_OFFSET = 0;
    static final int END_POSITION_OFFSET = 8;

    static final int CONTROL_BYTES = ENDS_OFFSET + ENDS * END_LENGTH;

    /** States of an entry. */
    static final int FREE = 0;
    static final int USED = 1;
    static final int CLOSED = 2;
    static final int RESUMED = 3;

    private DirectoryDescriptor() {
    }
}
