// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import io.kaelix.KaelixException;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/**
 * Where the files of a directory's lanes lie: in the directory itself, or in another folder, such as one of huge pages. There their names
 * begin with a hash of the directory's place, so that several directories may have their lanes in one folder.
 *
 * <p><b>Threads</b>: any; what removes files, under the directory's lock.
 */
final class LaneFolder {

    private static final String LANE = "lane-";
    private static final String NEW = "new-";

    private final Path folder;
    /** Before all names. */
    private final String prefix;
    /** Lengths of files are multiples of it. */
    private final long pageBytes;

    private LaneFolder(final Path folder, final String prefix, final long pageBytes) {
        this.folder = folder;
        this.prefix = prefix;
        this.pageBytes = pageBytes;
    }

    /** Of lanes in the directory itself. */
    static LaneFolder within(final Path directory) {
        return new LaneFolder(directory, "", 1);
    }

    /**
     * Of lanes elsewhere. Makes the folder if there is none.
     *
     * @throws KaelixException if it is not the user's alone
     */
    static LaneFolder apart(final Path lanes, final Path directory) throws IOException {
        OwnFiles.FOLDER.create(lanes);
        final Path folder = lanes.toRealPath();
        return folder.equals(directory) ? within(directory) : opened(folder, directory);
    }

    /** The same that is there, as it was written down. */
    static LaneFolder opened(final Path folder, final Path directory) throws IOException {
        OwnFiles.FOLDER.check(folder);
        return new LaneFolder(folder, String.format("%08x-", directory.toString().hashCode()), HugePages.bytes(folder));
    }

    /** As it is written down; empty for the directory itself. */
    String text() {
        return prefix.isEmpty() ? "" : folder.toString();
    }

    private Path file(final String name) {
        return folder.resolve(prefix + name);
    }

    /** A file that no entry leads to yet. */
    LaneFile create(final int participant, final int number, final long bytes) {
        final long whole = (bytes + pageBytes - 1) / pageBytes * pageBytes;
        return LaneFile.create(file(NEW + participant + "-" + number), whole, pageBytes > 1);
    }

    void name(final LaneFile made, final long number) {
        made.rename(file(LANE + number));
    }

    LaneFile open(final long number) {
        return LaneFile.open(file(LANE + number));
    }

    void remove(final long number) throws IOException {
        Files.deleteIfExists(file(LANE + number));
    }

    /** Removes what no entry leads to, and what a participant that has died had not made. @param dead -1 for nobody */
    void removeStrays(final int dead, final LongPredicate isLane) throws IOException {
        remove(name -> name.startsWith(NEW + dead + "-") || name.startsWith(LANE) && !isLane.test(number(name, LANE)));
    }

    /** Removes all files. */
    void removeFiles() throws IOException {
        remove(name -> name.startsWith(NEW) || name.startsWith(LANE));
    }

    /** Removes all; the folder too, if it is another one, and nothing else is in it. */
    void removeAll() throws IOException {
        removeFiles();
        if (!prefix.isEmpty()) {
            try {
                Files.deleteIfExists(folder);
            } catch (final DirectoryNotEmptyException e) {
                // Other directories have their lanes there, or somebody else his files.
                return;
            }
        }
    }

    /** Removes what was being made: nobody lives any more who made it. */
    void removeUnnamed() throws IOException {
        remove(name -> name.startsWith(NEW));
    }

    private void remove(final Predicate<String> names) throws IOException {
        OwnFiles.remove(folder, name -> name.startsWith(prefix) && names.test(name.substring(prefix.length())));
    }

    /** The number in a name; 0 if there is none. */
    static long number(final String name, final String prefix) {
        try {
            return Long.parseLong(name, prefix.length(), name.length(), 10);
        } catch (final NumberFormatException e) {
            return 0;
        }
    }
}
