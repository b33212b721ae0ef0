// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * The targets of the library, each beside what was measured.
 *
 * <pre>
 *   bench throughput ──► Results ──►┐
 *   bench latency    ──► Results ──►┤ Measured ──► Targets ──► Guide: one row per target ──► table, JSON
 *   bench scheduler  ──► Result  ──►┤
 *   JMH              ──► Parts   ──►┘
 * </pre>
 *
 * <p>The guide measures nothing in a way of its own: the three commands and JMH do, and the table names what to type to get the same
 * figures with all their columns. A further target is a row in {@link io.kaelix.bench.guide.Targets}; what it needs measured beyond
 * that is a system, mode or benchmark in the list that the same class has for it.
 */
package io.kaelix.bench.guide;
