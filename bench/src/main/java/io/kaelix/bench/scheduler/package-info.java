// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * The scheduler of tasks beside what the JDK has for the same: trials that each measure one system in one mode, in a JVM of their own.
 *
 * <pre>
 *   paced       pacer, a core of its own ── a task every 20 us ──► one worker       from the call and the intended time to the start
 *   switch      one task that schedules itself again, one worker
 *   fan-out     a task schedules 1000 empty ones; the last to finish starts the next turn
 *   tree        each task schedules two, millions in all
 *   saturation  64 tasks of 10 us each schedule themselves again                    what part of the workers' time is in tasks
 *   wake        main thread ── a task after a silence of a second ──► sleeping workers
 *   delayed     each task schedules the next one in 1 ms                            how late it starts
 * </pre>
 *
 * <p>A further system is a constant of {@link io.kaelix.bench.scheduler.Subject}; a further mode is one of
 * {@link io.kaelix.bench.scheduler.Mode} with a trial of its own.
 */
package io.kaelix.bench.scheduler;
