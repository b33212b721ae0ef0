// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.Start;
import io.kaelix.Subscriber;
import io.kaelix.SubscriberConfig;
import io.kaelix.Topic;
import io.kaelix.TopicPattern;
import io.kaelix.shared.HugeMount;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories whose processes were all killed, and that are launched again with what they left. */
class ResumeTest {

    private static final SubscriberConfig OLDEST = SubscriberConfig.defaults().withStart(Start.oldest());
    private static final long LOOP_SECONDS = Boolean.getBoolean("kaelix.long") ? 120 : 5;

    @TempDir
    private Path parent;
    private Path folder;
    private Processes processes;

    @BeforeEach
    void setUp() {
        folder = parent.resolve("streams");
        processes = new Processes(parent);
    }

    @AfterEach
    void endAll() throws InterruptedException {
        processes.killAll();
    }

    private Process startReady(final String mode, final Object... arguments) throws IOException {
        final List<Object> all = new ArrayList<>(List.of(mode, folder));
        all.addAll(List.of(arguments));
        final Process process = processes.start(SharedProbe.class, all.toArray());
        processes.expect(process, "ready");
        return process;
    }

    /** Somebody who has published so many messages, and nothing else, is killed. */
    private void leave(final String mode, final String topic, final long count) throws Exception {
        final Process process = startReady(mode, topic, count, 100);
        processes.expect(process, "sent " + count);
        Processes.kill(process);
    }

    private MemoryStreamer resume() {
        return MemoryStreamer.launch(SharedProbe.config(folder).withResume(true));
    }

    private static long drain(final Subscriber subscriber) {
        final SharedProbe.Counter counter = new SharedProbe.Counter(true);
        while (subscriber.poll(counter, 100) > 0) {
            assertThat(counter.count).isLessThan(1_000_000);
        }
        return counter.count;
    }

    @Test
    void shouldHandOverWhatNobodyHadReadToAllThatStartAtTheOldest() throws Exception {
        leave("launch-publish", "a", 200);
        try (MemoryStreamer streamer = resume();
                Subscriber latest = streamer.subscriber("a");
                Subscriber oldest = streamer.subscriber(TopicPattern.of("a"), OLDEST);
                Subscriber lossy = streamer.subscriber(TopicPattern.of(">"), OLDEST.withPolicy(SlowSubscriberPolicy.LOSSY));
                Subscriber other = streamer.subscriber(TopicPattern.of("b"), OLDEST)) {
            assertThat(drain(oldest)).isEqualTo(200);
            assertThat(drain(lossy)).isEqualTo(200);
            assertThat(lossy.lost()).isZero();
            assertThat(drain(latest)).isZero();
            assertThat(latest.lanes()).isEmpty();
            assertThat(drain(other)).isZero();
            try (Publisher publisher = streamer.publisher("a"); Subscriber late = streamer.subscriber(TopicPattern.of("*"), OLDEST)) {
                assertThat(publisher.offer(SharedProbe.message(0, 50))).isPositive();
                assertThat(drain(latest)).isOne();
                assertThat(drain(oldest)).isOne();
                assertThat(drain(late)).as("however late").isEqualTo(201);
            }
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void shouldHandOverManyStreamsOfOneLaneEachToWhoWantsIt() throws Exception {
        leave("launch-streams", "s", 500);
        try (MemoryStreamer streamer = resume();
                Subscriber all = streamer.subscriber(TopicPattern.of("s.*"), OLDEST);
                Subscriber some = streamer.subscriber(TopicPattern.of("s.7"), OLDEST)) {
            assertThat(drain(some)).isEqualTo(10);
            assertThat(drain(all)).isEqualTo(500);
        }
    }

    @Test
    void shouldKeepNumbersNamesAndPartitionsOfStreams() throws Exception {
        leave("launch-streams", "s", 100);
        try (MemoryStreamer streamer = resume()) {
            assertThat(streamer.streams().open()).isEqualTo(50);
            streamer.declare("p", 3);
            try (var publisher = streamer.streamPublisher()) {
                assertThat(publisher.stream(Topic.of("s.0"))).isZero();
                assertThat(publisher.stream(Topic.of("s.49"))).isEqualTo(49);
                assertThat(publisher.stream(Topic.of("new"))).isEqualTo(53);
            }
        }
    }

    @Test
    void shouldBeginWhereTheSlowestOfTheDeadSubscribersStood() throws Exception {
        final Process idle = startReady("launch-idle", "a");
        final Process counting = startReady("count", "a");
        final Process publishing = startReady("publish", "a", 50, 1000);
        processes.expect(publishing, "sent 50");
        Processes.tell(counting);
        processes.expect(counting, "got 50");
        Processes.kill(publishing);
        Processes.kill(counting);
        Processes.kill(idle);
        try (MemoryStreamer streamer = resume(); Subscriber oldest = streamer.subscriber(TopicPattern.of("a"), OLDEST)) {
            assertThat(drain(oldest)).as("one had read them, one had not").isEqualTo(50);
        }
    }

    @Test
    void shouldLeaveOutWhatAllHadRead() throws Exception {
        final Process counting = startReady("launch-count", "a");
        final Process publishing = startReady("publish", "a", 5000, 100);
        processes.expect(publishing, "sent 5000");
        Processes.tell(counting);
        processes.expect(counting, "got 5000");
        Processes.kill(publishing);
        Processes.kill(counting);
        try (MemoryStreamer streamer = resume(); Subscriber oldest = streamer.subscriber(TopicPattern.of("a"), OLDEST)) {
            assertThat(drain(oldest)).isZero();
            assertThat(oldest.lanes()).isEmpty();
            assertThat(lanes()).as("it is gone").isZero();
        }
    }

    private long lanes() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(path -> path.getFileName().toString().contains("-")).count();
        }
    }

    @Test
    void shouldResumeAgainWhatWasNotRead() throws Exception {
        leave("launch-publish", "a", 100);
        leave("resume-publish", "b", 50);
        final Process idle = startReady("resume-idle", "c");
        Processes.kill(idle);
        try (MemoryStreamer streamer = resume(); Subscriber oldest = streamer.subscriber(TopicPattern.of(">"), OLDEST)) {
            assertThat(drain(oldest)).isEqualTo(150);
        }
    }

    @Test
    void shouldGiveWhatWasResumedToThoseThatAttachUntilItIsClosed() throws Exception {
        leave("launch-publish", "a", 100);
        final MemoryStreamer first = resume();
        try (MemoryStreamer second = MemoryStreamer.attach(SharedProbe.config(folder));
                Subscriber early = second.subscriber(TopicPattern.of("a"), OLDEST)) {
            assertThat(early.poll(message -> { }, 10)).isEqualTo(10);
            first.close();
            EngineFixture.await("who is late gets nothing", () -> {
                try (Subscriber late = second.subscriber(TopicPattern.of("a"), OLDEST)) {
                    return drain(late) == 0;
                }
            });
            final List<Long> numbers = new ArrayList<>();
            for (int poll = 0; poll < 100 && !early.lanes().isEmpty(); poll++) {
                early.poll(message -> numbers.add(message.sequence()), 10);
            }
            assertThat(numbers).hasSize(90).first().isEqualTo(10L);
            assertThat(early.lanes()).as("it has ended").isEmpty();
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void shouldEndWhatWasResumedWhenItsProcessDies() throws Exception {
        leave("launch-publish", "a", 100);
        final Process resumer = startReady("resume-idle", "none");
        try (MemoryStreamer second = MemoryStreamer.attach(SharedProbe.config(folder));
                Subscriber early = second.subscriber(TopicPattern.of("a"), OLDEST)) {
            Processes.kill(resumer);
            assertThat(drain(early)).isEqualTo(100);
            EngineFixture.await("its end", () -> early.poll(message -> { }, 1) == 0 && early.lanes().isEmpty());
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void shouldMakeADirectoryWhereThereIsNothingToResume() throws Exception {
        resume().close();
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString("rwx------")));
        // Whoever made it died in the middle of that.
        Files.write(folder.resolve("control"), new byte[5000]);
        try (MemoryStreamer streamer = resume()) {
            assertThatThrownBy(this::resume).isInstanceOf(KaelixException.class).hasMessageContaining("attach");
            assertThat(streamer.streams().open()).isZero();
        }
    }

    @Test
    void shouldRefuseAnotherVersionAndLoseNothing() throws Exception {
        leave("launch-publish", "a", 100);
        final Path control = folder.resolve("control");
        try (RandomAccessFile file = new RandomAccessFile(control.toFile(), "rw")) {
            final int version = file.read();
            file.seek(0);
            file.write(version + 1);
            assertThatThrownBy(this::resume).isInstanceOf(KaelixException.class).hasMessageContaining("another version");
            file.seek(0);
            file.write(version);
        }
        try (MemoryStreamer streamer = resume(); Subscriber oldest = streamer.subscriber(TopicPattern.of("a"), OLDEST)) {
            assertThat(drain(oldest)).isEqualTo(100);
        }
    }

    @Test
    void shouldLeaveOutALaneThatIsCorruptAndKeepTheOthers() throws Exception {
        leave("launch-publish", "a", 100);
        leave("resume-publish", "b", 50);
        try (var files = Files.list(folder)) {
            final Path older = files.filter(path -> path.getFileName().toString().startsWith("lane-")).sorted().findFirst().orElseThrow();
            try (RandomAccessFile file = new RandomAccessFile(older.toFile(), "rw")) {
                file.seek(12288);
                file.writeInt(0x1111_1111);
            }
        }
        try (MemoryStreamer streamer = resume(); Subscriber oldest = streamer.subscriber(TopicPattern.of(">"), OLDEST)) {
            assertThat(drain(oldest)).isEqualTo(50);
            assertThat(lanes()).isOne();
        }
    }

    @Test
    void shouldResumeLanesInHugePages() throws Exception {
        try (HugeMount mount = HugeMount.of(parent.resolve("huge"), 4)) {
            final Path lanes = mount.folder().resolve("lanes");
            final Process process = processes.start(SharedProbe.class, "launch-publish", folder + "," + lanes, "a", 100, 100);
            processes.expect(process, "ready");
            processes.expect(process, "sent 100");
            Processes.kill(process);
            try (MemoryStreamer streamer = resume(); Subscriber oldest = streamer.subscriber(TopicPattern.of("a"), OLDEST);
                    MemoryStreamer other = MemoryStreamer.attach(SharedProbe.config(folder));
                    Publisher publisher = other.publisher("a")) {
                assertThat(drain(oldest)).isEqualTo(100);
                assertThat(publisher.offer(SharedProbe.message(0, 50))).isPositive();
                assertThat(drain(oldest)).isOne();
            }
            assertThat(lanes).doesNotExist();
        }
    }

    /**
     * <pre>
     *   one process after the other   resumes, publishes to one topic and to many, reads a part of all that is there; is killed at random,
     *                                 some while they resume
     *   at the end                    the last one reads the rest
     * </pre>
     */
    @Test
    void shouldLoseAndTearNothingHoweverOftenItIsKilledAndRepeatNoMoreThanAPoll() throws Exception {
        final Path file = parent.resolve("journal");
        final Random random = new Random(5);
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LOOP_SECONDS);
        int generation = 0;
        // The next one starts meanwhile, and waits.
        Process next = processes.start(ResumedProbe.class, folder, file, generation);
        while ((System.nanoTime() < end || generation < 5) && generation < ResumedProbe.GENERATIONS - 1) {
            final Process process = next;
            next = processes.start(ResumedProbe.class, folder, file, ++generation);
            Processes.tell(process);
            if (random.nextInt(4) == 0) {
                Thread.sleep(random.nextInt(300));
            } else {
                processes.expect(process, "ready");
                Thread.sleep(random.nextInt(150));
            }
            Processes.kill(process);
        }
        Processes.kill(next);
        final ResumedProbe.Journal journal = new ResumedProbe.Journal(file);
        final long handledBefore = handled(journal, generation);
        final ResumedProbe.Reader reader = new ResumedProbe.Reader(journal);
        try (MemoryStreamer streamer = resume(); Subscriber subscriber = ResumedProbe.subscriber(streamer)) {
            while (subscriber.poll(reader, ResumedProbe.AT_ONCE) > 0) {
                assertThat(reader.count).isLessThan(1_000_000);
            }
        }
        long committed = 0;
        long repeated = 0;
        for (int one = 0; one < generation; one++) {
            for (int kind = 0; kind < ResumedProbe.KINDS; kind++) {
                final int count = journal.committed(one, kind);
                committed += count;
                for (int number = 0; number < ResumedProbe.MESSAGES; number++) {
                    final int times = journal.handledTimes(one, kind, number);
                    // The one behind may have been committed, and not noted any more.
                    assertThat(times > 0 || number >= count).as("message %d of kind %d of process %d", number, kind, one).isTrue();
                    assertThat(times == 0 || number <= count).as("message %d of %d of kind %d of process %d", number, count, kind, one)
                            .isTrue();
                    repeated += Math.max(0, times - 1);
                }
            }
        }
        System.err.println("killed " + generation + " processes; " + committed + " messages committed, " + repeated + " handled again");
        assertThat(processes.errors()).doesNotContain("IllegalStateException", "KaelixException", "SIGSEGV", "SIGBUS", "InternalError");
        assertThat(handledBefore).isPositive();
        assertThat(committed).isGreaterThan(1000);
        assertThat(repeated).isLessThanOrEqualTo((long) generation * ResumedProbe.AT_ONCE);
        assertThat(folder).doesNotExist();
    }

    private static long handled(final ResumedProbe.Journal journal, final int generations) {
        long handled = 0;
        for (int one = 0; one < generations; one++) {
            for (int kind = 0; kind < ResumedProbe.KINDS; kind++) {
                for (int number = 0; number < ResumedProbe.MESSAGES; number++) {
                    handled += journal.handledTimes(one, kind, number) > 0 ? 1 : 0;
                }
            }
        }
        return handled;
    }
}
