// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * One program out of a configuration: {@code Kaelix} launches scheduler and streamer as a file says, keeps to it while it
 * changes, and shows what they do to tools, to JMX and to whoever asks. {@link io.kaelix.launch.ProcessProfiler} asks the kernel what the
 * process uses.
 */
package io.kaelix.launch;
