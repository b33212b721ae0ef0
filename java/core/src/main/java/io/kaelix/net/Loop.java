// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.Duty;
import io.kaelix.KaelixException;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Serves all connections of a listener or client in the turns of one worker.
 *
 * <p>Those that were active lately are read directly in each turn: for one busy connection that is the shortest way. All others are found
 * by the selector, now and then, and looked at in rotation for what there is to send. When the worker comes back from a rest, all are
 * looked at.
 *
 * <p><b>Threads</b>: turns are one worker's; {@link #execute} is for any.
 */
final class Loop implements Duty {

    private static final System.Logger LOGGER = System.getLogger(Loop.class.getName());
    /** Turns for which something counts as active. */
    private static final int ACTIVE_TURNS = 2_000;
    /** Between two looks at the selector while something is active: each is as long as all else in a turn. */
    private static final long SELECT_NANOS = 50_000;
    /** Turns in which all are looked at. */
    private static final int ROTATION = 32;
    /** A worker that was away for so long has rested. */
    private static final long RESTED_NANOS = 20_000;

    private final boolean endsByItself;
    private final Selector selector;
    private final Consumer<SelectionKey> ready = this::ready;
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private Served[] all = new Served[8];
    private int count;
    private Served[] active = new Served[8];
    private int activeCount;
    private int next;
    private long turns;
    private long lastTurn;
    private long lastSelect;
    private int found;
    private boolean served;
    private volatile Thread thread;
    private volatile boolean ending;
    private volatile boolean ended;

    /** @param endsByItself whether it ends when nothing is served any more */
    Loop(final boolean endsByItself) {
        this.endsByItself = endsByItself;
        try {
            this.selector = Selector.open();
        } catch (final IOException e) {
            throw new KaelixException("no selector can be had for connections: " + e.getMessage()
                    + "; compare 'ulimit -n' with the files open", e);
        }
    }

    /** Has a task run by the worker, before its next turn. False if it will not be run, since there are no turns any more. */
    boolean execute(final Runnable task) {
        commands.add(task);
        // Whoever ends looks at the commands once more behind this mark, so that one of both sees it.
        return !ended || !commands.remove(task);
    }

    /** Whether the caller is the worker. */
    boolean isOwn() {
        return Thread.currentThread() == thread;
    }

    /** The caller, who had its turns, has no more: a worker goes on. */
    void leave() {
        thread = null;
    }

    /** No turns any more behind the next one. */
    void end() {
        ending = true;
    }

    /** Whether nothing is served but one. By the worker, as all that follows. */
    boolean servesAlone(final Served one) {
        for (int i = 0; i < count; i++) {
            if (all[i] != one && !all[i].isOver()) {
                return false;
            }
        }
        return true;
    }

    /** Serves something from now on, if it is not served already, and looks at it in the next turn. */
    void add(final Served served) {
        if (served.added) {
            activate(served);
            return;
        }
        served.added = true;
        this.served = true;
        if (count == all.length) {
            all = Arrays.copyOf(all, 2 * count);
        }
        all[count++] = served;
        activate(served);
    }

    /** Looks for what a channel has to say to something that is served. */
    void watch(final SelectableChannel channel, final int operations, final Served served) throws IOException {
        channel.register(selector, operations, served);
    }

    /** Has what a channel says be told to something else. */
    void hand(final SelectableChannel channel, final Served served) {
        final SelectionKey key = channel.keyFor(selector);
        if (key != null) {
            key.attach(served);
        }
    }

    @Override
    public int turn() {
        thread = Thread.currentThread();
        final long now = System.nanoTime();
        final boolean rested = now - lastTurn > RESTED_NANOS;
        lastTurn = now;
        turns++;
        found = 0;
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
            found++;
        }
        if (rested || activeCount == 0 || now - lastSelect > SELECT_NANOS) {
            lastSelect = now;
            select();
        }
        serveActive(now);
        rotate(now, rested);
        return ending || endsByItself && served && count == 0 ? DONE : found;
    }

    private void select() {
        try {
            selector.selectNow(ready);
        } catch (final IOException e) {
            throw new KaelixException("the selector of connections failed: " + e.getMessage(), e);
        }
    }

    private void ready(final SelectionKey key) {
        final Served served = (Served) key.attachment();
        if (served.isWatched()) {
            activate(served);
        } else {
            found += served.turn(lastTurn, true);
        }
    }

    private void activate(final Served served) {
        served.activeUntil = turns + ACTIVE_TURNS;
        if (!served.active && served.isWatched()) {
            served.active = true;
            if (activeCount == active.length) {
                active = Arrays.copyOf(active, 2 * activeCount);
            }
            active[activeCount++] = served;
        }
    }

    private void serveActive(final long now) {
        for (int i = 0; i < activeCount; i++) {
            final Served served = active[i];
            final int done = served.turn(now, true);
            if (done > 0) {
                served.activeUntil = turns + ACTIVE_TURNS;
                found += done;
            }
            if (served.activeUntil <= turns || served.isOver()) {
                served.active = false;
                active[i--] = active[--activeCount];
                active[activeCount] = null;
            }
        }
    }

    private void rotate(final long now, final boolean rested) {
        final int looks = rested ? count : Math.min(count, 1 + count / ROTATION);
        for (int i = 0; i < looks && count > 0; i++) {
            next = next >= count ? 0 : next;
            final Served served = all[next];
            if (served.isOver()) {
                served.added = false;
                all[next] = all[--count];
                all[count] = null;
                continue;
            }
            if (!served.active) {
                final int done = served.turn(now, false);
                if (done > 0) {
                    activate(served);
                    found += done;
                }
            }
            next++;
        }
    }

    @Override
    public void ended() {
        ended = true;
        for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
            command.run();
        }
        for (int i = 0; i < count; i++) {
            all[i].stop();
        }
        try {
            selector.close();
        } catch (final IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "closing a selector: " + e);
        }
    }
}
