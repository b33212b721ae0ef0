// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.runtime;

import java.util.Objects;

/**
 * Whether a scheduler does its work, and in one line why not: see {@link TaskScheduler#health()}.
 *
 * <table>
 * <caption>When it is what; the window is the last second or two.</caption>
 * <tr><th>state</th><th>if</th></tr>
 * <tr><td>{@link State#UNHEALTHY}</td><td>the scheduler was shut down; the thread of a worker has ended; a task, or
 * the turn of a duty, has held its worker for ten times the {@linkplain SchedulerConfig#blockingLimit() blocking limit}; or a queue was
 * full in the window, so that tasks were refused</td></tr>
 * <tr><td>{@link State#DEGRADED}</td><td>more than 10% of the tasks that ended in the window failed; a task holds its worker for longer
 * than the limit; or more than 1% of the tasks of a level that were timed in the window started later than the limit (100 ms if there is
 * none) after they were due. The least urgent level may wait, and does not count</td></tr>
 * <tr><td>{@link State#HEALTHY}</td><td>nothing of that</td></tr>
 * </table>
 *
 * <p>Immutable: a look at one moment.
 *
 * {@snippet :
 * try (TaskScheduler scheduler = TaskScheduler.launch()) {
 *     Health health = scheduler.health();
 *     if (!health.isHealthy()) {
 *         System.err.println(health.state() + ": " + health.reason());
 *     }
 * }
 * }
 *
 * @param state the worst that applies
 * @param reason of that state, in one line with the figures
 */
public record Health(State state, String reason) {

    /** From good to bad. */
    public enum State {

        /** It does its work. */
        HEALTHY,

        /** It works, but not as it should: something fails often, or waits for long. */
        DEGRADED,

        /** Work is refused or left undone. */
        UNHEALTHY
    }

    public Health {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(reason, "reason");
    }

    /** Whether there is nothing to complain of. */
    public boolean isHealthy() {
        return state == State.HEALTHY;
    }
}
