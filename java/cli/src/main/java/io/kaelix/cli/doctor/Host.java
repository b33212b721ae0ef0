// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import io.kaelix.platform.topology.NumaTopology;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;

/**
 * What is examined: a machine, and this process on it.
 *
 * @param files below the root of the machine
 * @param topology read from the same root
 * @param platform what the library is on it
 * @param jvm what the JVM is on it
 * @param around of the process
 * @param memory bytes that a streamer may take
 */
public record Host(MachineFiles files, NumaTopology topology, PlatformFacts platform, JvmFacts jvm, Surroundings around, long memory) {

    private static final String STATUS = "/proc/self/status";
    private static final Set<String> ELEVATORS = Set.of("sudo", "doas");
    private static final List<String> SUDO = List.of("/usr/bin/sudo", "/usr/local/bin/sudo", "/bin/sudo");
    private static final int FAMILY_TREE = 8;

    /**
     * The process around the checks.
     *
     * @param property reads a system property, null if it is not set
     * @param variable reads an environment variable, null if it is not set
     * @param space of the file system that a folder is on
     * @param pause for so many milliseconds
     * @param run a program
     */
    public record Surroundings(UnaryOperator<String> property, UnaryOperator<String> variable, SpaceOf space, IntConsumer pause,
            Runner run) {
    }

    /**
     * Of a file system.
     *
     * @param total bytes
     * @param free bytes that the process may take
     */
    public record Space(long total, long free) {
    }

    /** Asks how large a file system is. */
    public interface SpaceOf {

        /** Of the one that the folder is on. */
        Space of(Path folder) throws IOException;
    }

    /** Runs programs. */
    public interface Runner {

        /**
         * Waits for its end.
         *
         * @throws IOException if it cannot be started or fails, with what it said, in one line
         */
        void run(List<String> words) throws IOException;
    }

    /** Whether the process acts as root. */
    public boolean isRoot() {
        // Real, effective, saved and file system user.
        final String[] users = files.value(STATUS, "Uid:").split("\\s+");
        return users.length > 1 && users[1].equals("0");
    }

    /** Whether there is a sudo that a shell finds. */
    boolean hasSudo() {
        return SUDO.stream().anyMatch(files::exists);
    }

    /** Whether the process has a capability, by its number in {@code capabilities(7)}. */
    boolean isCapable(final int capability) {
        try {
            return (Long.parseUnsignedLong(files.value(STATUS, "CapEff:"), 16) >>> capability & 1) != 0;
        } catch (final NumberFormatException untold) {
            return false;
        }
    }

    /** The process whose children Kaelix will be: who started this one, behind sudo; 0 if that cannot be told. */
    long shell() {
        long process = MachineFiles.parse(files.value(STATUS, "PPid:")).orElse(0);
        for (int i = 0; i < FAMILY_TREE && ELEVATORS.contains(files.read("/proc/" + process + "/comm").text()); i++) {
            process = MachineFiles.parse(files.value("/proc/" + process + "/status", "PPid:")).orElse(0);
        }
        return process;
    }

    /** A finding about one file: unknown if it cannot be read, else what the text makes of it. */
    Finding on(final String file, final String wanted, final Function<String, Finding> of) {
        final MachineFiles.Reading read = files.read(file);
        return read.known() ? of.apply(read.text()) : Finding.unknown(read.failure(), wanted);
    }

    /** The same about a file that holds a number. */
    Finding onNumber(final String file, final String wanted, final Function<Long, Finding> of) {
        return on(file, wanted, text -> MachineFiles.parse(text).isPresent() ? of.apply(Long.parseLong(text))
                : Finding.unknown(file + " holds no number but '" + text + "'", wanted));
    }
}
