// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.DEADLINE_SECONDS;
import static io.kaelix.engine.EngineFixture.await;
import static io.kaelix.engine.PayloadTest.bytes;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kaelix.KaelixException;
import io.kaelix.MappedPayload;
import io.kaelix.Message;
import io.kaelix.Payload;
import io.kaelix.Publisher;
import io.kaelix.RetainedMessage;
import io.kaelix.Subscriber;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as payloads; and what becomes of those that are cut while they are mapped. */
@Timeout(value = DEADLINE_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MappedPayloadTest {

    /** Several pages, the last of them not whole. */
    private static final int SIZE = 100_000;
    private static final byte[] CONTENT = bytes(SIZE);

    @TempDir
    private Path folder;
    private Path path;
    private final EngineFixture engine = new EngineFixture();

    @BeforeEach
    void write() throws IOException {
        path = Files.write(folder.resolve("film.bin"), CONTENT);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private void cut(final long length) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            file.truncate(length);
        }
    }

    @Test
    void shouldSendAFileWithoutCopyingIt() {
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        final MappedPayload payload = Payload.map(path);
        assertThat(payload.length()).isEqualTo(SIZE);
        assertThat(payload.file()).isEqualTo(path);
        assertThat(payload.position()).isZero();
        assertThat(publisher.offer(payload)).isPositive();
        assertThat(subscriber.poll(message -> {
            assertThat(message.toByteArray()).isEqualTo(CONTENT);
            assertThat(message.getByte(SIZE - 1)).isEqualTo(CONTENT[SIZE - 1]);
            assertThat(message.payload().address()).isEqualTo(payload.segment().address());
            assertThat(message.payload().isReadOnly()).isTrue();
        }, 1)).isEqualTo(1);
        payload.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, 4097, 12_345, SIZE - 300, SIZE})
    void shouldMapFromWhereverItIsAsked(final int from) {
        try (MappedPayload payload = Payload.map(path, from, SIZE);
                MappedPayload end = payload.slice(payload.length() / 2, payload.length())) {
            assertThat(payload.segment().toArray(JAVA_BYTE)).isEqualTo(Arrays.copyOfRange(CONTENT, from, SIZE));
            assertThat(end.position()).isEqualTo(from + (SIZE - from) / 2);
            assertThat(end.segment().mismatch(payload.segment().asSlice(payload.length() / 2))).isEqualTo(-1);
        }
    }

    @Test
    void shouldMapBeyondTwoGibibytes() throws IOException {
        final long far = 5L << 30;
        // Sparse: takes no space on the disk.
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(far);
            file.write(CONTENT);
        }
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        try (MappedPayload all = Payload.map(path); MappedPayload part = Payload.map(path, far + 777, far + SIZE);
                MappedPayload slice = all.slice(far + 777, far + SIZE); MappedPayload most = all.slice(1, 1L + Integer.MAX_VALUE)) {
            assertThat(all.length()).isEqualTo(far + SIZE);
            assertThat(publisher.offer(all)).as("longer than any message").isEqualTo(Publisher.TOO_LONG);
            assertThat(publisher.offer(part)).isPositive();
            assertThat(publisher.offer(slice)).isPositive();
            assertThat(publisher.offer(most)).isPositive();
            assertThat(publisher.offer(Message.builder().payload(all))).isEqualTo(Publisher.TOO_LONG);
            final byte[] expected = Arrays.copyOfRange(CONTENT, 777, SIZE);
            assertThat(subscriber.poll(message -> assertThat(message.toByteArray()).isEqualTo(expected), 2)).isEqualTo(2);
            assertThat(subscriber.poll(message -> {
                assertThat(message.length()).isEqualTo(Integer.MAX_VALUE);
                assertThat(message.getByte(Integer.MAX_VALUE - 1)).isZero();
                assertThat(message.payload().byteSize()).isEqualTo(Integer.MAX_VALUE);
            }, 2)).isEqualTo(1);
        }
    }

    @Test
    void shouldMapAnEmptyFile() throws IOException {
        cut(0);
        final Subscriber subscriber = engine.subscriber("a");
        try (MappedPayload payload = Payload.map(path)) {
            assertThat(payload.length()).isZero();
            assertThat(engine.publisher("a").offer(payload)).isPositive();
        }
        assertThat(subscriber.poll(message -> assertThat(message.length()).isZero(), 1)).isEqualTo(1);
    }

    @Test
    void shouldSayWhyAFileCannotBeMapped() {
        final Path absent = folder.resolve("absent");
        assertThatThrownBy(() -> Payload.map(absent)).isInstanceOf(KaelixException.class).hasMessageContaining(absent.toString());
        assertThatThrownBy(() -> Payload.map(folder)).isInstanceOf(KaelixException.class).hasMessageContaining(folder.toString());
        for (final long[] range : new long[][] {{-1, 5}, {0, SIZE + 1}, {5, 4}, {SIZE + 1, SIZE + 1}, {0, -1}}) {
            assertThatThrownBy(() -> Payload.map(path, range[0], range[1])).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void shouldNeverBeWritten() {
        try (MappedPayload payload = Payload.map(path)) {
            assertThatThrownBy(payload::writable).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> payload.segment().set(JAVA_BYTE, 0, (byte) 1))
                    .isInstanceOfAny(UnsupportedOperationException.class, IllegalArgumentException.class);
        }
    }

    @Test
    void shouldBeUnmappedWithTheLastReference() throws Exception {
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        final MappedPayload payload = Payload.map(path);
        final MemorySegment segment = payload.segment();
        final MappedPayload shared = payload.share();
        publisher.offer(payload);
        assertThat(payload.release()).isFalse();
        assertThat(shared.release()).isFalse();
        assertThat(isMapped()).isTrue();
        subscriber.poll(message -> { }, 1);
        publisher.close();
        subscriber.close();
        await("the end of the mapping", () -> !isMapped());
        assertThatThrownBy(() -> segment.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(payload::file).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(payload::position).isInstanceOf(IllegalStateException.class);
    }

    private boolean isMapped() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.anyMatch(line -> line.contains(path.toString()));
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Ways to read a message that end in an error which names the file, at once. */
    static Stream<Consumer<Message>> copies() {
        return Stream.of(Message::toByteArray, Message::asString, message -> message.copyTo(0, new byte[SIZE], 0, SIZE),
                message -> message.copyTo(SIZE - 10, new byte[10], 0, 10),
                message -> message.copyTo(0, MemorySegment.ofArray(new byte[SIZE]), 0, SIZE));
    }

    @ParameterizedTest
    @MethodSource("copies")
    void shouldNameAFileThatWasCutInsteadOfShowingZeros(final Consumer<Message> copy) throws IOException {
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        final List<RetainedMessage> retained = new ArrayList<>();
        try (MappedPayload payload = Payload.map(path)) {
            for (int i = 0; i < 3; i++) {
                publisher.offer(payload);
            }
            publisher.offer(EngineFixture.number(8));
        }
        // Within a page, whose rest reads as zeros; then whole pages, where there is nothing.
        for (final int length : new int[] {SIZE - 1, 5_000, 0}) {
            cut(length);
            final List<Message> shown = new ArrayList<>();
            assertThat(subscriber.poll(message -> {
                assertNamesTheFile(() -> copy.accept(message));
                shown.add(message);
                retained.add(message.retain());
            }, 1)).as("it was told").isEqualTo(1);
            assertThat(shown).hasSize(1);
            assertNamesTheFile(() -> copy.accept(retained.getLast()));
        }
        retained.forEach(RetainedMessage::release);
        assertThat(EngineFixture.drain(subscriber)).as("it goes on").containsExactly(8L);
    }

    private void assertNamesTheFile(final ThrowingCallable reading) {
        assertThatThrownBy(reading).isInstanceOf(KaelixException.class).hasMessageContaining(path.toString())
                .hasMessageContaining("was cut").hasMessageContaining("rename");
    }

    /** The JVM tells of such a read some instructions late: maybe only when the handler has returned. */
    @Test
    void shouldThrowOutOfThePollWhatAHandlerReadsBeyondTheCut() throws IOException {
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        // Often, so that compiled code does it too.
        for (int i = 0; i < 20_000; i++) {
            final boolean cut = i % 1_000 == 999;
            try (MappedPayload payload = Payload.map(path)) {
                publisher.offer(payload);
                publisher.offer(EngineFixture.number(i));
            }
            final long[] sum = {0};
            if (cut) {
                cut(0);
                assertThatThrownBy(() -> subscriber.poll(message -> sum[0] += message.getLong(message.length() - 8), 1))
                        .isInstanceOf(KaelixException.class).hasMessageContaining(path.toString());
                write();
            } else {
                assertThat(subscriber.poll(message -> sum[0] += message.getLong(message.length() - 8), 1)).isEqualTo(1);
            }
            assertThat(subscriber.poll(message -> sum[0] = message.getLong(0), 1)).isEqualTo(1);
            assertThat(sum[0]).isEqualTo(i);
        }
    }

    /** Compiled, a copy is another one than interpreted. */
    @Test
    void shouldNameTheFileFromCompiledCodeToo() throws IOException {
        final Subscriber subscriber = engine.subscriber("a");
        final Publisher publisher = engine.publisher("a");
        final Subscriber lossy = engine.lossy("b");
        final Publisher copying = engine.publisher("b");
        final byte[] expected = Arrays.copyOfRange(CONTENT, 0, 2_000);
        for (int i = 0; i < 20_000; i++) {
            final boolean cut = i % 1_000 == 999;
            try (MappedPayload payload = Payload.map(path, 0, 2_000)) {
                publisher.offer(payload);
                if (cut) {
                    cut(i % 2_000 == 999 ? 0 : 1_999);
                    assertThat(subscriber.poll(message -> assertNamesTheFile(message::toByteArray), 1)).isEqualTo(1);
                    assertNamesTheFile(() -> copying.offer(payload));
                    write();
                } else {
                    assertThat(subscriber.poll(message -> assertThat(message.toByteArray()).isEqualTo(expected), 1)).isEqualTo(1);
                    assertThat(copying.offer(payload)).isPositive();
                    assertThat(lossy.poll(message -> assertThat(message.length()).isEqualTo(2_000), 1)).isEqualTo(1);
                }
            }
        }
        assertThat(lossy.lost()).isZero();
    }

    @Test
    void shouldTellTheErrorHandlerOfPushedMessages() throws Exception {
        final Publisher publisher = engine.publisher("a");
        final AtomicReference<Throwable> told = new AtomicReference<>();
        final AtomicReference<Long> next = new AtomicReference<>();
        engine.streamer.subscribe("a", message -> {
            if (message.length() == SIZE) {
                message.toByteArray();
            } else {
                next.set(message.getLong(0));
            }
        }, (message, error) -> told.set(error));
        try (MappedPayload payload = Payload.map(path)) {
            cut(0);
            publisher.offer(payload);
            await("the error", () -> told.get() != null);
            assertThat(told.get()).isInstanceOf(KaelixException.class).hasMessageContaining(path.toString());
        }
        publisher.offer(EngineFixture.number(3));
        await("the next message", () -> next.get() != null);
        assertThat(next.get()).isEqualTo(3);
    }

    @Test
    void shouldSendNothingIfAFileWasCutThatHasToBeCopied() throws IOException {
        final Subscriber lossy = engine.lossy("a");
        final Publisher publisher = engine.publisher("a");
        try (MappedPayload payload = Payload.map(path, 0, 10_000)) {
            assertThat(publisher.offer(payload)).isPositive();
            for (final int length : new int[] {9_999, 100, 0}) {
                cut(length);
                assertNamesTheFile(() -> publisher.offer(payload));
                assertNamesTheFile(() -> publisher.offer(Message.builder().payload(payload).header("a", 1)));
            }
        }
        EngineFixture.send(publisher, 5);
        final List<Integer> lengths = new ArrayList<>();
        assertThat(lossy.poll(message -> lengths.add(message.length()), 10)).isEqualTo(2);
        assertThat(lengths).containsExactly(10_000, 8);
    }

    @Test
    void shouldOutliveAnInterruptOfItsThread() {
        final MappedPayload payload = Payload.map(path);
        final Subscriber subscriber = engine.subscriber("a");
        engine.publisher("a").offer(payload);
        Thread.currentThread().interrupt();
        assertThat(subscriber.poll(message -> assertThat(message.toByteArray()).isEqualTo(CONTENT), 1)).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
        payload.release();
    }
}
