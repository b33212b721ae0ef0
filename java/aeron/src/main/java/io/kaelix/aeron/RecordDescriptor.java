// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

/**
 * What travels between bridges, version 1. Each message of Aeron is a sequence of records, little endian, each a multiple of 8 bytes long;
 * a RUN is the last of its message.
 *
 * <pre>
 *  0  int32  length, with these eight bytes    4  uint8 type    5  three bytes, 0
 *
 *  HELLO    8  int32  magic number   12  uint16 oldest version   14  uint16 newest version
 *          16  int64  instance of the streamer                   24  int64  flow: the same through cuts
 *          32  uint16 shard   34  uint16 shards   36  uint8 mode   37  3 bytes, 0
 *          40  int32  longest frame                              44  uint16 bytes of name   46  uint16 0   48  name
 *  SYNC     8  int64  messages of the flow before this           16  int64  messages lost to the flow so far
 *  STREAM   8  int32  number   12  uint16 partition   14  uint16 partitions
 *          16  uint16 bytes of topic   18  topic
 *  LANE     8  int32  lane     12  int32  publisher   16  int64 epoch   24  int64 origin, 0 if it is the sender
 *          32  int64  position 40  int64  messages before it     48  uint8 hops   49  7 bytes, 0
 *  LANE_END 8  int32  lane     12  int32  0
 *  RUN      8  int32  lane     12  int32  messages that end in it
 *          16  int64  position in the lane of the first frame    24  int64  messages of the lane before it
 *          32  int64  messages of the flow before it             40  frames
 *  LOST     8  int64  messages lost to the flow so far
 *  BYE      nothing: the sender closes
 * </pre>
 *
 * <p>Frames are as they lie in lanes: docs/wire.md. A SYNC says that all streams and lanes are told of again behind it, each before the first
 * run that needs it: whoever begins to receive there needs nothing from before.
 */
final class RecordDescriptor {

    static final int MAGIC = 'K' | 'X' << 8 | 'B' << 16 | 'R' << 24;
    static final int VERSION = 1;

    static final byte HELLO = 1;
    static final byte SYNC = 2;
    static final byte STREAM = 3;
    static final byte LANE = 4;
    static final byte LANE_END = 5;
    static final byte RUN = 6;
    static final byte LOST = 7;
    static final byte BYE = 8;

    static final int HEADER_LENGTH = 8;
    static final int ALIGNMENT = 8;
    static final int TYPE_OFFSET = 4;

    static final int HELLO_MAGIC_OFFSET = 8;
    static final int HELLO_OLDEST_OFFSET = 12;
    static final int HELLO_NEWEST_OFFSET = 14;
    static final int HELLO_INSTANCE_OFFSET = 16;
    static final int HELLO_FLOW_OFFSET = 24;
    static final int HELLO_SHARD_OFFSET = 32;
    static final int HELLO_SHARDS_OFFSET = 34;
    static final int HELLO_MODE_OFFSET = 36;
    static final int HELLO_MAX_FRAME_OFFSET = 40;
    static final int HELLO_NAME_LENGTH_OFFSET = 44;
    static final int HELLO_NAME_OFFSET = 48;

    static final int SYNC_MESSAGES_OFFSET = 8;
    static final int SYNC_LOST_OFFSET = 16;
    static final int SYNC_LENGTH = 24;

    static final int STREAM_NUMBER_OFFSET = 8;
    static final int STREAM_PARTITION_OFFSET = 12;
    static final int STREAM_PARTITIONS_OFFSET = 14;
    static final int STREAM_TOPIC_LENGTH_OFFSET = 16;
    static final int STREAM_TOPIC_OFFSET = 18;

    static final int LANE_NUMBER_OFFSET = 8;
    static final int LANE_PUBLISHER_OFFSET = 12;
    static final int LANE_EPOCH_OFFSET = 16;
    static final int LANE_ORIGIN_OFFSET = 24;
    static final int LANE_POSITION_OFFSET = 32;
    static final int LANE_MESSAGES_OFFSET = 40;
    static final int LANE_HOPS_OFFSET = 48;
    static final int LANE_LENGTH = 56;

    static final int LANE_END_LENGTH = 16;

    static final int RUN_LANE_OFFSET = 8;
    static final int RUN_COUNT_OFFSET = 12;
    static final int RUN_POSITION_OFFSET = 16;
    static final int RUN_MESSAGES_OFFSET = 24;
    static final int RUN_FLOW_MESSAGES_OFFSET = 32;
    static final int RUN_LENGTH = 40;

    static final int LOST_TOTAL_OFFSET = 8;
    static final int LOST_LENGTH = 16;

    static final int MAX_NAME_LENGTH = 255;

    private RecordDescriptor() {
    }

    /** The length of a record with so many bytes, rounded up. */
    static int aligned(final int length) {
        return length + ALIGNMENT - 1 & -ALIGNMENT;
    }
}
