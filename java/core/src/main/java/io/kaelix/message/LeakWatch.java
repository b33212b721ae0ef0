// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.Topic;
import java.lang.ref.Cleaner;
import java.util.Arrays;

/**
 * Watches one retained message: knows where it was retained, and finds out, by the garbage collector, that nobody can release it any more.
 * Holds all that it needs but the message itself.
 */
final class LeakWatch implements Runnable {

    private static final String OURS = LeakWatch.class.getPackageName() + ".";

    private final MessagePool pool;
    private final Slab slab;
    private final int offset;
    private final Topic topic;
    private final Throwable place = new Throwable("retained here");
    private Cleaner.Cleanable cleanable;
    private volatile boolean released;

    private LeakWatch(final MessagePool pool, final Slab slab, final int offset, final Topic topic) {
        this.pool = pool;
        this.slab = slab;
        this.offset = offset;
        this.topic = topic;
    }

    /** For a message that is about to be handed out. */
    static LeakWatch over(final RetainedFrame message, final MessagePool pool, final Slab slab, final int offset, final Cleaner cleaner) {
        final LeakWatch watch = new LeakWatch(pool, slab, offset, message.topic());
        watch.cleanable = cleaner.register(message, watch);
        return watch;
    }

    /** It was released. */
    void end() {
        released = true;
        cleanable.clean();
    }

    /** Once: when it was released, or when it is garbage. */
    @Override
    public void run() {
        if (!released) {
            pool.leaked(this);
        }
    }

    Slab slab() {
        return slab;
    }

    int offset() {
        return offset;
    }

    /** Where the caller of the library stood. */
    StackTraceElement caller() {
        final StackTraceElement[] frames = place.getStackTrace();
        return Arrays.stream(frames).filter(frame -> !frame.getClassName().startsWith(OURS)).findFirst().orElse(frames[0]);
    }

    Throwable place() {
        return place;
    }

    Topic topic() {
        return topic;
    }
}
