// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Measures the library beside its peers and beside what C does on the same machine: {@link io.kaelix.bench.Bench} is the command.
 *
 * <pre>
 *   scenario   the systems under test, behind one interface
 *   trial      what one child JVM does: throughput, ping-pong, a paced load
 *   rig        rounds of trials, interleaved with the floors in C; figures, tables, JSON
 *   report     the page with the plots
 *   guide      the targets, each beside what was measured
 *   jmh        what one thread can tell: claims, polls, kernels, calls into C
 * </pre>
 */
package io.kaelix.bench;
