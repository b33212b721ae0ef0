// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import java.util.Arrays;
import java.util.List;

/**
 * Tasks, the earliest first: by deadline, and those of one deadline in the order in which they were added.
 *
 * <p>A heap in an array, in which the four children of the task at i are at 4i + 1 to 4i + 4: half as deep as one of pairs, and what a
 * level compares are neighbours in the array. Each task knows its index, so that any one is taken out in O(log n), and the array holds
 * nothing that was taken out. It grows and never shrinks: in a scheduler that has run for a while, adding allocates nothing.
 *
 * <p>Not safe for several threads: {@link Timers} has the lock.
 */
final class TimerHeap {

    private static final int CHILDREN = 4;
    private static final int INITIAL_CAPACITY = 16;

    private TimedTask[] tasks = new TimedTask[INITIAL_CAPACITY];
    private int size;

    /** The earliest, or null if there is none. */
    TimedTask first() {
        return tasks[0];
    }

    int size() {
        return size;
    }

    /** The task is in no heap; its deadline and sequence stay as they are while it is here. */
    void insert(final TimedTask task) {
        if (size == tasks.length) {
            tasks = Arrays.copyOf(tasks, 2 * size);
        }
        place(task, size++);
    }

    /** False: it is in no heap. */
    boolean remove(final TimedTask task) {
        final int at = task.index;
        if (at == TimedTask.NOWHERE) {
            return false;
        }
        final TimedTask last = tasks[--size];
        tasks[size] = null;
        task.index = TimedTask.NOWHERE;
        if (last != task) {
            place(last, at);
        }
        return true;
    }

    /** Takes all out, in no particular order. */
    void drainTo(final List<TimedTask> list) {
        for (int i = 0; i < size; i++) {
            tasks[i].index = TimedTask.NOWHERE;
            list.add(tasks[i]);
            tasks[i] = null;
        }
        size = 0;
    }

    /** Puts a task into the gap at an index, or where the gap has to move for it. */
    private void place(final TimedTask task, final int gap) {
        final TimedTask[] heap = tasks;
        int at = gap;
        while (at > 0 && isBefore(task, heap[(at - 1) / CHILDREN])) {
            at = move((at - 1) / CHILDREN, at);
        }
        // Whoever has moved up is earlier than all below, so that at most one of the loops has work.
        for (int child = earliestChild(at); child > 0 && isBefore(heap[child], task); child = earliestChild(at)) {
            at = move(child, at);
        }
        heap[at] = task;
        task.index = at;
    }

    private int move(final int from, final int to) {
        final TimedTask task = tasks[from];
        tasks[to] = task;
        task.index = to;
        return from;
    }

    /** 0, which is nobody's child: it has none. */
    private int earliestChild(final int parent) {
        final int begin = CHILDREN * parent + 1;
        final int end = Math.min(begin + CHILDREN, size);
        int earliest = begin < end ? begin : 0;
        for (int child = begin + 1; child < end; child++) {
            if (isBefore(tasks[child], tasks[earliest])) {
                earliest = child;
            }
        }
        return earliest;
    }

    static boolean isBefore(final TimedTask one, final TimedTask other) {
        return one.deadline() < other.deadline() || one.deadline() == other.deadline() && one.sequence < other.sequence;
    }
}
