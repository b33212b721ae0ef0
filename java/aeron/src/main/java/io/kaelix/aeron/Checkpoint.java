// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.kaelix.KaelixException;
import io.kaelix.Topic;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What a recording held up to a position, so that only what lies behind it has to be read at the next start. At the position a message with
 * HELLO and SYNC begins.
 *
 * <pre>
 *    0  int64  magic number, with the version      8  int64  flow: identity of the recording
 *   16  int64  position of the recording          24  int64  messages of the flow before it
 *   32  int64  messages lost to the flow          40  int32  streams       44  int32  0
 *   48  for each stream: int64 messages, int32 partition, int32 bytes of topic, topic
 *    …  int32  CRC32C of all before
 * </pre>
 *
 * <p>It is written beside, and takes the place of the one before: whoever dies meanwhile leaves the one or the other.
 *
 * @param flow identity of the recording
 * @param position in it
 * @param messages of the flow before that
 * @param lost messages of the flow so far
 * @param streams counts before that
 */
record Checkpoint(long flow, long position, long messages, long lost, List<Count> streams) {

    private static final long MAGIC = 0x0001_5450_4B43_584BL;
    private static final int HEADER_LENGTH = 48;
    private static final int ENTRY_LENGTH = 16;

    /** Messages of a stream. */
    record Count(Topic topic, int partition, long messages) {
    }

    /** Of counts as they are. */
    static Checkpoint of(final long flow, final long position, final long messages, final long lost,
            final Collection<StreamCounts.Stream> streams) {
        final List<Count> counts = new ArrayList<>(streams.size());
        streams.forEach(stream -> counts.add(new Count(stream.topic, stream.partition, stream.count())));
        return new Checkpoint(flow, position, messages, lost, counts);
    }

    /** Reads a file. @return null if there is none, or it is torn, or of another version */
    static Checkpoint read(final Path file) {
        final ByteBuffer from;
        try {
            from = ByteBuffer.wrap(Files.readAllBytes(file)).order(LITTLE_ENDIAN);
        } catch (final NoSuchFileException none) {
            return null;
        } catch (final IOException e) {
            throw new KaelixException("the file " + file + " cannot be read: " + e + "; give this process the right to", e);
        }
        final int end = from.capacity() - Integer.BYTES;
        if (end < HEADER_LENGTH || from.getLong(0) != MAGIC || sum(from, end) != from.getInt(end)) {
            return null;
        }
        final List<Count> counts = new ArrayList<>();
        from.position(HEADER_LENGTH);
        for (int i = from.getInt(40); i > 0; i--) {
            final long messages = from.getLong();
            final int partition = from.getInt();
            final byte[] topic = new byte[from.getInt()];
            from.get(topic);
            counts.add(new Count(Topic.of(new String(topic, StandardCharsets.US_ASCII)), partition, messages));
        }
        return new Checkpoint(from.getLong(8), from.getLong(16), from.getLong(24), from.getLong(32), counts);
    }

    private static int sum(final ByteBuffer bytes, final int end) {
        final CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, end);
        return (int) crc.getValue();
    }

    /** Takes the place of what the file held. */
    void write(final Path file) throws IOException {
        final int length = streams.stream().mapToInt(count -> ENTRY_LENGTH + count.topic().name().length()).sum() + HEADER_LENGTH
                + Integer.BYTES;
        final ByteBuffer to = ByteBuffer.allocate(length).order(LITTLE_ENDIAN);
        to.putLong(MAGIC).putLong(flow).putLong(position).putLong(messages).putLong(lost).putInt(streams.size()).putInt(0);
        for (final Count count : streams) {
            final byte[] topic = count.topic().name().getBytes(StandardCharsets.US_ASCII);
            to.putLong(count.messages()).putInt(count.partition()).putInt(topic.length).put(topic);
        }
        to.putInt(sum(to, to.position())).flip();
        final Path beside = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            while (to.hasRemaining()) {
                channel.write(to);
            }
        }
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
