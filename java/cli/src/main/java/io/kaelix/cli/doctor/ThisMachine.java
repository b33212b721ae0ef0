// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import io.kaelix.platform.topology.NumaTopology;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The machine that this process runs on. */
public final class ThisMachine {

    private ThisMachine() {
    }

    /**
     * Looks at it, which tries what the library can do there.
     *
     * @param memory bytes that a streamer may take
     */
    public static Host look(final long memory) {
        final NumaTopology topology = NumaTopology.ofThisMachine();
        return new Host(new MachineFiles(Path.of("/")), topology, PlatformFacts.ofThisProcess(topology), JvmFacts.ofThisProcess(),
                new Host.Surroundings(System::getProperty, System::getenv, ThisMachine::space, ThisMachine::pause, ThisMachine::run),
                memory);
    }

    private static Host.Space space(final Path folder) throws IOException {
        final FileStore store = Files.getFileStore(folder);
        return new Host.Space(store.getTotalSpace(), store.getUsableSpace());
    }

    private static void pause(final int millis) {
        try {
            Thread.sleep(millis);
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    static void run(final List<String> words) throws IOException {
        final Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            final int status = process.waitFor();
            if (status != 0) {
                throw new IOException(words.getFirst() + " ended with " + status + (said.isEmpty() ? ""
                        : ": " + said.replaceAll("\\s*\\R\\s*", " ")));
            }
        } catch (final InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(words.getFirst() + " was waited for no longer", stopped);
        }
    }
}
