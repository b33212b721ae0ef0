// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Which streams lanes of many have carried, from where on: a file for each of them, {@code uses-NUMBER}. How many uses are valid is in the
 * lane's entry.
 *
 * <p>Files that were used last stay open: where streams come by the thousand, each is a use, and to open the file for it would take longer
 * than all else. A lane's number is given once, so that a file which others have removed is never mistaken for another.
 *
 * <p><b>Threads</b>: any. Each file has one writer, under the directory's lock.
 */
final class StreamUses implements AutoCloseable {

    private static final String NAME = "uses-";
    private static final int BYTES = 24;
    private static final int POSITION = 8;
    private static final int FRAMES = 16;
    /** Each is a descriptor of this process. */
    private static final int MOST_OPEN = 16;

    private final Path folder;
    private final Map<Long, AppendedFile> open = new LinkedHashMap<>(MOST_OPEN, 0.75f, true) {

        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(final Map.Entry<Long, AppendedFile> eldest) {
            if (size() <= MOST_OPEN) {
                return false;
            }
            eldest.getValue().close();
            return true;
        }
    };

    StreamUses(final Path folder) {
        this.folder = folder;
    }

    /** Whether a file has such a name. */
    static boolean isName(final String name) {
        return name.startsWith(NAME);
    }

    private Path path(final long lane) {
        return folder.resolve(NAME + lane);
    }

    private AppendedFile file(final long lane) {
        return open.computeIfAbsent(lane, number -> new AppendedFile(path(number)));
    }

    /** Adds one behind the first so many. */
    synchronized void add(final long lane, final long uses, final StreamUse use) {
        final ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, use.stream()).putLong(POSITION, use.position()).putLong(FRAMES, use.frames());
        file(lane).write(uses * BYTES, bytes.array(), BYTES);
    }

    /** Those from one number to another. */
    synchronized List<StreamUse> read(final long lane, final long from, final long to) {
        final ByteBuffer bytes = ByteBuffer.wrap(file(lane).read(from * BYTES, Math.toIntExact((to - from) * BYTES)))
                .order(ByteOrder.LITTLE_ENDIAN);
        final List<StreamUse> found = new ArrayList<>();
        for (int at = 0; at < bytes.capacity(); at += BYTES) {
            found.add(new StreamUse(bytes.getInt(at), bytes.getLong(at + POSITION), bytes.getLong(at + FRAMES)));
        }
        return found;
    }

    /** Removes a lane's file, if there is one. */
    synchronized void remove(final long lane) throws IOException {
        final AppendedFile file = open.remove(lane);
        if (file != null) {
            file.close();
        }
        Files.deleteIfExists(path(lane));
    }

    /** Removes files that no lane leads to. */
    void removeStrays(final LongPredicate isLane) throws IOException {
        OwnFiles.remove(folder, name -> isName(name) && !isLane.test(LaneFolder.number(name, NAME)));
    }

    @Override
    public synchronized void close() {
        open.values().forEach(AppendedFile::close);
        open.clear();
    }
}
