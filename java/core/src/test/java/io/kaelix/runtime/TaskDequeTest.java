// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskDequeTest {

    private final Taken taken = new Taken();

    private static TaskDeque with(final int maxCapacity, final int tasks) {
        final TaskDeque deque = new TaskDeque(maxCapacity);
        for (int i = 0; i < tasks; i++) {
            assertThat(deque.push(new Numbered(i), 1_000 + i)).isTrue();
        }
        return deque;
    }

    private void assertPops(final TaskDeque deque, final int number) {
        assertThat(deque.pop(taken)).isEqualTo(new Numbered(number));
        assertThat(taken.scheduledAt).isEqualTo(1_000 + number);
    }

    private void assertSteals(final TaskDeque deque, final int number) {
        assertThat(deque.steal(taken)).isEqualTo(new Numbered(number));
        assertThat(taken.scheduledAt).isEqualTo(1_000 + number);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, 100, Integer.MAX_VALUE})
    void shouldRefuseCapacityThatIsNoPowerOfTwo(final int capacity) {
        assertThatThrownBy(() -> new TaskDeque(capacity)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(" " + capacity + " ").hasMessageContaining("power of two");
    }

    @Test
    void shouldRefuseToPushNothing() {
        final TaskDeque deque = with(4, 1);
        assertThatThrownBy(() -> deque.push(null, 0)).isInstanceOf(NullPointerException.class);
        assertThat(deque.size()).isOne();
    }

    @Test
    void shouldGiveItsOwnerTheNewest() {
        final TaskDeque deque = with(16, 3);
        assertPops(deque, 2);
        assertPops(deque, 1);
        assertPops(deque, 0);
        assertThat(deque.pop(taken)).isNull();
    }

    @Test
    void shouldGiveThievesTheOldest() {
        final TaskDeque deque = with(16, 3);
        assertSteals(deque, 0);
        assertSteals(deque, 1);
        assertSteals(deque, 2);
        assertThat(deque.steal(taken)).isNull();
    }

    @Test
    void shouldGiveTheLastOneOnce() {
        final TaskDeque popped = with(16, 1);
        assertPops(popped, 0);
        assertThat(popped.steal(taken)).isNull();
        final TaskDeque stolen = with(16, 1);
        assertSteals(stolen, 0);
        assertThat(stolen.pop(taken)).isNull();
    }

    @Test
    void shouldLeaveTheTimeAloneWhereThereIsNoTask() {
        final TaskDeque deque = with(16, 1);
        assertPops(deque, 0);
        assertThat(deque.pop(taken)).isNull();
        assertThat(deque.steal(taken)).isNull();
        assertThat(taken.scheduledAt).isEqualTo(1_000);
    }

    @Test
    void shouldSayHowManyThereAre() {
        final TaskDeque deque = new TaskDeque(16);
        assertThat(deque.size()).isZero();
        assertThat(deque.isEmpty()).isTrue();
        deque.push(new Numbered(0), 0);
        deque.push(new Numbered(1), 0);
        assertThat(deque.size()).isEqualTo(2);
        assertThat(deque.isEmpty()).isFalse();
        deque.steal(taken);
        assertThat(deque.size()).isOne();
        deque.pop(taken);
        deque.pop(taken);
        assertThat(deque.size()).isZero();
        assertThat(deque.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 256, 1024})
    void shouldBeFullAtItsCapacityAndNotBefore(final int capacity) {
        final TaskDeque deque = with(capacity, capacity);
        assertThat(deque.push(new Numbered(-1), 0)).isFalse();
        assertThat(deque.size()).isEqualTo(capacity);
        assertSteals(deque, 0);
        assertThat(deque.push(new Numbered(capacity), 1_000 + capacity)).isTrue();
        assertThat(deque.push(new Numbered(-1), 0)).isFalse();
        for (int number = capacity; number > 0; number--) {
            assertPops(deque, number);
        }
        assertThat(deque.pop(taken)).isNull();
    }

    @Test
    void shouldKeepOrderWhileItGrows() {
        final TaskDeque deque = new TaskDeque(1 << 14);
        int stolen = 0;
        for (int i = 0; i < 1 << 14; i++) {
            deque.push(new Numbered(i), 1_000 + i);
            if (i % 5 == 0) {
                assertSteals(deque, stolen++);
            }
        }
        for (int number = (1 << 14) - 1; number >= stolen; number--) {
            if (number % 3 == 0) {
                assertSteals(deque, stolen++);
            }
            if (number >= stolen) {
                assertPops(deque, number);
            }
        }
        assertThat(deque.pop(taken)).isNull();
    }

    @Test
    void shouldForgetWhatWasPopped() {
        final TaskDeque deque = new TaskDeque(1024);
        final List<WeakReference<Runnable>> popped = pushFresh(deque, 600);
        while (deque.pop(taken) != null) {
            assertThat(deque.size()).isLessThan(600);
        }
        assertForgotten(popped);
        assertThat(deque.isEmpty()).isTrue();
    }

    @Test
    void shouldForgetWhatWasStolenAtTheNextPopWhateverThatFinds() {
        final TaskDeque deque = new TaskDeque(1024);
        final List<WeakReference<Runnable>> some = pushFresh(deque, 300);
        deque.push(new Numbered(0), 1_000);
        deque.push(new Numbered(1), 1_001);
        for (int i = 0; i < 300; i++) {
            deque.steal(taken);
        }
        assertPops(deque, 1);
        assertForgotten(some);
        final List<WeakReference<Runnable>> others = pushFresh(deque, 300);
        while (deque.steal(taken) != null) {
            assertThat(deque.size()).isLessThanOrEqualTo(300);
        }
        assertThat(deque.pop(taken)).isNull();
        assertForgotten(others);
        assertThat(deque.isEmpty()).isTrue();
    }

    private static List<WeakReference<Runnable>> pushFresh(final TaskDeque deque, final int tasks) {
        final List<WeakReference<Runnable>> pushed = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            final Runnable task = new Numbered(i);
            deque.push(task, 0);
            pushed.add(new WeakReference<>(task));
        }
        return pushed;
    }

    private static void assertForgotten(final List<WeakReference<Runnable>> tasks) {
        System.gc();
        assertThat(tasks).allSatisfy(task -> assertThat(task.get()).isNull());
    }

    @Test
    void shouldAllocateNothingButForGrowth() {
        final TaskDeque deque = with(256, 10);
        final Runnable task = new Numbered(0);
        final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        cycle(deque, task, 20_000);
        final long before = threads.getCurrentThreadAllocatedBytes();
        cycle(deque, task, 20_000);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(20_000);
    }

    private void cycle(final TaskDeque deque, final Runnable task, final int times) {
        for (int i = 0; i < times; i++) {
            deque.push(task, i);
            deque.push(task, i);
            deque.steal(taken);
            deque.pop(taken);
        }
    }
}
