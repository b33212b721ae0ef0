// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.kaelix.message.FrameDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the files of a recording hold, read without Aeron: the first eight bytes of each message, as a number, by topic. For tests; messages are
 * as long as a frame or less.
 */
final class RecordedFiles {

    private static final int HEADER_LENGTH = 32;
    private static final int FLAGS_OFFSET = 5;
    private static final int TYPE_OFFSET = 6;
    private static final int BEGIN = 0x80;
    private static final int END = 0x40;
    private static final int DATA = 1;

    final Map<String, List<Long>> numbers = new HashMap<>();
    final List<Long> flows = new ArrayList<>();
    final List<Long> flowMessages = new ArrayList<>();
    /** Whether each SYNC stood behind a HELLO, and the two were first in their message of Aeron. */
    boolean syncsBeginMessages = true;
    int syncs;
    private final Map<Integer, String> names = new HashMap<>();
    private final ByteArrayOutputStream assembled = new ByteArrayOutputStream();

    /** All recordings in a folder, in the order of their numbers. */
    static RecordedFiles read(final Path folder) throws IOException {
        final RecordedFiles recorded = new RecordedFiles();
        final List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.toString().endsWith(".rec")).sorted(Comparator.comparingLong(RecordedFiles::position)).toList();
        }
        for (final Path file : files) {
            recorded.segment(ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN));
        }
        return recorded;
    }

    static long position(final Path segment) {
        final String name = segment.getFileName().toString();
        return Long.parseLong(name.substring(name.indexOf('-') + 1, name.length() - ".rec".length()));
    }

    private void segment(final ByteBuffer bytes) {
        for (int at = 0; at + HEADER_LENGTH <= bytes.limit(); ) {
            final int length = bytes.getInt(at);
            if (length <= 0) {
                return;
            }
            if (bytes.getShort(at + TYPE_OFFSET) == DATA) {
                final int flags = bytes.get(at + FLAGS_OFFSET);
                if ((flags & BEGIN) != 0) {
                    assembled.reset();
                }
                assembled.write(bytes.array(), at + HEADER_LENGTH, length - HEADER_LENGTH);
                if ((flags & END) != 0) {
                    message(ByteBuffer.wrap(assembled.toByteArray()).order(ByteOrder.LITTLE_ENDIAN));
                    assembled.reset();
                }
            }
            at += length + HEADER_LENGTH - 1 & -HEADER_LENGTH;
        }
    }

    private void message(final ByteBuffer bytes) {
        int at = 0;
        for (int which = 0; at < bytes.limit(); which++) {
            final int length = bytes.getInt(at);
            switch (bytes.get(at + RecordDescriptor.TYPE_OFFSET)) {
                case RecordDescriptor.HELLO -> flows.add(bytes.getLong(at + RecordDescriptor.HELLO_FLOW_OFFSET));
                case RecordDescriptor.SYNC -> {
                    syncs++;
                    syncsBeginMessages &= which == 1 && bytes.get(RecordDescriptor.TYPE_OFFSET) == RecordDescriptor.HELLO;
                    names.clear();
                }
                case RecordDescriptor.STREAM -> names.put(bytes.getInt(at + RecordDescriptor.STREAM_NUMBER_OFFSET),
                        new String(bytes.array(), at + RecordDescriptor.STREAM_TOPIC_OFFSET,
                                bytes.getShort(at + RecordDescriptor.STREAM_TOPIC_LENGTH_OFFSET), StandardCharsets.US_ASCII));
                case RecordDescriptor.RUN -> {
                    flowMessages.add(bytes.getLong(at + RecordDescriptor.RUN_FLOW_MESSAGES_OFFSET));
                    run(bytes, at + RecordDescriptor.RUN_LENGTH, at + length);
                    flowMessages.add(flowMessages.getLast() + bytes.getInt(at + RecordDescriptor.RUN_COUNT_OFFSET));
                }
                default -> {
                    // Nothing that these tests look at.
                }
            }
            at += length;
        }
    }

    private void run(final ByteBuffer bytes, final int from, final int to) {
        for (int at = from; at < to; ) {
            final int length = bytes.getInt(at);
            if (length > 0) {
                final int flags = bytes.getInt(at + FrameDescriptor.FLAGS_OFFSET);
                final String name = names.getOrDefault(bytes.getInt(at + FrameDescriptor.STREAM_ID_OFFSET), "not named");
                numbers.computeIfAbsent(name, topic -> new ArrayList<>()).add(bytes.order(ByteOrder.BIG_ENDIAN)
                        .getLong(at + FrameDescriptor.payloadOffset(flags)));
                bytes.order(ByteOrder.LITTLE_ENDIAN);
            }
            at += length > 0 ? FrameDescriptor.step(length) : -length;
        }
    }
}
