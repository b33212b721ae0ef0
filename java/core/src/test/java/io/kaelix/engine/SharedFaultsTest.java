// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A directory in which the file of a lane that nobody needs any more cannot be removed. */
@Timeout(60)
class SharedFaultsTest {

    @TempDir
    private Path parent;
    private Path folder;
    private MemoryStreamer first;
    private MemoryStreamer second;

    private StreamerConfig config() {
        return StreamerConfig.defaults().withLaneCapacity(1 << 16).withMemoryLimit(64L << 20).withDirectory(folder);
    }

    @BeforeEach
    void setUp() {
        folder = parent.resolve("streams");
        first = MemoryStreamer.launch(config());
        second = MemoryStreamer.attach(config());
    }

    @AfterEach
    void close() {
        second.close();
        first.close();
    }

    private List<Path> lanes() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(path -> path.getFileName().toString().startsWith("lane-")).sorted().toList();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    /** In place of the file there is a folder that is not empty: whoever has mapped it goes on. */
    private static void block(final Path file) throws IOException {
        Files.delete(file);
        Files.createDirectory(file);
        Files.createFile(file.resolve("something"));
    }

    private static void unblock(final Path file) throws IOException {
        Files.delete(file.resolve("something"));
    }

    @Test
    void shouldGoOnForAllWhereAFileStaysAndRemoveItWhenThatIsPossible() throws Exception {
        final List<Path> blocked = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            final Publisher publisher = first.publisher("gone");
            final Subscriber subscriber = second.subscriber("gone");
            EngineFixture.send(publisher, i);
            assertThat(EngineFixture.drain(subscriber)).containsExactly((long) i);
            final List<Path> files = new ArrayList<>(lanes());
            files.removeAll(blocked);
            assertThat(files).hasSize(1);
            block(files.getFirst());
            blocked.addAll(files);
            publisher.close();
            EngineFixture.drain(subscriber);
            subscriber.close();
        }
        // Some looks at the others: each tries again.
        Thread.sleep(3 * Neighbours.BEAT_MILLIS);
        assertThat(lanes()).isEqualTo(blocked);
        for (final MemoryStreamer one : List.of(first, second)) {
            final MemoryStreamer other = one == first ? second : first;
            try (Publisher publisher = one.publisher("next"); Subscriber subscriber = other.subscriber("next")) {
                EngineFixture.send(publisher, 1, 2, 3);
                EngineFixture.await("what was sent", () -> subscriber.poll(message -> { }, 10) > 0);
            }
        }
        for (final Path file : blocked) {
            unblock(file);
        }
        EngineFixture.await("what was in the way is removed", () -> lanes().isEmpty());
    }
}
