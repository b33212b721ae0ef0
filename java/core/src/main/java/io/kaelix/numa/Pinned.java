// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.numa;

import io.kaelix.CpuSet;
import io.kaelix.platform.Platform;

/**
 * A thread that {@link Affinity} pinned, or could not pin, until it is closed.
 *
 * <p><b>Threads</b>: it is closed by the thread that was pinned; what only reads may be called from anywhere.
 */
public final class Pinned implements AutoCloseable {

    private final Platform platform;
    private final Thread thread = Thread.currentThread();
    private final CpuSet asked;
    private final CpuSet before;
    private final CpuSet obtained;
    private final boolean asAsked;
    private final String reason;
    private boolean closed;

    Pinned(final Platform platform, final CpuSet asked, final CpuSet before, final CpuSet obtained, final boolean asAsked,
            final String reason) {
        this.platform = platform;
        this.asked = asked;
        this.before = before;
        this.obtained = obtained;
        this.asAsked = asAsked;
        this.reason = reason;
    }

    /** What was asked for. */
    public CpuSet asked() {
        return asked;
    }

    /** What the thread could use from then on, as read back from the kernel. */
    public CpuSet cpus() {
        return obtained;
    }

    /** Whether it was pinned to exactly what was asked. */
    public boolean isAsAsked() {
        return asAsked;
    }

    /** One line: what it got, and if that is not what was asked, why. */
    public String reason() {
        return reason;
    }

    /**
     * The thread may use again what it might before. Again is without effect.
     *
     * @throws IllegalStateException on another thread than the pinned one, which stays pinned
     */
    @Override
    public void close() {
        OwnThread.check(thread, "pinned");
        if (!closed) {
            closed = true;
            // Nothing was changed where nothing was obtained; setting it would take what an administrator widened since.
            if (!obtained.equals(before)) {
                platform.pin(before);
            }
        }
    }

    @Override
    public String toString() {
        return "Pinned[" + reason + "]";
    }
}
