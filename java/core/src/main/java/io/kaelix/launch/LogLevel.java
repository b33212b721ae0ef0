// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import java.util.function.Predicate;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * How much of what the library has to say is logged: the level of the logger {@code io.kaelix}, which those of all its classes go by.
 *
 * <p>The library says it to {@link System.Logger}, which is served by {@code java.util.logging} unless the program has something else.
 * Only of the former is known how to set a level at run time; otherwise nothing is changed, and that is logged, once. What is finer than
 * the handlers of the program show is written to the console by a handler of its own, since asking for it would be without effect else.
 *
 * <p><b>Threads</b>: one at a time. The logger is one for the process: where several programs set it, the last one does.
 */
final class LogLevel implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger(LogLevel.class.getPackageName());
    private static final String ROOM = "io.kaelix";
    private static final String KNOWN = "java.logging";

    private Setter setter;
    private boolean told;

    /** Sets it. What it was before is kept for {@link #close}. */
    void set(final System.Logger.Level level) {
        if (setter == null && isKnown()) {
            setter = new Setter();
        }
        if (setter != null) {
            setter.set(level);
        } else if (!told) {
            told = true;
            LOGGER.log(System.Logger.Level.WARNING, "telemetry.log_level is without effect: System.Logger is served by "
                    + backend() + ", whose levels are set in a way of its own; set that of the logger " + ROOM + " there, or "
                    + "start Java with --add-modules " + KNOWN);
        }
    }

    /** Puts back what was before, unless somebody else has changed it since. */
    @Override
    public void close() {
        if (setter != null) {
            setter.restore();
            setter = null;
        }
    }

    private static boolean isKnown() {
        return KNOWN.equals(System.LoggerFinder.getLoggerFinder().getClass().getModule().getName());
    }

    private static String backend() {
        final Class<?> finder = System.LoggerFinder.getLoggerFinder().getClass();
        return finder.getModule().isNamed() ? "the module " + finder.getModule().getName() : finder.getName();
    }

    /** All that needs {@code java.util.logging}, which a small runtime image may not have. */
    private static final class Setter {

        /** Held: a logger that nobody holds is forgotten, and its level with it. */
        private final Logger logger = Logger.getLogger(ROOM);
        private final Level before = logger.getLevel();
        private Level asked = before;
        private Handler finer;

        void set(final System.Logger.Level level) {
            asked = switch (level) {
                case ALL -> Level.ALL;
                case TRACE -> Level.FINER;
                case DEBUG -> Level.FINE;
                case INFO -> Level.INFO;
                case WARNING -> Level.WARNING;
                case ERROR -> Level.SEVERE;
                case OFF -> Level.OFF;
            };
            logger.setLevel(asked);
            showFiner();
        }

        private void showFiner() {
            removeFiner();
            final int shown = finestShown();
            if (asked.intValue() < shown) {
                finer = new ConsoleHandler();
                finer.setLevel(asked);
                final Predicate<LogRecord> isHidden = entry -> entry.getLevel().intValue() < shown;
                finer.setFilter(isHidden::test);
                logger.addHandler(finer);
            }
        }

        /** Of all handlers that get what is logged here. */
        private int finestShown() {
            int finest = Integer.MAX_VALUE;
            Logger at = logger;
            while (at != null) {
                for (final Handler handler : at.getHandlers()) {
                    finest = Math.min(finest, handler.getLevel().intValue());
                }
                at = at.getUseParentHandlers() ? at.getParent() : null;
            }
            // Nobody shows anything: that is how the program wants it.
            return finest == Integer.MAX_VALUE ? Integer.MIN_VALUE : finest;
        }

        private void removeFiner() {
            if (finer != null) {
                logger.removeHandler(finer);
                finer = null;
            }
        }

        void restore() {
            removeFiner();
            if (logger.getLevel() == asked) {
                logger.setLevel(before);
            }
        }
    }
}
