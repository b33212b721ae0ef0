// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much of what the library says is logged. */
class LogLevelTest {

    private static final System.Logger ANY = System.getLogger("io.kaelix.engine.SomeClass");

    private final Logger logger = Logger.getLogger("io.kaelix");
    private final PrintStream err = System.err;
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final LogLevel level = new LogLevel();

    @BeforeEach
    void catchWhatIsShown() {
        // A handler to the console writes to what that is when it is made.
        System.setErr(new PrintStream(shown, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void putBack() {
        level.close();
        System.setErr(err);
        assertThat(logger.getLevel()).isNull();
        assertThat(logger.getHandlers()).isEmpty();
    }

    private String shown() {
        return shown.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shouldLogWhatIsAsGraveAsTheLevelAlone() {
        level.set(System.Logger.Level.ERROR);
        assertThat(ANY.isLoggable(System.Logger.Level.ERROR)).isTrue();
        assertThat(ANY.isLoggable(System.Logger.Level.WARNING)).isFalse();
        level.set(System.Logger.Level.OFF);
        assertThat(ANY.isLoggable(System.Logger.Level.ERROR)).isFalse();
    }

    @Test
    void shouldShowFineThingsThatTheProgramsHandlersHide() {
        level.set(System.Logger.Level.DEBUG);
        ANY.log(System.Logger.Level.DEBUG, "a fine thing");
        ANY.log(System.Logger.Level.TRACE, "a finer thing");
        assertThat(shown()).contains("a fine thing").doesNotContain("a finer thing");

        level.set(System.Logger.Level.TRACE);
        ANY.log(System.Logger.Level.TRACE, "a finer thing");
        assertThat(shown()).contains("a finer thing");

        level.set(System.Logger.Level.INFO);
        ANY.log(System.Logger.Level.DEBUG, "one too many");
        assertThat(shown()).doesNotContain("one too many");
    }

    @Test
    void shouldLeaveToTheProgramsHandlersWhatTheyShow() {
        level.set(System.Logger.Level.DEBUG);
        final Handler own = logger.getHandlers()[0];
        assertThat(own.isLoggable(new java.util.logging.LogRecord(Level.FINE, "fine"))).isTrue();
        assertThat(own.isLoggable(new java.util.logging.LogRecord(Level.INFO, "shown by the console of the program"))).isFalse();
    }

    @Test
    void shouldPutBackWhatWasBefore() {
        logger.setLevel(Level.CONFIG);
        level.set(System.Logger.Level.TRACE);
        level.close();
        assertThat(logger.getLevel()).isEqualTo(Level.CONFIG);
        logger.setLevel(null);
    }

    @Test
    void shouldPutBackWhatWasBeforeInWhateverOrderSeveralClose() {
        logger.setLevel(Level.CONFIG);
        final LogLevel second = new LogLevel();
        level.set(System.Logger.Level.DEBUG);
        second.set(System.Logger.Level.TRACE);
        level.close();
        assertThat(logger.getLevel()).isEqualTo(Level.FINER);
        ANY.log(System.Logger.Level.DEBUG, "shown by the handler of the first until then");
        assertThat(shown()).containsOnlyOnce("shown by the handler of the first until then");
        level.set(System.Logger.Level.ERROR);
        level.close();
        assertThat(logger.getLevel()).as("that of the one that is left").isEqualTo(Level.FINER);
        second.close();
        assertThat(logger.getLevel()).isEqualTo(Level.CONFIG);
        logger.setLevel(null);
    }

    @Test
    void shouldLeaveAloneWhatSomebodyElseHasSetMeanwhile() {
        level.set(System.Logger.Level.WARNING);
        logger.setLevel(Level.CONFIG);
        level.close();
        assertThat(logger.getLevel()).isEqualTo(Level.CONFIG);
        logger.setLevel(null);
    }
}
