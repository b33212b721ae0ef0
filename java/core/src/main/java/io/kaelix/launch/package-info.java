// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * One program out of a configuration: {@link io.kaelix.launch.Kaelix} launches scheduler and streamer as a file says, keeps to it while it
 * changes, and shows what they do to tools, to JMX and to whoever asks.
 *
 * <pre>
 *   ConfigLoader ──► KaelixConfig ──► Translation ──► TaskScheduler ──► MemoryStreamer   launched in this order, closed in the reverse
 *                         │                             │ counts, health      │ lanes, subscribers, memory
 *   ConfigReloader ──► Kaelix: hands changes on         ▼                     ▼
 *                         │                         SchedulerSource      StreamerSource ──► SlowSubscribers ──► flight recorder
 *                         │                             └──────────┬──────────┘   ReloadSource, ProcessSource
 *                         │                                        ▼
 *                         ├──► Telemetry: Collector, one thread at a Pace ──► CounterTable ──► CounterFile, for other processes
 *                         │                    └──► ProcessProfiler: CpuGauge, MemoryGauge, IoGauge, each over a KernelFile
 *                         ├──► LogLevel
 *                         ├──► ManagementBean, for JMX
 *                         └──► Listeners, and who provides Bridges: behind the streamer, closed before it
 * </pre>
 *
 * <p>What is collected is asked for from outside, through public methods: nothing on the way of a message or a task knows of this room.
 * {@link io.kaelix.launch.Telemetry} alone serves a streamer that was launched without a configuration.
 */
package io.kaelix.launch;
