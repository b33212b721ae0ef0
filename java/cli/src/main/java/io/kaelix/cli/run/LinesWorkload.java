// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import io.kaelix.cli.console.Endpoint;
import io.kaelix.cli.console.Terminal;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The lines of an input, and the output that they go to. */
final class LinesWorkload implements Workload {

    private static final Duration UNLIMITED = Duration.ofNanos(Long.MAX_VALUE);

    private final RunSettings settings;
    private final Workers workers;
    private final RegionArena arena;
    private final List<LineBlock> blocks = new ArrayList<>();
    private final LineReader reader;
    private final RunSettings.Lines lines;
    private final Terminal terminal;
    private final long inputBytes;
    private LineOutput output;

    /**
     * Opens the input.
     *
     * @param maxLength most bytes in a message
     * @throws io.kaelix.cli.console.CommandException if it cannot be opened
     */
    LinesWorkload(final RunSettings settings, final RunSettings.Lines lines, final Workers workers, final Terminal terminal,
            final int maxLength) {
        this.settings = settings;
        this.lines = lines;
        this.workers = workers;
        this.terminal = terminal;
        final Endpoint input = lines.input();
        final ReadableByteChannel channel = input.openInput(terminal);
        inputBytes = input.size();
        final Platform platform = Platforms.current();
        arena = new RegionArena(platform, platform.currentNode(), Rung.HUGETLB_2M, Long.MAX_VALUE);
        reader = new LineReader(input, channel, platform, arena, maxLength, LineTooLong.IN_LANE);
    }

    @Override
    public Sender sender(final Publisher publisher, final int number) {
        final LineBlock block = reader.newBlock();
        blocks.add(block);
        return new LineSender(publisher, workers, settings.isCrowded(), reader, block, settings.batch());
    }

    @Override
    public Receiver receiver(final Subscriber subscriber, final List<Publisher> publishers, final int number) {
        if (number == 0 && lines.output() != null) {
            output = new LineOutput(lines.output(), lines.output().openOutput(terminal));
        }
        return new LineReceiver(subscriber, publishers, settings.isCrowded(), number == 0 ? output : null, reader);
    }

    @Override
    public Duration duration() {
        return UNLIMITED;
    }

    @Override
    public double done(final long elapsedNanos) {
        return inputBytes > 0 ? (double) reader.bytesRead() / inputBytes : Double.NaN;
    }

    @Override
    public void close() throws IOException {
        final LineOutput opened = output;
        try (reader; opened) {
            blocks.forEach(LineBlock::close);
        } finally {
            arena.close();
        }
    }
}
