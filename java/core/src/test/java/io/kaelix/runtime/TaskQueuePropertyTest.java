// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever is put in and taken out, in whatever order: the queues answer as {@link ArrayDeque} does. */
class TaskQueuePropertyTest {

    private enum Action { PUT, TAKE_NEWEST, TAKE_OLDEST }

    /** Times: in a row, so that queues get full, and empty. */
    private record Step(Action action, int times) {
    }

    private final Taken taken = new Taken();

    @Provide
    Arbitrary<List<Step>> steps() {
        return Arbitraries.of(Action.class).flatMap(action -> Arbitraries.integers().between(1, 40).map(times -> new Step(action, times)))
                .list().ofMaxSize(60);
    }

    private void assertTook(final Runnable task, final Numbered expected) {
        assertThat(task).isEqualTo(expected);
        if (expected != null) {
            assertThat(taken.scheduledAt).isEqualTo(~expected.number());
        }
    }

    @Property(tries = 500)
    void shouldAnswerAsADequeDoes(@ForAll("steps") final List<Step> steps, @ForAll @IntRange(max = 3) final int firstBits,
            @ForAll @IntRange(max = 8) final int maxBits) {
        final TaskDeque deque = new TaskDeque(1 << firstBits, 1 << maxBits);
        final Deque<Numbered> model = new ArrayDeque<>();
        int number = 0;
        for (final Step step : steps) {
            for (int i = 0; i < step.times; i++) {
                switch (step.action) {
                    case PUT -> {
                        final Numbered task = new Numbered(number++);
                        final boolean room = model.size() < 1 << maxBits;
                        assertThat(deque.push(task, ~task.number())).isEqualTo(room);
                        if (room) {
                            model.addLast(task);
                        }
                    }
                    case TAKE_NEWEST -> assertTook(deque.pop(taken), model.pollLast());
                    case TAKE_OLDEST -> assertTook(deque.steal(taken), model.pollFirst());
                }
                assertThat(deque.size()).isEqualTo(model.size());
                assertThat(deque.isEmpty()).isEqualTo(model.isEmpty());
            }
        }
        while (!model.isEmpty()) {
            assertTook(deque.pop(taken), model.pollLast());
        }
        assertThat(deque.pop(taken)).isNull();
    }

    @Property(tries = 500)
    void shouldAnswerAsAQueueDoes(@ForAll("steps") final List<Step> steps, @ForAll @IntRange(min = 1, max = 6) final int bits,
            @ForAll final boolean close) {
        final TaskInbox inbox = new TaskInbox(1 << bits);
        final Deque<Numbered> model = new ArrayDeque<>();
        int number = 0;
        for (final Step step : steps) {
            for (int i = 0; i < step.times; i++) {
                if (step.action == Action.PUT) {
                    final Numbered task = new Numbered(number++);
                    final boolean room = model.size() < 1 << bits;
                    assertThat(inbox.offer(task, ~task.number())).isEqualTo(room ? TaskInbox.OFFERED : TaskInbox.FULL);
                    if (room) {
                        model.addLast(task);
                    }
                } else {
                    assertTook(inbox.poll(taken), model.pollFirst());
                }
                assertThat(inbox.size()).isEqualTo(model.size());
                assertThat(inbox.isEmpty()).isEqualTo(model.isEmpty());
            }
        }
        if (close) {
            inbox.close();
            assertThat(inbox.offer(new Numbered(number), 0)).isEqualTo(TaskInbox.CLOSED);
        }
        while (!model.isEmpty()) {
            assertTook(close ? inbox.pollClosed(taken) : inbox.poll(taken), model.pollFirst());
        }
        assertThat(close ? inbox.pollClosed(taken) : inbox.poll(taken)).isNull();
    }
}
