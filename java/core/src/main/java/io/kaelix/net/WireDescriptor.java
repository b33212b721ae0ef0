// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.message.FrameDescriptor;

/**
 * Layouts of the messages between hosts, little-endian; {@code docs/wire.md} says what they mean. Every one begins so:
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  0|          length of the whole message, a multiple of 8         |
 *   +---------------+---------------+-------------------------------+
 *  4|     type      |     flags     |             flow              |
 *   +---------------+---------------+-------------------------------+
 * </pre>
 *
 * <p>Then follows what is fixed for the type, then, in the order of their lengths, what varies, then zero bytes to a multiple of 8. What
 * is marked {@code 0} is reserved: sent as zero, and refused if it is not. Numbers have a sign unless {@code u} says otherwise; times of
 * day are milliseconds since 1970, UTC.
 *
 * <pre>
 * HELLO      8 i32 magic            12 u16 oldest version  14 u16 newest version
 *           16 i64 instance of the client, random          24 i64 session to resume, or 0
 *           32 i32 longest frame    36 i32 longest run     40 i32 heartbeat, ms   44 i32 dead after so long a silence, ms
 *           48 u16 bytes of token   50 u16 bytes of name   52 u16 flows resumed   54 u16 0
 *           56 per flow resumed: u16 flow, u16 0, i32 0, i64 bytes of frames received
 *              token; name
 *
 * WELCOME    8 i32 magic            12 u16 version         14 u16 bytes of identity
 *           16 i64 instance of the server, random          24 i64 session
 *           32 i32 longest frame    36 i32 longest run     40 i32 heartbeat, ms   44 i32 dead after so long a silence, ms
 *           48 i64 bytes of frames received of flow 0      56 i32 a session is kept for so long, ms
 *           60 u16 most subscriptions                      62 u16 0
 *           64 identity                                    flags: RESUMED
 *
 * ERROR      8 u16 code             10 u16 bytes of text   12 i32 subject: a stream, or -1
 *           16 text
 *
 * BYE, HEARTBEAT, UNSUBSCRIBE: nothing more
 *
 * SUBSCRIBE  8 u8 policy             9 u8 start            10 u16 bytes of pattern
 *           12 u16 partitions       14 u16 points          16 i64 most lag, bytes, or 0 for the server's
 *           24 i64 longest stall, ns, or -1 for the server's
 *           32 i64 time to start at, or 0
 *           40 per point: i32 publisher, i32 0, i64 epoch, i64 position, i64 messages before
 *              per partition wanted: u16; pattern
 *
 * SUBSCRIBED 8 u8 policy             9 u8 0, u16 0, i32 0  16 i64 most lag, bytes
 *
 * STREAM     8 i32 stream           12 u16 partition       14 u16 partitions
 *           16 u16 bytes of topic   18 u16 0               20 i32 0
 *           24 topic
 *
 * LANE       8 i32 lane             12 i32 publisher       16 i64 epoch           24 i64 origin
 *           32 i64 position         40 i64 messages before
 *
 * LANE_END   8 i32 lane             12 i32 0
 *
 * RUN        8 i32 lane             12 u8 hops, u8 0, u16 0
 *           16 i64 epoch            24 i64 position        32 i64 messages before 40 i64 origin
 *           48 frames
 *
 * CREDIT     8 i64 bytes of frames that may be sent        16 i64 bytes of frames that need not be kept any longer
 *
 * LOST       8 i64 messages lost in this flow
 *
 * DECLARE    8 u16 partitions, or 0 to ask                 10 u16 bytes of topic   12 i32 0
 *           16 topic
 * </pre>
 *
 * <p>Frames are those of {@link FrameDescriptor}, each rounded up to a multiple of 8, none of them padding.
 */
final class WireDescriptor {

    /** The first four bytes of the first message's body: {@code KAEL}. */
    static final int MAGIC = 'K' | 'A' << 8 | 'E' << 16 | 'L' << 24;

    /** The version that this is. */
    static final int VERSION = 1;

    /** Everything begins at multiples of this. */
    static final int ALIGNMENT = 8;

    /** Bytes that every message has. */
    static final int HEADER_LENGTH = 8;

    /** Most bytes of a message other than a run. */
    static final int MAX_CONTROL_LENGTH = 64 * 1024;

    /** Most bytes of frames in a run, whatever a peer says that it takes. */
    static final int MAX_RUN_LENGTH = 1 << 30;

    /** Fewest bytes of frames in a run. */
    static final int SHORTEST_FRAME = FrameDescriptor.HEADER_LENGTH;

    /** Most hosts that passed a message on. */
    static final int MAX_HOPS = 0xFF;

    /** The longest frame that a peer takes may not be shorter. */
    static final int MIN_FRAME_LIMIT = FlowRequest.MIN_FRAME_LENGTH;

    /** The greatest number of a flow. */
    static final int MAX_FLOW = 0xFFFF;

    /** Most flows that a HELLO resumes. */
    static final int MAX_RESUMED = 2048;

    /** Most points that a SUBSCRIBE begins at. */
    static final int MAX_POINTS = 1024;

    /** Most partitions that a SUBSCRIBE names. */
    static final int MAX_PARTITIONS_NAMED = 4096;

    /** Most bytes of a token. */
    static final int MAX_TOKEN_LENGTH = 4096;

    /** Most bytes of the name of a client, or of an identity. */
    static final int MAX_NAME_LENGTH = 255;

    /** Most bytes of a pattern. */
    static final int MAX_PATTERN_LENGTH = 255;

    /** Most bytes of an error's text. */
    static final int MAX_TEXT_LENGTH = 1024;

    /** Longest time in milliseconds that a handshake may name: a day. */
    static final int MAX_MILLIS = 86_400_000;

    /** In a WELCOME: the session goes on. */
    static final int FLAG_RESUMED = 0x01;

    static final int LENGTH_OFFSET = 0;
    static final int TYPE_OFFSET = 4;
    static final int FLAGS_OFFSET = 5;
    static final int FLOW_OFFSET = 6;
    static final int BODY_OFFSET = HEADER_LENGTH;

    static final int MAGIC_OFFSET = 8;
    static final int INSTANCE_OFFSET = 16;
    static final int SESSION_OFFSET = 24;
    static final int FRAME_LIMIT_OFFSET = 32;
    static final int RUN_LIMIT_OFFSET = 36;
    static final int HEARTBEAT_OFFSET = 40;
    static final int SILENCE_OFFSET = 44;

    static final int HELLO_OLDEST_OFFSET = 12;
    static final int HELLO_NEWEST_OFFSET = 14;
    static final int HELLO_TOKEN_LENGTH_OFFSET = 48;
    static final int HELLO_NAME_LENGTH_OFFSET = 50;
    static final int HELLO_RESUMED_OFFSET = 52;
    static final int HELLO_RESERVED_OFFSET = 54;
    static final int HELLO_LENGTH = 56;

    static final int RESUMED_FLOW_OFFSET = 0;
    static final int RESUMED_RESERVED_OFFSET = 2;
    static final int RESUMED_RECEIVED_OFFSET = 8;
    static final int RESUMED_LENGTH = 16;

    static final int WELCOME_VERSION_OFFSET = 12;
    static final int WELCOME_IDENTITY_LENGTH_OFFSET = 14;
    static final int WELCOME_RECEIVED_OFFSET = 48;
    static final int WELCOME_KEPT_OFFSET = 56;
    static final int WELCOME_SUBSCRIPTIONS_OFFSET = 60;
    static final int WELCOME_RESERVED_OFFSET = 62;
    static final int WELCOME_LENGTH = 64;

    static final int ERROR_CODE_OFFSET = 8;
    static final int ERROR_TEXT_LENGTH_OFFSET = 10;
    static final int ERROR_SUBJECT_OFFSET = 12;
    static final int ERROR_LENGTH = 16;

    static final int SUBSCRIBE_POLICY_OFFSET = 8;
    static final int SUBSCRIBE_START_OFFSET = 9;
    static final int SUBSCRIBE_PATTERN_LENGTH_OFFSET = 10;
    static final int SUBSCRIBE_PARTITIONS_OFFSET = 12;
    static final int SUBSCRIBE_POINTS_OFFSET = 14;
    static final int SUBSCRIBE_LAG_OFFSET = 16;
    static final int SUBSCRIBE_STALL_OFFSET = 24;
    static final int SUBSCRIBE_TIME_OFFSET = 32;
    static final int SUBSCRIBE_LENGTH = 40;

    static final int POINT_PUBLISHER_OFFSET = 0;
    static final int POINT_RESERVED_OFFSET = 4;
    static final int POINT_EPOCH_OFFSET = 8;
    static final int POINT_POSITION_OFFSET = 16;
    static final int POINT_MESSAGES_OFFSET = 24;
    static final int POINT_LENGTH = 32;

    static final int SUBSCRIBED_POLICY_OFFSET = 8;
    static final int SUBSCRIBED_RESERVED_OFFSET = 9;
    static final int SUBSCRIBED_LAG_OFFSET = 16;
    static final int SUBSCRIBED_LENGTH = 24;

    static final int STREAM_OFFSET = 8;
    static final int STREAM_PARTITION_OFFSET = 12;
    static final int STREAM_PARTITIONS_OFFSET = 14;
    static final int STREAM_TOPIC_LENGTH_OFFSET = 16;
    static final int STREAM_RESERVED_OFFSET = 18;
    static final int STREAM_LENGTH = 24;

    static final int LANE_OFFSET = 8;
    static final int LANE_PUBLISHER_OFFSET = 12;
    static final int LANE_EPOCH_OFFSET = 16;
    static final int LANE_ORIGIN_OFFSET = 24;
    static final int LANE_POSITION_OFFSET = 32;
    static final int LANE_MESSAGES_OFFSET = 40;
    static final int LANE_LENGTH = 48;

    static final int LANE_END_RESERVED_OFFSET = 12;
    static final int LANE_END_LENGTH = 16;

    static final int RUN_LANE_OFFSET = 8;
    static final int RUN_HOPS_OFFSET = 12;
    static final int RUN_RESERVED_OFFSET = 13;
    static final int RUN_EPOCH_OFFSET = 16;
    static final int RUN_POSITION_OFFSET = 24;
    static final int RUN_MESSAGES_OFFSET = 32;
    static final int RUN_ORIGIN_OFFSET = 40;

    /** Bytes of a run in front of its frames. */
    static final int RUN_LENGTH = 48;

    static final int CREDIT_LIMIT_OFFSET = 8;
    static final int CREDIT_ACKNOWLEDGED_OFFSET = 16;
    static final int CREDIT_LENGTH = 24;

    static final int LOST_OFFSET = 8;
    static final int LOST_LENGTH = 16;

    static final int DECLARE_PARTITIONS_OFFSET = 8;
    static final int DECLARE_TOPIC_LENGTH_OFFSET = 10;
    static final int DECLARE_RESERVED_OFFSET = 12;
    static final int DECLARE_LENGTH = 16;

    private WireDescriptor() {
    }

    /** The next multiple of {@link #ALIGNMENT}. */
    static int align(final int length) {
        return (length + (ALIGNMENT - 1)) & -ALIGNMENT;
    }

    /** The eight bytes that a message begins with. */
    static long header(final WireType type, final int flags, final int flow, final int length) {
        return Integer.toUnsignedLong(length) | (long) type.code() << 32 | (long) flags << 40 | (long) flow << 48;
    }
}
