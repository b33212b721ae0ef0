// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileRoundsTest {

    private static final long SOON_NANOS = 20_000_000;

    @TempDir
    private Path folder;

    private Path file(final String name, final String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static void await(final BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(5);
        }
    }

    @Test
    void shouldTellOnceOfFilesThatWereChangedTogether() throws Exception {
        final Path one = file("one", "1");
        final Path two = file("two", "2");
        final AtomicInteger told = new AtomicInteger();
        try (FileRounds rounds = FileRounds.of(() -> List.of(one, two))) {
            rounds.start(told::incrementAndGet);
            file("one", "11");
            file("two", "22");
            await(() -> told.get() > 0);
            // Whatever comes next comes later than what would have been told twice.
            Files.delete(one);
            await(() -> told.get() > 1);
            assertThat(told).hasValue(2);
        }
    }

    @Test
    void shouldSeeWhatHappenedBetweenItsMakingAndItsStart() throws Exception {
        final Path one = file("one", "1");
        final AtomicInteger told = new AtomicInteger();
        try (FileRounds rounds = FileRounds.of(() -> List.of(one), SOON_NANOS)) {
            file("one", "11");
            rounds.start(told::incrementAndGet);
            await(() -> told.get() == 1);
        }
    }

    @Test
    void shouldFollowALinkThatIsTurned() throws Exception {
        Files.createDirectory(folder.resolve("a"));
        Files.createDirectory(folder.resolve("b"));
        file("a/cert", "1");
        file("b/cert", "2");
        final Path link = Files.createSymbolicLink(folder.resolve("now"), folder.resolve("a"));
        final AtomicInteger told = new AtomicInteger();
        try (FileRounds rounds = FileRounds.of(() -> List.of(link.resolve("cert")), SOON_NANOS)) {
            rounds.start(told::incrementAndGet);
            Files.delete(link);
            Files.createSymbolicLink(link, folder.resolve("b"));
            await(() -> told.get() == 1);
        }
    }

    @Test
    void shouldGoOnWhenWhatItCallsFailsAndEndWhenItIsClosedByIt() throws Exception {
        final Path one = file("one", "1");
        final AtomicInteger told = new AtomicInteger();
        final AtomicReference<FileRounds> self = new AtomicReference<>();
        self.set(FileRounds.of(() -> List.of(one), SOON_NANOS));
        self.get().start(() -> {
            if (told.incrementAndGet() == 1) {
                throw new IllegalStateException("it fails");
            }
            self.get().close();
        });
        file("one", "11");
        await(() -> told.get() == 1);
        file("one", "111");
        await(() -> told.get() == 2);
        await(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(thread -> thread.getName().equals("kaelix-files")));
    }
}
