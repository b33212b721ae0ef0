// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import io.kaelix.KaelixException;
import io.kaelix.cli.console.CommandException;
import io.kaelix.shared.DirectoryFigures;
import io.kaelix.shared.DirectoryView;
import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.CounterReader;
import io.kaelix.telemetry.Readings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Processes whose counters can be read, and which of them is meant. */
public final class Watched {

    private static final String DIGITS = "[0-9]{1,18}";

    private Watched() {
    }

    /** A process that runs, and where its counters are. */
    public record Running(Path file, long pid, String name, Instant started) {

        String described() {
            return pid + " (" + Line.clean(name) + ")";
        }
    }

    /** Where processes of this user write their counters, unless they are told another folder; or a directory that processes share. */
    public static Path folder(final Path asked) {
        return asked == null ? CounterFile.defaultDirectory() : asked;
    }

    /** Those that run, in the order of their files' names; without what cannot be read, being of another version or on its way out. */
    public static List<Running> running(final Path folder) {
        final List<Running> found = new ArrayList<>();
        for (final Path file : DirectoryView.isDirectory(folder) ? DirectoryView.counterFiles(folder) : CounterReader.list(folder)) {
            try (CounterReader reader = CounterReader.open(file)) {
                final Readings readings = reader.snapshot();
                if (readings.alive()) {
                    found.add(new Running(file, readings.pid(), readings.name(), readings.started()));
                }
            } catch (final KaelixException unreadable) {
                continue;
            }
        }
        return found;
    }

    /**
     * Whom the command line means.
     *
     * @param target a process id, a file, or null for the only one that runs
     * @throws CommandException if there is none, or more than one
     */
    public static Path file(final String target, final Path folder) {
        final List<Running> found = candidates(target, folder);
        if (found.size() > 1) {
            throw CommandException.failed("there are several: " + found.stream().map(Running::described).collect(Collectors.joining(", "))
                    + "; give the number of one of them, or its file in " + folder);
        }
        return found.getFirst().file();
    }

    /** What is in a directory that nobody tells of. */
    private static String described(final Path folder) {
        final DirectoryFigures figures = DirectoryView.open(folder).figures();
        return "the directory has the processes " + figures.processes() + ", " + figures.lanes() + " lanes and " + figures.streams()
                + " streams";
    }

    /**
     * All that the command line may mean: one at least.
     *
     * @throws CommandException if there is none
     */
    static List<Running> candidates(final String target, final Path folder) {
        if (target != null && !target.matches(DIGITS)) {
            return List.of(new Running(Path.of(target), 0, target, Instant.EPOCH));
        }
        final List<Running> running = running(folder);
        final List<Running> meant = target == null ? running
                : running.stream().filter(one -> one.pid() == Long.parseLong(target)).toList();
        if (meant.isEmpty()) {
            throw CommandException.failed((target == null ? "no process writes counters in " : "no process " + target
                    + " writes counters in ") + folder + (target != null && !running.isEmpty() ? "; there is "
                    + running.stream().map(Running::described).collect(Collectors.joining(", ")) : DirectoryView.isDirectory(folder)
                    ? ": those of 'kaelix serve' and of programs with a configuration or Telemetry do; " + described(folder)
                    : "; start one, or name its folder by --directory or its counter file"));
        }
        return meant;
    }
}
