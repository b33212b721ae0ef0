// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import io.kaelix.KaelixException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders on a file system of huge pages. It holds memory that is mapped: nothing can be written there, nor be of another length. */
final class HugePages {

    private static final String TYPE = "hugetlbfs";

    private HugePages() {
    }

    /** Bytes of a page of a folder's file system, if that is one of huge pages; else 1. */
    static long bytes(final Path folder) throws IOException {
        final FileStore store = Files.getFileStore(folder);
        return store.type().equals(TYPE) ? store.getBlockSize() : 1;
    }

    /** @throws KaelixException if the folder lies in huge pages */
    static void refuse(final Path folder) throws IOException {
        if (bytes(folder) > 1) {
            throw new KaelixException(folder + " lies in huge pages (" + TYPE + "), which can hold lanes alone: name it with"
                    + " withLaneDirectory, and another one, such as in /dev/shm, with withDirectory");
        }
    }
}
