// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import java.lang.ref.Cleaner;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Watches some of what must be released, takes back what can't be any more, and says so, once for each place.
 *
 * <p><b>Threads</b>: any.
 */
final class LeakReports {

    private static final System.Logger LOG = System.getLogger("io.kaelix.message");

    /** Of files, which belong to no streamer: made when the first one is mapped. */
    private static final class OfFiles {

        static final LeakReports REPORTS = new LeakReports(LeakDetection.configured(), LOG, Cleaner.create());
    }

    private final LeakDetection detection;
    private final System.Logger log;
    private final Cleaner cleaner;
    private final AtomicLong leaks = new AtomicLong();
    private final Set<StackTraceElement> reported = ConcurrentHashMap.newKeySet();

    LeakReports(final LeakDetection detection, final System.Logger log, final Cleaner cleaner) {
        this.detection = detection;
        this.log = log;
        this.cleaner = cleaner;
    }

    /** As the system property says, by the library's logger. */
    static LeakReports configured(final Cleaner cleaner) {
        return new LeakReports(LeakDetection.configured(), LOG, cleaner);
    }

    static LeakReports ofFiles() {
        return OfFiles.REPORTS;
    }

    /** Whether the next one is to be watched. */
    boolean watchesNext() {
        return detection.watchesNext();
    }

    /** Whether anything is watched, so that what is rare and large always is. */
    boolean watchesAny() {
        return detection != LeakDetection.OFF;
    }

    /**
     * Watches something that is about to be handed out.
     *
     * @param what it is and what was done to get it, for the warning
     * @param remedy for the warning, too
     * @param takeBack gives back what it holds; holds all that it needs, but not what is watched
     */
    LeakWatch watch(final Object watched, final String what, final String remedy, final Runnable takeBack) {
        return LeakWatch.over(watched, this, what, remedy, takeBack, cleaner);
    }

    /** One that nobody can release any more. */
    void leaked(final LeakWatch watch) {
        final StackTraceElement caller = watch.caller();
        if (reported.add(caller)) {
            log.log(System.Logger.Level.WARNING, watch.what() + " and never released, at " + caller + "; its memory was taken back. "
                    + watch.remedy() + "; -D" + LeakDetection.PROPERTY + "=all finds every place", watch.place());
        }
        watch.takeBack();
        // Last: who sees it counted finds it told and taken back.
        leaks.incrementAndGet();
    }

    long count() {
        return leaks.get();
    }
}
