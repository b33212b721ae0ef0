// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Duty;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Turns of a loop, taken by the test: whom it looks at, and when. */
@Timeout(20)
class LoopTest {

    private final Loop loop = Loop.ofListener();
    private final List<Ear> ears = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        loop.ended();
        for (final Ear ear : ears) {
            ear.pipe.source().close();
            ear.pipe.sink().close();
        }
    }

    /** Counts how often it is looked at, and hears what comes through its pipe if it is told that there may be something. */
    private static final class Ear extends Served {

        final Pipe pipe;
        private final ByteBuffer bytes = ByteBuffer.allocate(64);
        int looks;
        int readable;
        int heard;
        boolean throwing;
        boolean stopped;

        Ear() throws IOException {
            pipe = Pipe.open();
            pipe.source().configureBlocking(false);
        }

        void say() throws IOException {
            pipe.sink().write(ByteBuffer.wrap(new byte[1]));
        }

        @Override
        int turn(final long now, final boolean mayRead) {
            looks++;
            if (throwing) {
                throw new IllegalStateException("a test has it fail");
            }
            if (!mayRead) {
                return 0;
            }
            readable++;
            try {
                final int read = Math.max(0, pipe.source().read(bytes.clear()));
                heard += read;
                return read;
            } catch (final IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        void stop() {
            stopped = true;
        }

        @Override
        boolean isOver() {
            return stopped;
        }
    }

    private Ear ear(final Loop of) throws IOException {
        final Ear ear = new Ear();
        ears.add(ear);
        of.add(ear);
        of.watch(ear.pipe.source(), SelectionKey.OP_READ, ear);
        return ear;
    }

    private List<Ear> ears(final int count) throws IOException {
        for (int i = 0; i < count; i++) {
            ear(loop);
        }
        return ears;
    }

    private static void turns(final Loop of, final int count) {
        for (int i = 0; i < count; i++) {
            of.turn();
        }
    }

    private int looks() {
        return ears.stream().mapToInt(ear -> ear.looks).sum();
    }

    /** Until none of them counts as active any more. */
    private void quieten() {
        turns(loop, 4_000);
    }

    @Test
    void shouldHearEachOfManyHoweverLongItWasQuiet() throws IOException {
        ears(100);
        quieten();
        for (int i = 0; i < 100; i += 7) {
            ears.get(i).say();
            NetworkTest.await(() -> {
                loop.turn();
                return ears.stream().mapToInt(ear -> ear.heard).sum() > 0;
            });
            assertThat(ears.get(i).heard).as("the one that was spoken to").isEqualTo(1);
            ears.get(i).heard = 0;
        }
    }

    @Test
    void shouldReadFewSocketsWithoutAskingAndOfManyOnlyThoseThatHaveSomething() throws IOException {
        ears(4);
        turns(loop, 100);
        assertThat(ears.stream().mapToInt(ear -> ear.readable).sum()).as("looks at few that are active").isGreaterThanOrEqualTo(400);
        quieten();
        ears(60);
        turns(loop, 2);
        final int before = ears.stream().mapToInt(ear -> ear.readable).sum();
        turns(loop, 100);
        assertThat(ears.stream().mapToInt(ear -> ear.readable).sum()).as("of many, none has something").isEqualTo(before);
    }

    @Test
    void shouldLookAtFewOfManyInATurnWhileNoneHasSomething() throws IOException {
        ears(1_000);
        quieten();
        final int before = looks();
        // As a worker that never rests has it: after a rest, more are looked at.
        turns(loop, 200);
        assertThat(looks() - before).as("looks in 200 turns at 1000 that are quiet").isLessThan(200 * 100);
    }

    @Test
    void shouldLookAtAllOfThemInRotation() throws IOException {
        ears(300);
        quieten();
        ears.forEach(ear -> ear.looks = 0);
        turns(loop, 300);
        assertThat(ears).allMatch(ear -> ear.looks > 0);
    }

    @Test
    void shouldGoOnWithOthersWhenOneFails() throws IOException {
        ears(3);
        ears.get(1).throwing = true;
        ears.get(2).say();
        turns(loop, 2);
        assertThat(ears.get(1).stopped).isTrue();
        assertThat(ears.get(2).heard).isEqualTo(1);
        final int looks = ears.get(1).looks;
        turns(loop, 100);
        assertThat(ears.get(1).looks).as("is served no more").isEqualTo(looks);
    }

    @Test
    void shouldFailOneWhoseTaskThrows() throws IOException {
        ears(2);
        assertThat(loop.execute(ears.get(0), () -> {
            throw new IllegalStateException("a test has it fail");
        })).isTrue();
        loop.turn();
        assertThat(ears.get(0).stopped).isTrue();
        assertThat(ears.get(1).stopped).isFalse();
    }

    @Test
    void shouldRunNoTaskBehindItsEnd() throws IOException {
        ears(1);
        final boolean[] ran = new boolean[2];
        assertThat(loop.execute(() -> ran[0] = true)).isTrue();
        loop.end();
        assertThat(loop.turn()).isEqualTo(Duty.DONE);
        loop.ended();
        assertThat(ears.get(0).stopped).isTrue();
        assertThat(loop.execute(() -> ran[1] = true)).isFalse();
        assertThat(ran).containsExactly(true, false);
    }

    @Test
    void shouldServeTheOnlySocketAndThenOthersBesideIt() throws IOException {
        final Loop clients = Loop.ofClients(one -> true);
        final Ear first = ear(clients);
        first.say();
        turns(clients, 2);
        assertThat(first.heard).isEqualTo(1);
        turns(clients, 4_000);
        first.say();
        turns(clients, 2);
        assertThat(first.heard).as("when it does not count as active").isEqualTo(2);
        final Ear second = ear(clients);
        turns(clients, 4_000);
        for (int i = 1; i <= 3; i++) {
            final int times = i;
            first.say();
            second.say();
            NetworkTest.await(() -> {
                clients.turn();
                return first.heard == 2 + times && second.heard == times;
            });
        }
        first.stopped = true;
        second.stopped = true;
        NetworkTest.await(() -> clients.turn() == Duty.DONE);
        clients.ended();
    }

    @Test
    void shouldServeAnotherSocketInPlaceOfTheOnlyOneThatWasClosed() throws IOException {
        final Loop clients = Loop.ofClients(one -> true);
        final Ear first = ear(clients);
        first.pipe.source().close();
        first.stopped = true;
        final Ear second = ear(clients);
        turns(clients, 4_000);
        second.say();
        turns(clients, 2);
        assertThat(second.heard).isEqualTo(1);
        clients.ended();
        assertThat(second.stopped).isTrue();
    }
}
