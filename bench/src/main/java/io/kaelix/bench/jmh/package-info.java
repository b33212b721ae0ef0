// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * What single operations cost, on one core, and that they allocate nothing: JMH benchmarks. {@link io.kaelix.bench.jmh.Benchmarks} runs
 * what its arguments name, as JMH has them:
 *
 * <pre>
 *   ./kaelix bench jmh -h                                   JMH's options
 *   ./kaelix bench jmh -l                                   all benchmarks
 *   ./kaelix bench jmh Downcall                             one class
 *   ./kaelix bench jmh 'FilterBenchmark' -p batch=1000      one parameter
 * </pre>
 *
 * <table>
 * <caption>Which class measures what</caption>
 * <tr><th>Class</th><th>Measures</th><th>Beside</th></tr>
 * <tr><td>{@code LaneBenchmark}</td><td>a message there and back, each way to send</td><td></td></tr>
 * <tr><td>{@code ClaimBenchmark}</td><td>sending alone</td><td>a copy of as many bytes</td></tr>
 * <tr><td>{@code PollBenchmark}</td><td>receiving alone</td><td></td></tr>
 * <tr><td>{@code SerialisationBenchmark}</td><td>fields into a message</td><td>fields into an array</td></tr>
 * <tr><td>{@code MessageBuilderBenchmark}</td><td>a message by its builder, with headers</td><td>{@code SerialisationBenchmark}</td></tr>
 * <tr><td>{@code PayloadBenchmark}</td><td>a payload that is referred to, beside one that is copied into the lane</td><td></td></tr>
 * <tr><td>{@code RetainBenchmark}</td><td>retaining and releasing, by one thread or two, and what the pool hits</td><td></td></tr>
 * <tr><td>{@code FilterBenchmark}</td><td>the filter kernel, by instruction set</td><td>{@code JavaFilterBenchmark}</td></tr>
 * <tr><td>{@code DowncallBenchmark}</td><td>calls of an empty C function: FFM, JNI, JNA</td><td>a Java call</td></tr>
 * <tr><td>{@code CounterBenchmark}</td><td>counting where another process can read it</td><td>counting on the heap</td></tr>
 * <tr><td>{@code SamplingBenchmark}</td><td>a message there and back while some are timed</td><td>while none is</td></tr>
 * <tr><td>{@code FlightEventsBenchmark}</td><td>telling the flight recorder</td><td>while nobody records</td></tr>
 * <tr><td>{@code CollectorBenchmark}</td><td>a round of the thread of telemetry, and reading what it shows</td><td></td></tr>
 * <tr><td>{@code TwoThreadBenchmark}</td><td>two threads as fast as they can; the rig's throughput has the peers</td><td></td></tr>
 * </table>
 *
 * <p>{@code gc.alloc.rate.norm} is bytes allocated per operation, and holds the harness's own share: some tens of kilobytes a second
 * ({@code gc.alloc.rate}), spread over the operations. That is below 0.01 for an operation of nanoseconds, and may be a few bytes for one
 * of tens of microseconds.
 */
package io.kaelix.bench.jmh;
