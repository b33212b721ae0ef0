// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.KaelixException;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/** The version, and what it runs on here. */
final class Version implements IVersionProvider {

    private static final String RESOURCE = "version.txt";

    @Override
    public String[] getVersion() throws IOException {
        return new String[] {"kaelix " + number(), platform()};
    }

    private static String number() throws IOException {
        try (InputStream text = Version.class.getResourceAsStream(RESOURCE)) {
            return new String(text.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    private static String platform() {
        try {
            final Platform platform = Platforms.current();
            return "platform " + platform.name() + ", isa " + platform.kernels().isa().label();
        } catch (final KaelixException e) {
            // Asked for by somebody who finds out what is wrong: no reason to fail.
            return "platform not available: " + e.getMessage();
        }
    }
}
