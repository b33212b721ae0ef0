// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

/**
 * A {@link Kaelix} as JMX shows it, named {@code io.kaelix:type=Kaelix,name=…}, if {@code telemetry.jmx} is true. Values are of the moment
 * in which they are asked for.
 *
 * {@snippet :
 * System.out.println(java.lang.management.ManagementFactory.getPlatformMBeanServer()
 *         .getAttribute(new javax.management.ObjectName("io.kaelix:type=Kaelix,name=kaelix"), "Health"));
 * }
 */
public interface KaelixMXBean {

    /** The configuration that is in force: a line for each key, with where its value came from. */
    String getConfiguration();

    /** What the file wants and what acts with a restart alone: a line for each key; empty if there is nothing. */
    String getNeedRestart();

    /** Whether the scheduler does its work, and if not, why: {@code HEALTHY: 12 tasks in the last 1001 ms}. */
    String getHealth();

    /** Tasks that were run. */
    long getExecuted();

    /** Tasks that wait to be started. */
    long getQueueDepth();

    /** Messages that the subscriber which is furthest behind has not received yet. */
    long getLagMaximum();

    /** Messages that subscribers which are there have lost. */
    long getLost();

    /** Changes of the file that were taken over. */
    long getReloads();

    /** Files that were refused. */
    long getRefusedReloads();

    /** Where the counter file lies; empty if there is none. */
    String getCounterFile();

    /**
     * Loads the file now.
     *
     * @return what became of it: {@code CHANGED}, {@code UNCHANGED} or {@code REFUSED}
     * @throws IllegalStateException if there is no file, or this was closed
     */
    String reload();
}
