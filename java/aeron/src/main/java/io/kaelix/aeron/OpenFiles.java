// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Files that this process has locked. A lock of POSIX is dropped when the process closes any channel of its file: so nobody may open one to
 * find out that it is locked (fcntl(2)).
 *
 * <p>Any thread.
 */
final class OpenFiles {

    private static final Set<Path> OPEN = new HashSet<>();

    private OpenFiles() {
    }

    /** @return false if this process has it */
    static synchronized boolean add(final Path file) {
        return OPEN.add(file.toAbsolutePath().normalize());
    }

    static synchronized void remove(final Path file) {
        OPEN.remove(file.toAbsolutePath().normalize());
    }
}
