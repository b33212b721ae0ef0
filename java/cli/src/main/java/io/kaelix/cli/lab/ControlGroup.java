// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A cgroup (version 2) with one limit, which this process is in until it is closed. Needs root, and the controller enabled at the root. */
final class ControlGroup implements AutoCloseable {

    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final String MEMBERS = "cgroup.procs";

    private final Path folder;
    private final String limit;

    private ControlGroup(final Path folder, final String limit) {
        this.folder = folder;
        this.limit = limit;
    }

    /** Makes it, and enters it. */
    static ControlGroup withLimit(final String file, final long bytes) throws IOException {
        final ControlGroup group = new ControlGroup(Files.createDirectory(ROOT.resolve("kaelix-lab")), file);
        try {
            Files.writeString(group.folder.resolve(file), Long.toString(bytes));
            enter(group.folder);
            return group;
        } catch (final IOException failure) {
            group.close();
            throw failure;
        }
    }

    private static void enter(final Path group) throws IOException {
        Files.writeString(group.resolve(MEMBERS), Long.toString(ProcessHandle.current().pid()));
    }

    /** The file with its limit. */
    String limit() {
        return limit;
    }

    /** Leaves it, and removes it. */
    @Override
    public void close() throws IOException {
        enter(ROOT);
        Files.delete(folder);
    }
}
