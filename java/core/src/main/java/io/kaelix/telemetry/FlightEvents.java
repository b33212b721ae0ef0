// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;

/**
 * What happens seldom and matters, told to Java Flight Recorder: in JDK Mission Control under "Kaelix", as {@code io.kaelix.Backpressure},
 * {@code Overrun}, {@code SlowSubscriber}, {@code Reload}, {@code PlacementFallback} and {@code LongTask}.
 *
 * <p><b>Cost</b>: where no recording was ever made, a look at one field: no class of the recorder's is loaded, nothing is allocated. The
 * module {@code jdk.jfr} may be absent; then nothing is told.
 *
 * <p><b>Thresholds</b> are those of the library's own settings, such as {@code backpressureEvent}. An event tells in a field how long what
 * happened took, and takes no time itself: with a threshold of the recorder's above 0 none is recorded.
 *
 * <p><b>Threads</b>: any. Nothing blocks.
 *
 * <pre>
 * jcmd PID JFR.start filename=kaelix.jfr       and after a while
 * jfr print --categories Kaelix kaelix.jfr
 * </pre>
 */
public final class FlightEvents {

    private static final boolean PRESENT = isPresent();

    private FlightEvents() {
    }

    private static boolean isPresent() {
        try {
            Class.forName("jdk.jfr.FlightRecorder", false, FlightEvents.class.getClassLoader());
            return true;
        } catch (final ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }

    /** Where the types of events are known: not before there is a recorder, and not without the module. */
    private static final class Types {

        static final EventType BACKPRESSURE = EventType.getEventType(BackpressureEvent.class);
        static final EventType OVERRUN = EventType.getEventType(OverrunEvent.class);
        static final EventType SLOW_SUBSCRIBER = EventType.getEventType(SlowSubscriberEvent.class);
        static final EventType RELOAD = EventType.getEventType(ReloadEvent.class);
        static final EventType PLACEMENT_FALLBACK = EventType.getEventType(PlacementFallbackEvent.class);
        static final EventType LONG_TASK = EventType.getEventType(LongTaskEvent.class);

        private Types() {
        }
    }

    private static boolean isRecorderOn() {
        return PRESENT && FlightRecorder.isInitialized();
    }

    /** Whether a wait for space would be recorded: before anything is done to measure it. */
    public static boolean isBackpressureOn() {
        return isRecorderOn() && Types.BACKPRESSURE.isEnabled();
    }

    /**
     * A publisher waited for space.
     *
     * @param publisher name of its lane
     * @param nanos how long
     * @param refusals how often it was refused meanwhile
     * @param relieved whether it got space, and did not give up
     */
    public static void backpressure(final String publisher, final int publisherId, final long nanos, final long refusals,
            final boolean relieved) {
        if (isBackpressureOn()) {
            final BackpressureEvent event = new BackpressureEvent();
            event.publisher = publisher;
            event.publisherId = publisherId;
            event.waited = nanos;
            event.refusals = refusals;
            event.relieved = relieved;
            event.commit();
        }
    }

    /**
     * A lossy subscriber was overrun.
     *
     * @param publisher name of the lane
     * @param lost messages, by this
     * @param lostInAll messages, in this lane
     * @param bytes that it passed over
     */
    public static void overrun(final String publisher, final long lost, final long lostInAll, final long bytes) {
        if (isRecorderOn() && Types.OVERRUN.isEnabled()) {
            final OverrunEvent event = new OverrunEvent();
            event.publisher = publisher;
            event.lost = lost;
            event.lostInAll = lostInAll;
            event.bytes = bytes;
            event.commit();
        }
    }

    /**
     * A subscriber is far behind.
     *
     * @param subscriber its name in reports
     * @param policy what happens to it
     * @param lagNanos age of what it has not received
     * @param blockingNanos how long it has held a publisher up; 0 if it does not
     */
    public static void slowSubscriber(final String subscriber, final String policy, final long lagMessages, final long lagBytes,
            final long lagNanos, final long blockingNanos) {
        if (isRecorderOn() && Types.SLOW_SUBSCRIBER.isEnabled()) {
            final SlowSubscriberEvent event = new SlowSubscriberEvent();
            event.subscriber = subscriber;
            event.policy = policy;
            event.lagMessages = lagMessages;
            event.lagBytes = lagBytes;
            event.lag = lagNanos;
            event.blocking = blockingNanos;
            event.commit();
        }
    }

    /**
     * A configuration was read again.
     *
     * @param source of it: a file
     * @param accepted whether it holds now
     * @param changed keys that act at once, and those that need a restart, each as "a, b"
     * @param problems why it was refused; empty if it was not
     * @param nanos from when it was found changed to when it was published
     */
    public static void reload(final String source, final boolean accepted, final String changed, final String needRestart,
            final String problems, final long nanos) {
        if (isRecorderOn() && Types.RELOAD.isEnabled()) {
            final ReloadEvent event = new ReloadEvent();
            event.source = source;
            event.accepted = accepted;
            event.changed = changed;
            event.needRestart = needRestart;
            event.problems = problems;
            event.took = nanos;
            event.commit();
        }
    }

    /** Whether a fallback would be recorded: before its texts are made. */
    public static boolean isPlacementFallbackOn() {
        return isRecorderOn() && Types.PLACEMENT_FALLBACK.isEnabled();
    }

    /**
     * Memory or a thread did not get what was asked for.
     *
     * @param subject what: "memory", or a thread's name
     * @param reason one line
     */
    public static void placementFallback(final String subject, final String asked, final String obtained, final String reason) {
        if (isPlacementFallbackOn()) {
            final PlacementFallbackEvent event = new PlacementFallbackEvent();
            event.subject = subject;
            event.asked = asked;
            event.obtained = obtained;
            event.reason = reason;
            event.commit();
        }
    }

    /**
     * A task holds a worker up.
     *
     * @param worker its name
     * @param task what it is
     * @param runningNanos for how long
     * @param limitNanos from when on that is told
     */
    public static void longTask(final String worker, final String task, final long runningNanos, final long limitNanos) {
        if (isRecorderOn() && Types.LONG_TASK.isEnabled()) {
            final LongTaskEvent event = new LongTaskEvent();
            event.worker = worker;
            event.task = task;
            event.running = runningNanos;
            event.limit = limitNanos;
            event.commit();
        }
    }
}
