// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.cli.console.Typed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Asks which of several processes is meant. */
final class Choice {

    private static final DateTimeFormatter STARTED = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final int NAME_WIDTH = 30;

    private Choice() {
    }

    /**
     * The one that there is, or the one that the user names.
     *
     * @param stop ends the question
     * @return null if it was ended
     * @throws CommandException if the answer names none
     */
    static Path of(final List<Watched.Running> candidates, final Terminal terminal, final StopSignal stop, final ZoneId zone)
            throws IOException {
        if (candidates.size() == 1) {
            return candidates.getFirst().file();
        }
        final StringBuilder list = new StringBuilder("Several processes run:\n      ").append(String.format("%10s  ", "PID"))
                .append(Line.foreign("NAME", NAME_WIDTH)).append("  STARTED\n");
        for (int i = 0; i < candidates.size(); i++) {
            final Watched.Running one = candidates.get(i);
            list.append(String.format(Locale.ROOT, "%4d  %10d  ", i + 1, one.pid())).append(Line.foreign(one.name(), NAME_WIDTH))
                    .append("  ").append(STARTED.format(one.started().atZone(zone))).append('\n');
        }
        terminal.print(list.append("Which one, by its number or process id? ").toString());
        final String answer = Typed.line(terminal, stop);
        return stop.isRequested() ? null : named(answer == null ? "" : answer.strip(), candidates);
    }

    private static Path named(final String answer, final List<Watched.Running> candidates) {
        final long number = answer.matches("[0-9]{1,18}") ? Long.parseLong(answer) : 0;
        if (number >= 1 && number <= candidates.size()) {
            return candidates.get((int) number - 1).file();
        }
        return candidates.stream().filter(one -> one.pid() == number).findFirst().map(Watched.Running::file)
                .orElseThrow(() -> CommandException.failed("'" + Line.clean(answer) + "' is none of them: give a number from 1 to "
                        + candidates.size() + ", or name the process id on the command line"));
    }
}
