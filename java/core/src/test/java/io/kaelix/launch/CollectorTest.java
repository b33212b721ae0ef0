// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.telemetry.CounterFile;
import io.kaelix.telemetry.CounterReader;
import io.kaelix.telemetry.Metric;
import io.kaelix.telemetry.Reading;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When sources are asked, and what becomes of those that fail. */
@Timeout(60)
@SuppressWarnings("try")
class CollectorTest {

    private static final Pace NEVER = new Pace(0, 100, false, false, false);
    private static final Pace EACH_TEN = new Pace(10, 100, false, false, false);

    @TempDir
    private Path folder;
    private CounterFile file;
    private ProcessProfiler profiler;
    private final Counting first = new Counting();
    private final Counting second = new Counting();

    /** A source that counts how often it is asked. */
    private static final class Counting implements Source {

        private volatile int asked;
        private volatile int closed;
        private volatile Throwable fault;
        private Error closeFault;
        private volatile Thread askedBy;

        @Override
        public String name() {
            return "test";
        }

        @Override
        public void collect() {
            asked++;
            askedBy = Thread.currentThread();
            if (fault instanceof final Error error) {
                throw error;
            } else if (fault instanceof final RuntimeException exception) {
                throw exception;
            }
        }

        @Override
        public void close() {
            closed++;
            if (closeFault != null) {
                throw closeFault;
            }
        }
    }

    @BeforeEach
    void createFile() {
        file = CounterFile.create(folder.resolve("counters"), "test");
        profiler = new ProcessProfiler(folder, 1, new int[1], System::nanoTime);
    }

    @AfterEach
    void closeFile() {
        file.close();
    }

    private Collector collector(final Pace pace) {
        return new Collector(file, List.of(first, second), profiler, pace);
    }

    private long errors() {
        try (CounterReader reader = CounterReader.open(file.path())) {
            return reader.snapshot().counters().stream().filter(reading -> reading.key().equals(Metric.ERRORS.key()))
                    .mapToLong(Reading::value).sum();
        }
    }

    @Test
    void shouldAskAllAtOnceAndThenEachInterval() {
        try (Collector collector = collector(EACH_TEN)) {
            assertThat(collector.round(1_000)).isEqualTo(10);
            assertThat(first.asked).isEqualTo(1);
            assertThat(collector.round(1_004)).isEqualTo(6);
            assertThat(first.asked).isEqualTo(1);
            assertThat(collector.round(1_012)).isEqualTo(8);
            assertThat(first.asked).isEqualTo(2);
            assertThat(second.asked).isEqualTo(2);
        }
    }

    @Test
    void shouldNotMakeUpForRoundsThatWereMissed() {
        try (Collector collector = collector(EACH_TEN)) {
            collector.round(1_000);
            assertThat(collector.round(1_095)).isEqualTo(10);
            assertThat(first.asked).isEqualTo(2);
        }
    }

    @Test
    void shouldAskOthersWhenOneFailsAndGoOnAskingThatOne() {
        first.fault = new IllegalStateException("out of order");
        try (Collector collector = collector(EACH_TEN)) {
            collector.round(1_000);
            collector.round(1_010);
            assertThat(errors()).isEqualTo(2);
            first.fault = new StackOverflowError();
            collector.round(1_020);
            first.fault = null;
            collector.round(1_030);
            assertThat(first.asked).isEqualTo(4);
            assertThat(second.asked).isEqualTo(4);
            assertThat(errors()).isEqualTo(3);
        }
    }

    @Test
    void shouldLogAFaultOnceUntilItIsAnother() {
        first.fault = new IllegalStateException("out of order");
        try (LogRecords records = LogRecords.of(Kaelix.class); Collector collector = collector(EACH_TEN)) {
            for (int round = 0; round < 5; round++) {
                collector.round(1_000 + 10 * round);
            }
            assertThat(records.texts()).singleElement().asString().contains("without the figures of the test");
            first.fault = new IllegalStateException("another");
            collector.round(2_000);
            assertThat(records.texts()).hasSize(2);
        }
    }

    @Test
    void shouldHaveNoThreadWhileThereIsNothingToDo() {
        try (Collector collector = Collector.start(file, List.of(first), profiler, NEVER)) {
            assertThat(collector.round(1_000)).isEqualTo(Long.MAX_VALUE);
            assertThat(Program.threads()).doesNotContain(Collector.THREAD_NAME);
            collector.pace(EACH_TEN);
            Program.await("its thread asks", () -> first.asked > 2);
            assertThat(first.askedBy.isDaemon()).isTrue();
            assertThat(first.askedBy.getName()).isEqualTo(Collector.THREAD_NAME);

            collector.pace(NEVER);
            Program.await("its thread sleeps for good", () -> first.askedBy.getState() == Thread.State.WAITING);

            collector.pace(EACH_TEN);
            final int before = first.asked;
            Program.await("it asks again", () -> first.asked > before);
        }
        assertThat(first.closed).isEqualTo(1);
        assertThat(first.askedBy.isAlive()).isFalse();
    }

    @Test
    void shouldCloseSourcesOnceWhetherItsThreadEverRanOrNot() {
        final Collector idle = Collector.start(file, List.of(first), profiler, NEVER);
        idle.close();
        idle.close();
        assertThat(first.closed).isEqualTo(1);
        idle.pace(EACH_TEN);
        assertThat(Program.threads()).doesNotContain(Collector.THREAD_NAME);

        final Collector busy = Collector.start(file, List.of(second), profiler, EACH_TEN);
        busy.close();
        busy.close();
        assertThat(second.closed).isEqualTo(1);
        assertThat(errors()).isZero();
    }

    @Test
    void shouldSurviveAnInterruptOfItsThread() throws InterruptedException {
        try (Collector collector = Collector.start(file, List.of(first), profiler, EACH_TEN)) {
            Program.await("it asks", () -> first.askedBy != null);
            first.askedBy.interrupt();
            final int before = first.asked;
            Program.await("it goes on", () -> first.asked > before + 2);
            assertThat(first.askedBy.isInterrupted()).isFalse();
            collector.pace(NEVER);
        }
    }

    @Test
    void shouldGoOnWhenTheCounterFileIsCutOff() throws Exception {
        final Collector collector = Collector.start(file, List.of(first, second, new Showing()), profiler, EACH_TEN);
        Program.await("it asks", () -> second.asked > 100);
        try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.WRITE)) {
            channel.truncate(0);
        }
        first.fault = new IllegalStateException("out of order");
        for (int i = 0; i < 3; i++) {
            final int before = second.asked;
            Program.await("it goes on", () -> second.asked > before);
        }
        final Thread thread = first.askedBy;
        assertThat(thread.isAlive()).isTrue();
        collector.close();
        assertThat(thread.isAlive()).isFalse();
        assertThat(first.closed).isEqualTo(1);
        assertThat(second.closed).isEqualTo(1);
    }

    /** Shows how often it was asked in the file. */
    private final class Showing implements Source {

        private final CounterTable table = new CounterTable(file);
        private long asked;

        @Override
        public String name() {
            return "showing";
        }

        @Override
        public void collect() {
            table.row("test").set(Metric.STREAMS_OPEN, ++asked);
            table.endRound();
        }

        @Override
        public void close() {
            table.close();
        }
    }

    @Test
    void shouldOutliveALoggerThatFails() {
        first.fault = new IllegalStateException("out of order");
        try (LogRecords records = LogRecords.of(Kaelix.class)) {
            records.fail();
            try (Collector collector = Collector.start(file, List.of(first, second), profiler, EACH_TEN)) {
                Program.await("it asks the other", () -> second.asked > 3);
            }
        }
        assertThat(first.closed).isEqualTo(1);
        assertThat(second.closed).isEqualTo(1);
    }

    @Test
    void shouldCloseAllWhenOneFailsToClose() {
        first.closeFault = new InternalError("cut off");
        new Collector(file, List.of(first, second), profiler, NEVER).close();
        assertThat(second.closed).isEqualTo(1);
    }

    @Test
    void shouldWaitForARoundThatIsUnderWayWhenItIsClosed() throws InterruptedException {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch leave = new CountDownLatch(1);
        final Source slow = new Source() {

            @Override
            public String name() {
                return "slow";
            }

            @Override
            public void collect() {
                entered.countDown();
                try {
                    leave.await();
                } catch (final InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void close() {
                // Holds nothing.
            }
        };
        final Collector collector = Collector.start(file, List.of(slow, second), profiler, EACH_TEN);
        entered.await();
        final Thread closer = new Thread(collector::close);
        closer.start();
        Program.await("it waits", () -> closer.getState() == Thread.State.TIMED_WAITING);
        assertThat(second.closed).isZero();
        leave.countDown();
        closer.join();
        assertThat(second.closed).isEqualTo(1);
    }
}
