// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.noise;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * When the garbage collector ran. A pause for it looks like a gap of the machine to a thread, and is none: the garbage is the system's own.
 *
 * <p>The JVM tells the times in whole milliseconds, and later; each collection is taken to be longer at both ends by
 * {@link #MARGIN_MILLIS}. Collectors that work beside the program report cycles of many milliseconds, of which pauses are reported
 * apart: the cycles do not count. Other safepoints of the JVM are not known here.
 *
 * <p><b>Threads</b>: the one that made it; notifications come on another.
 */
public final class JvmPauses implements AutoCloseable {

    static final long MARGIN_MILLIS = 2;

    private static final long DELIVERY_TIMEOUT_MILLIS = 2_000;

    private final long clockOfEpoch;
    private final List<GarbageCollectorMXBean> collectors = new ArrayList<>();
    private final NotificationListener listener = this::onNotification;
    private final long collectionsBefore;
    private final Intervals pauses = new Intervals();
    private long pausedMillis;
    private int notified;

    /** Records from now on. */
    public JvmPauses(final LongSupplier clock) {
        this.clockOfEpoch = clock.getAsLong() - TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
        for (final GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (!collector.getName().endsWith("Cycles") && collector instanceof NotificationEmitter emitter) {
                collectors.add(collector);
                emitter.addNotificationListener(listener, null, null);
            }
        }
        this.collectionsBefore = collections();
    }

    private void onNotification(final Notification notification, final Object handback) {
        if (notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            final long millis =
                    GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData()).getGcInfo().getDuration();
            // The times in GcInfo count from a start that differs from that of getUptime(); this one is of the collection's end.
            add(notification.getTimeStamp() - millis, notification.getTimeStamp());
        }
    }

    private synchronized void add(final long startMillis, final long endMillis) {
        pauses.add(clockOfEpoch + TimeUnit.MILLISECONDS.toNanos(startMillis - MARGIN_MILLIS),
                clockOfEpoch + TimeUnit.MILLISECONDS.toNanos(endMillis + MARGIN_MILLIS));
        pausedMillis += endMillis - startMillis;
        notified++;
        notifyAll();
    }

    private long collections() {
        return collectors.stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).sum();
    }

    /** Ends it, when it has heard of the collections that there were: waits for that, two seconds at most. */
    @Override
    public synchronized void close() {
        awaitNotifications(collections() - collectionsBefore);
        for (final GarbageCollectorMXBean collector : collectors) {
            try {
                ((NotificationEmitter) collector).removeNotificationListener(listener);
            } catch (final ListenerNotFoundException e) {
                throw new IllegalStateException("this was closed before", e);
            }
        }
    }

    private void awaitNotifications(final long expected) {
        final long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DELIVERY_TIMEOUT_MILLIS);
        long rest = DELIVERY_TIMEOUT_MILLIS;
        try {
            while (notified < expected && rest > 0) {
                wait(rest);
                rest = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            }
        } catch (final InterruptedException e) {
            // What is interrupted has no use for the rest.
            Thread.currentThread().interrupt();
        }
    }

    /** When it ran, on the clock of the run; after {@link #close}. */
    public synchronized Intervals pauses() {
        return pauses;
    }

    /** How long all of them took, as the JVM tells; after {@link #close}. */
    public synchronized long pausedMillis() {
        return pausedMillis;
    }
}
