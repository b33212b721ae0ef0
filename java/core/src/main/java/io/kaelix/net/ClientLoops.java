// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.Workers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which loop serves a client. Clients that were given the same workers share as many loops as there are workers, the next one always going
 * to the loop that has fewest: so a thousand of them are few duties, and no more of them depend on one worker than if each had a duty of
 * its own. A client that has workers of its own has a loop of its own, which nobody else's handler can hold up.
 *
 * <p>A loop begins with its first client and ends with its last.
 *
 * <p><b>Threads</b>: any. The lock here is taken before that of workers, and never while anything is served.
 */
final class ClientLoops {

    /** By the workers themselves, which may call others their equals. Guards all that is in it. */
    private static final Map<Workers, ClientLoops> ALL = new IdentityHashMap<>();

    private final Workers workers;
    private final List<Loop> loops = new ArrayList<>();

    private ClientLoops(final Workers workers) {
        this.workers = workers;
    }

    /**
     * Has a session served from now on.
     *
     * @return by which loop
     * @throws IllegalStateException if the workers were shut down
     */
    static Loop join(final ClientSession session, final Flows flows) {
        final Workers workers = flows.givenWorkers();
        if (workers == null) {
            final Loop own = Loop.ofClients(loop -> !loop.isJoined());
            own.join(session);
            flows.recur(own);
            return own;
        }
        synchronized (ALL) {
            return ALL.computeIfAbsent(workers, ClientLoops::new).join(session);
        }
    }

    private Loop join(final ClientSession session) {
        while (!loops.isEmpty()) {
            final Loop fewest = loops.stream().min(Comparator.comparingInt(Loop::load)).orElseThrow();
            if (fewest.load() > 0 && loops.size() < workers.workers()) {
                break;
            }
            if (fewest.join(session)) {
                return fewest;
            }
            // Its workers have ended it, and are about to say so.
            loops.remove(fewest);
        }
        return begin(session);
    }

    private Loop begin(final ClientSession session) {
        final Loop loop = Loop.ofClients(this::leave);
        loop.join(session);
        loops.add(loop);
        try {
            workers.recur(loop);
            return loop;
        } catch (final RuntimeException | Error e) {
            remove(loop);
            throw e;
        }
    }

    /** Said by a loop that serves nobody, or that was ended; whether it is to end. */
    private boolean leave(final Loop loop) {
        synchronized (ALL) {
            if (loop.isJoined() && !loop.hasEnded()) {
                return false;
            }
            remove(loop);
            return true;
        }
    }

    private void remove(final Loop loop) {
        loops.remove(loop);
        if (loops.isEmpty()) {
            ALL.remove(workers, this);
        }
    }

    /** How many loops the clients of these workers have now. */
    static int count(final Workers workers) {
        synchronized (ALL) {
            final ClientLoops present = ALL.get(workers);
            return present == null ? 0 : present.loops.size();
        }
    }
}
