// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import io.kaelix.cli.console.CommandException;
import java.io.FileOutputStream;
import java.io.IOError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** The terminal of this process: its second screen, without echo and line ends to wait for. */
final class TerminalScreen implements Screen {

    /** By stty, a child process: loads no native library, needs no native access, and prints no warning. */
    private static final String PROVIDER = "exec";

    /** The terminal of the process, whatever its standard streams are. */
    private static final String DEVICE = "/dev/tty";

    private static final int DEFAULT_WIDTH = 80;
    private static final int DEFAULT_HEIGHT = 24;

    /** Of its own: when the JVM is told to end, JLine closes standard output, at the same time as this gives the screen back. */
    private final FileOutputStream output;
    private final Terminal terminal;
    private final Attributes found;
    private final AtomicBoolean resized = new AtomicBoolean(true);
    private final AtomicBoolean continued = new AtomicBoolean();
    private int width;
    private int height;

    private TerminalScreen(final FileOutputStream output, final Terminal terminal, final Runnable interrupt) {
        this.output = output;
        this.terminal = terminal;
        found = terminal.enterRawMode();
        terminal.handle(Terminal.Signal.WINCH, signal -> resized.set(true));
        terminal.handle(Terminal.Signal.CONT, signal -> continued.set(true));
        terminal.handle(Terminal.Signal.INT, signal -> interrupt.run());
    }

    /** @throws CommandException if the terminal is of a type that cannot be redrawn */
    static void check(final Map<String, String> environment) {
        final String type = environment.getOrDefault("TERM", "");
        if (type.isEmpty() || "dumb".equals(type)) {
            throw CommandException.failed("a terminal of the type '" + type + "' cannot be redrawn: set TERM to what it is, or print one "
                    + "picture with 'kaelix top --once'");
        }
    }

    /**
     * Takes the terminal.
     *
     * @param interrupt what SIGINT does; Ctrl-C itself is a key like others
     * @throws CommandException if standard input or output is none
     */
    static TerminalScreen open(final Runnable interrupt) throws IOException {
        // JLine finds out too, by a native library of its own that it would load for it.
        if (System.console() == null || !System.console().isTerminal()) {
            throw noTerminal(null);
        }
        final Terminal terminal;
        try {
            // Nothing is asked of the terminal, whose answers would come as keys: what is drawn is ASCII.
            terminal = TerminalBuilder.builder().system(true).systemOutput(TerminalBuilder.SystemOutput.SysOut).dumb(false)
                    .provider(PROVIDER).graphemeCluster(false).build();
        } catch (final IOException | IllegalStateException e) {
            throw noTerminal(e);
        }
        final FileOutputStream output;
        try {
            output = new FileOutputStream(DEVICE);
        } catch (final IOException e) {
            terminal.close();
            throw noTerminal(e);
        }
        final TerminalScreen screen = new TerminalScreen(output, terminal, interrupt);
        try {
            screen.draw(Ansi.ENTER);
        } catch (final IOException e) {
            screen.close();
            throw e;
        }
        return screen;
    }

    private static CommandException noTerminal(final Exception cause) {
        return CommandException.failed("standard input or output is no terminal: print one picture with 'kaelix top --once', or one JSON "
                + "object with 'kaelix top --once --json'", cause);
    }

    @Override
    public int width() {
        measure();
        return width;
    }

    @Override
    public int height() {
        measure();
        return height;
    }

    /** It costs a child process: only when somebody says that it has changed. */
    private void measure() {
        if (resized.getAndSet(false)) {
            final Size size = terminal.getSize();
            width = size.getColumns() > 0 ? size.getColumns() : DEFAULT_WIDTH;
            height = size.getRows() > 0 ? size.getRows() : DEFAULT_HEIGHT;
        }
    }

    @Override
    public int key(final long millis) throws IOException {
        try {
            if (continued.getAndSet(false)) {
                // It was stopped, and the shell has had the terminal since then.
                terminal.enterRawMode();
                draw(Ansi.ENTER);
                resized.set(true);
                return Keys.OTHER;
            }
            return terminal.reader().read(millis);
        } catch (final IllegalStateException | IOError | IOException closed) {
            // JLine gives the terminal back when the JVM is told to end, at the same time as this goes on.
            return Keys.GONE;
        }
    }

    @Override
    public void draw(final String frame) throws IOException {
        output.write(frame.getBytes(StandardCharsets.US_ASCII));
    }

    /** Each step is done even if the one before fails: a terminal that is half restored is of no use to anyone. */
    @Override
    public void close() throws IOException {
        try (output) {
            draw(Ansi.LEAVE);
        } finally {
            giveBack();
        }
    }

    private void giveBack() throws IOException {
        try {
            terminal.setAttributes(found);
        } catch (final IllegalStateException closed) {
            // JLine has done it, since the JVM is about to end.
            return;
        } finally {
            terminal.close();
        }
    }
}
