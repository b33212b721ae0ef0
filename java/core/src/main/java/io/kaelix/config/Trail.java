// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The way from a path to the file behind it, as the kernel goes it: from folder to folder, through each symlink.
 *
 * <pre>
 *   /etc/kaelix/kaelix.toml ──► ..data/kaelix.toml ──► ..2026_11_26/kaelix.toml
 *        └ names kaelix.toml and ..data                      └ names kaelix.toml, the end
 * </pre>
 *
 * <p>What becomes of the file can be seen by the names on the way alone: each in the folder that it lies in. Of folders that are no
 * symlinks the names are not among them, but where the way ends for want of one.
 *
 * @param folders on the way, by what the file system knows each by: two paths of one folder are one
 * @param end where the file is, without a symlink on the way; null where the way leads nowhere: something on it is missing or no folder,
 *     or the symlinks go round in a circle
 * @param stamp of the file, null without one
 */
record Trail(Map<Object, Folder> folders, Path end, Stamp stamp) {

    /** As many as the kernel follows. */
    private static final int MAX_LINKS = 40;

    /**
     * A folder in which something on the way lies.
     *
     * @param path of it, without a symlink
     * @param names in it that are on the way
     */
    record Folder(Path path, Set<String> names) {
    }

    /**
     * What tells without reading it that a file is another, or was written.
     *
     * @param key device and number on it
     * @param size in bytes
     * @param written when last
     */
    record Stamp(Object key, long size, FileTime written) {
    }

    /** Goes the way now; blocks for a system call a name. */
    static Trail of(final Path file) {
        final Map<Object, Folder> folders = new HashMap<>();
        final Path absolute = file.toAbsolutePath();
        final Deque<Path> ahead = new ArrayDeque<>();
        absolute.forEach(ahead::add);
        Path folder = absolute.getRoot();
        int links = 0;
        while (!ahead.isEmpty()) {
            final Path name = ahead.remove();
            final Path next = folder.resolve(name);
            if (name.toString().equals("..")) {
                folder = folder.getParent() == null ? folder : folder.getParent();
                continue;
            }
            if (name.toString().equals(".")) {
                continue;
            }
            final BasicFileAttributes found = look(next);
            if (found == null || found.isSymbolicLink() || ahead.isEmpty()) {
                note(folders, folder, name.toString());
            }
            if (found == null) {
                return new Trail(folders, null, null);
            }
            if (!found.isSymbolicLink()) {
                folder = next;
                continue;
            }
            final Path target = target(next);
            if (target == null || ++links > MAX_LINKS) {
                return new Trail(folders, null, null);
            }
            putAhead(ahead, target);
            folder = target.isAbsolute() ? target.getRoot() : folder;
        }
        final BasicFileAttributes found = look(folder);
        return found == null ? new Trail(folders, null, null)
                : new Trail(folders, folder, new Stamp(found.fileKey(), found.size(), found.lastModifiedTime()));
    }

    private static void putAhead(final Deque<Path> ahead, final Path names) {
        for (int i = names.getNameCount() - 1; i >= 0; i--) {
            ahead.push(names.getName(i));
        }
    }

    private static void note(final Map<Object, Folder> folders, final Path folder, final String name) {
        final BasicFileAttributes found = look(folder);
        if (found != null && found.isDirectory()) {
            final Object key = found.fileKey() == null ? folder : found.fileKey();
            folders.computeIfAbsent(key, unknown -> new Folder(folder, new HashSet<>())).names().add(name);
        }
    }

    /** Null where there is nothing, or nothing that may be looked at. */
    private static BasicFileAttributes look(final Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (final IOException e) {
            return null;
        }
    }

    private static Path target(final Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (final IOException e) {
            return null;
        }
    }

    /** Whether both go the same way, whatever became of the file at its end. */
    boolean isWayOf(final Trail other) {
        return folders.equals(other.folders) && (end == null ? other.end == null : end.equals(other.end));
    }
}
