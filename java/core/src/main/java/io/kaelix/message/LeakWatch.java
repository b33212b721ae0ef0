// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.Payload;
import java.lang.ref.Cleaner;
import java.util.Arrays;

/**
 * Watches one thing that must be released: knows where it was had from, and finds out, by the garbage collector, that nobody can release
 * it any more. Holds all that it needs but the thing itself.
 */
final class LeakWatch implements Runnable {

    private static final String MESSAGE = LeakWatch.class.getPackageName() + ".";
    private static final String API = Payload.class.getPackageName() + ".";

    private final LeakReports reports;
    private final String what;
    private final String remedy;
    private final Runnable takeBack;
    private final Throwable place = new Throwable("retained here");
    private Cleaner.Cleanable cleanable;
    private volatile boolean released;

    private LeakWatch(final LeakReports reports, final String what, final String remedy, final Runnable takeBack) {
        this.reports = reports;
        this.what = what;
        this.remedy = remedy;
        this.takeBack = takeBack;
    }

    static LeakWatch over(final Object watched, final LeakReports reports, final String what, final String remedy, final Runnable takeBack,
            final Cleaner cleaner) {
        final LeakWatch watch = new LeakWatch(reports, what, remedy, takeBack);
        watch.cleanable = cleaner.register(watched, watch);
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
            reports.leaked(this);
        }
    }

    String what() {
        return what;
    }

    String remedy() {
        return remedy;
    }

    void takeBack() {
        takeBack.run();
    }

    /** Where the caller of the library stood: above this room, and above the classes of the API and of what implements it. */
    StackTraceElement caller() {
        final StackTraceElement[] frames = place.getStackTrace();
        return Arrays.stream(frames).filter(frame -> !isOurs(frame.getClassName())).findFirst().orElse(frames[0]);
    }

    private static boolean isOurs(final String name) {
        return name.startsWith(MESSAGE) || name.equals(API + "Payload") || name.equals(API + "MemoryStreamer")
                || name.equals(API + "engine.LocalStreamer") || name.equals(API + "engine.LaneBatch");
    }

    Throwable place() {
        return place;
    }
}
