// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.config.ConfigKey;
import io.kaelix.config.ConfigLoader;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options that say in which directory streams are launched. They win over the settings. */
final class DirectoryOptions {

    @Option(names = "--directory", paramLabel = "DIRECTORY",
            description = "A directory in memory, such as /dev/shm/streams, by which processes of this machine share the same streams without a "
                    + "server: 'kaelix pub --directory', and programs. Whoever comes first makes it, the last one removes it.")
    private Path directory;

    @Option(names = "--resume", description = "Take over what processes left in the directory that have all died, instead of removing it.")
    private boolean resume;

    /** A loader with what they say. */
    ConfigLoader over(final ConfigLoader settings) {
        final ConfigLoader loader = directory == null ? settings : settings.with(ConfigKey.STREAMS_DIRECTORY, directory.toString());
        return resume ? loader.with(ConfigKey.STREAMS_RESUME, true) : loader;
    }
}
