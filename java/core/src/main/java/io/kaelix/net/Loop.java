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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Serves connections in the turns of one worker: all of a listener, or those of clients that share workers.
 *
 * <p>Those that were active lately are looked at in each turn. While they are few, their sockets are read directly: for one busy connection
 * that is the shortest way; of many, the selector says in each turn which have something. All others are found by the selector, now and
 * then, and looked at in rotation for what there is to send. The longer the worker was away, the more are looked at when it is back: all of
 * some ten after the shortest rest.
 *
 * <p>While there is but one socket no selector is made for it: to read it is as cheap as to ask.
 *
 * <p><b>Threads</b>: turns are one worker's; {@link #execute} and {@link #join} are for any.
 */
final class Loop implements Duty {

    private static final System.Logger LOGGER = System.getLogger(Loop.class.getName());
    /** Turns for which something counts as active, if few are; of many, as many as make so many looks in all. */
    private static final int ACTIVE_TURNS = 2_000;
    private static final int ACTIVE_LOOKS = 8_000;
    private static final int LEAST_ACTIVE_TURNS = 8;
    /** So many sockets are read without asking whether they have something. */
    private static final int FEW = 8;
    /** Between two looks at the selector while something is active: each is as long as all else in a turn. */
    private static final long SELECT_NANOS = 50_000;
    /** Turns in which all are looked at, unless that would make them long. */
    private static final int ROTATION = 32;
    private static final int MOST_LOOKS = 8;
    /** A worker that was away for so long has rested, or had others to serve. */
    private static final long RESTED_NANOS = 20_000;
    /** For so long each, one more is looked at when it is back: a tenth of the time or less, however many they are. */
    private static final long LOOK_NANOS = 2_000;

    /** What somebody wants to have done, for one that is served, or for all. */
    private record Command(Served served, Runnable task) {
    }

    /** Whether a loop that serves nothing ends. */
    private final Predicate<Loop> end;
    private final Consumer<SelectionKey> onReady = this::ready;
    private final Queue<Command> commands = new ConcurrentLinkedQueue<>();
    /** Sessions that are about to be added. */
    private final AtomicInteger joining = new AtomicInteger();
    /** Null while there is but one socket. */
    private Selector selector;
    /** Whose socket that is; or null. */
    private Served lone;
    private SelectableChannel loneChannel;
    private Served[] all = new Served[8];
    /** Any thread may read it. */
    private volatile int count;
    private Served[] active = new Served[8];
    private int activeCount;
    private int activeTurns = ACTIVE_TURNS;
    private int next;
    private long turns;
    private long turnBegan;
    private long lastTurn;
    private long lastSelect;
    private int done;
    private boolean giving;
    private volatile Thread thread;
    private volatile boolean ending;
    private volatile boolean ended;

    private Loop(final Predicate<Loop> end) {
        this.end = end;
    }

    /** One that goes on until it is told to {@link #end}. */
    static Loop ofListener() {
        final Loop loop = new Loop(served -> false);
        loop.openSelector();
        return loop;
    }

    /** @param end asked when nothing is served, whether that is all; and told when the loop has ended */
    static Loop ofClients(final Predicate<Loop> end) {
        return new Loop(end);
    }

    private void openSelector() {
        try {
            selector = Selector.open();
        } catch (final IOException e) {
            throw new KaelixException("no selector can be had for connections: " + e.getMessage()
                    + "; compare 'ulimit -n' with the files open", e);
        }
    }

    /** Has a task run by the worker, before its next turn. False if it will not be run, since there are no turns any more. */
    boolean execute(final Runnable task) {
        return execute(new Command(null, task));
    }

    /** The same for one that is served: if the task throws, that one has failed, and what it has to send is sent in the same turn. */
    boolean execute(final Served served, final Runnable task) {
        return execute(new Command(served, task));
    }

    private boolean execute(final Command command) {
        commands.add(command);
        // Whoever ends looks at the commands once more behind this mark, so that one of both sees it.
        return !ended || !commands.remove(command);
    }

    /** Serves a session from the next turn on, which the caller does not touch any more. False if there are no turns any more. */
    boolean join(final ClientSession session) {
        joining.incrementAndGet();
        final boolean joins = execute(session, () -> {
            joining.decrementAndGet();
            try {
                session.serveBy(this);
            } catch (final IOException e) {
                session.failed(e);
            }
        });
        if (!joins) {
            joining.decrementAndGet();
        }
        return joins;
    }

    /** Whether a session is about to be added. */
    boolean isJoined() {
        return joining.get() > 0;
    }

    /** How much there is for it to do, roughly. */
    int load() {
        return joining.get() + count;
    }

    /** Whether there are no turns any more. */
    boolean hasEnded() {
        return ended;
    }

    /** Whether the caller is the worker. */
    boolean isOwn() {
        return Thread.currentThread() == thread;
    }

    /** No turns any more behind the next one. */
    void end() {
        ending = true;
    }

    /** Somebody has the answer that they wait for, and may wait for this CPU, too. By the worker. */
    void giveWay() {
        giving = true;
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
        if (!served.added) {
            served.added = true;
            final int size = count;
            if (size == all.length) {
                all = Arrays.copyOf(all, 2 * size);
            }
            all[size] = served;
            count = size + 1;
        }
        served.ready = true;
        activate(served);
    }

    /** Looks for what a channel has to say to something that is served. */
    void watch(final SelectableChannel channel, final int operations, final Served served) throws IOException {
        if (selector == null) {
            if (lone == null || !loneChannel.isOpen()) {
                lone = served;
                loneChannel = channel;
                return;
            }
            openSelector();
            loneChannel.register(selector, SelectionKey.OP_READ, lone);
            lone = null;
            loneChannel = null;
        }
        channel.register(selector, operations, served);
    }

    /** Has what a channel says be told to something else. */
    void hand(final SelectableChannel channel, final Served served) {
        if (channel == loneChannel) {
            lone = served;
            return;
        }
        final SelectionKey key = selector == null ? null : channel.keyFor(selector);
        if (key != null) {
            key.attach(served);
        }
    }

    @Override
    public int turn() {
        if (!isOwn()) {
            thread = Thread.currentThread();
        }
        final long now = System.nanoTime();
        final long away = now - lastTurn;
        final boolean rested = away > RESTED_NANOS;
        turnBegan = now;
        turns++;
        done = 0;
        for (Command command = commands.poll(); command != null; command = commands.poll()) {
            run(command);
            done++;
        }
        if (selector != null && (rested || activeCount == 0 || activeCount > FEW || now - lastSelect > SELECT_NANOS)) {
            lastSelect = now;
            select();
        }
        serveActive(now);
        rotate(now, rested ? away / LOOK_NANOS : 0);
        if (giving) {
            giving = false;
            Thread.yield();
        }
        // A turn that serves many takes longer than a rest.
        lastTurn = count > ROTATION ? System.nanoTime() : now;
        return ending || count == 0 && end.test(this) ? DONE : done;
    }

    private void run(final Command command) {
        final Served served = command.served;
        if (served == null) {
            command.task.run();
            return;
        }
        try {
            command.task.run();
        } catch (final RuntimeException | Error e) {
            served.failed(e);
        }
        if (served.added) {
            activate(served);
        }
    }

    private void select() {
        try {
            selector.selectNow(onReady);
        } catch (final IOException e) {
            throw new KaelixException("the selector of connections failed: " + e.getMessage(), e);
        }
    }

    private void ready(final SelectionKey key) {
        final Served served = (Served) key.attachment();
        if (served.isWatched()) {
            served.ready = true;
            activate(served);
        } else {
            done += turn(served, turnBegan, true);
        }
    }

    private void activate(final Served served) {
        served.activeUntil = turns + activeTurns;
        if (!served.active && served.isWatched()) {
            served.active = true;
            if (activeCount == active.length) {
                active = Arrays.copyOf(active, 2 * activeCount);
            }
            active[activeCount++] = served;
            limitActivity();
        }
    }

    /** That many are active must not make each turn as long as they are many, long after they were. */
    private void limitActivity() {
        activeTurns = Math.clamp(ACTIVE_LOOKS / Math.max(1, activeCount), LEAST_ACTIVE_TURNS, ACTIVE_TURNS);
    }

    private void serveActive(final long now) {
        for (int i = 0; i < activeCount; i++) {
            final Served served = active[i];
            // With many, a socket is read until it had nothing: what lies decrypted behind it is not the selector's to see.
            final int found = turn(served, now, served.ready || selector == null || activeCount <= FEW);
            served.ready = found > 0;
            if (found > 0) {
                served.activeUntil = turns + activeTurns;
                done += found;
            }
            if (served.activeUntil <= turns || served.isOver()) {
                served.active = false;
                active[i--] = active[--activeCount];
                active[activeCount] = null;
                limitActivity();
            }
        }
    }

    private static int turn(final Served served, final long now, final boolean readable) {
        try {
            return served.turn(now, readable);
        } catch (final RuntimeException | Error e) {
            served.failed(e);
            return 1;
        }
    }

    /** @param least that are looked at, if there are so many */
    private void rotate(final long now, final long least) {
        final int size = count;
        final int looks = (int) Math.min(size, Math.max(least, Math.min(MOST_LOOKS, 1 + size / ROTATION)));
        for (int i = 0; i < looks && count > 0; i++) {
            next = next >= count ? 0 : next;
            final Served served = all[next];
            if (served.isOver()) {
                remove(next);
                continue;
            }
            if (!served.active) {
                final int found = turn(served, now, served == lone);
                if (found > 0) {
                    activate(served);
                    done += found;
                }
            }
            next++;
        }
    }

    private void remove(final int index) {
        final int last = count - 1;
        all[index].added = false;
        all[index] = all[last];
        all[last] = null;
        count = last;
    }

    @Override
    public void ended() {
        ended = true;
        for (Command command = commands.poll(); command != null; command = commands.poll()) {
            run(command);
        }
        for (int i = 0; i < count; i++) {
            all[i].stop();
        }
        end.test(this);
        if (selector != null) {
            try {
                selector.close();
            } catch (final IOException e) {
                LOGGER.log(System.Logger.Level.DEBUG, "closing a selector: " + e);
            }
        }
    }
}
