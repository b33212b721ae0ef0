// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * The library's kernels on each instruction set, beside loops of plain Java and filters by the Vector API.
 *
 * <pre>
 *   KernelsCommand ── rounds ──► KernelTrial (a JVM with one instruction set) ──► Workloads ──► items a second
 *                               └► KernelTrial (a JVM with the Vector API) ──► VectorFilters, of src/vector
 * </pre>
 */
package io.kaelix.bench.kernel;
