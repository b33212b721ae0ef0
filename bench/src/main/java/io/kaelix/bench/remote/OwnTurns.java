// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.Duty;
import io.kaelix.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Workers that are no thread: whoever has them calls the turns, between whatever else it does. Nothing is repeated: no trial takes so long
 * that a stream expires.
 *
 * <p><b>Threads</b>: one at a time.
 */
final class OwnTurns implements Workers {

    private final List<Duty> duties = new ArrayList<>();

    /** A turn of each duty. */
    void turn() {
        for (int i = duties.size() - 1; i >= 0; i--) {
            if (duties.get(i).turn() == Duty.DONE) {
                duties.remove(i).ended();
            }
        }
    }

    @Override
    public int workers() {
        return 1;
    }

    @Override
    public Work recur(final Duty duty) {
        duties.add(duty);
        return () -> {
            if (duties.remove(duty)) {
                duty.ended();
            }
        };
    }

    @Override
    public Work repeat(final Runnable task, final Duration delay) {
        return () -> { };
    }

    @Override
    public boolean isShutdown() {
        return false;
    }
}
