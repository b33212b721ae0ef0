// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of huge pages, which are reserved for it, for tests that may mount one; others are skipped. Closing it puts all back. */
public final class HugeMount implements AutoCloseable {

    /** Bytes of a page. */
    public static final int PAGE = 2 << 20;

    private static final Path RESERVED = Path.of("/proc/sys/vm/nr_hugepages");

    private final Path folder;
    private final int before;

    private HugeMount(final Path folder, final int before) {
        this.folder = folder;
        this.before = before;
    }

    /** @param pages that are to be free */
    public static HugeMount of(final Path folder, final int pages) throws IOException {
        assumeTrue(Files.isWritable(RESERVED), "needs a right to reserve huge pages");
        Files.createDirectory(folder);
        final HugeMount mount = new HugeMount(folder, reserved());
        Files.writeString(RESERVED, Integer.toString(mount.before + pages));
        // Set aside for it, as others may be looking for huge pages at this moment.
        final long bytes = (long) pages * PAGE;
        final boolean made = reserved() == mount.before + pages
                && run("mount", "-t", "hugetlbfs", "-o", "pagesize=2M,mode=700,size=" + bytes + ",min_size=" + bytes, "none", folder.toString());
        if (!made) {
            mount.close();
        }
        assumeTrue(made, "huge pages cannot be had here");
        return mount;
    }

    public Path folder() {
        return folder;
    }

    private static int reserved() throws IOException {
        return Integer.parseInt(Files.readString(RESERVED).strip());
    }

    private static boolean run(final String... command) throws IOException {
        return new ProcessBuilder(command).redirectErrorStream(true).start().onExit().join().exitValue() == 0;
    }

    @Override
    public void close() throws IOException {
        run("umount", "-l", folder.toString());
        Files.writeString(RESERVED, Integer.toString(before));
    }
}
