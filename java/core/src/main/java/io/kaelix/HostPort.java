// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.util.Objects;

/**
 * A host and a port as people write them: {@code 127.0.0.1:7878}, {@code streams.example.org:7878}, {@code [::1]:7878}.
 *
 * @param host name or address, without brackets
 * @param port from 0 to 65535
 */
record HostPort(String host, int port) {

    private static final int MAX_PORT = 65_535;

    HostPort {
        Objects.requireNonNull(host, "host");
        if (host.isBlank()) {
            throw new IllegalArgumentException("the host must not be empty: 127.0.0.1 is this machine, 0.0.0.0 every address that it has");
        }
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("the port must be from 0 to 65535, not " + port);
        }
    }

    static HostPort parse(final String text) {
        final int colon = text.lastIndexOf(':');
        final String host = colon < 0 ? "" : text.substring(0, colon);
        final boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (colon < 0 || !bracketed && host.indexOf(':') >= 0) {
            throw malformed(text);
        }
        try {
            return new HostPort(bracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(text.substring(colon + 1)));
        } catch (final NumberFormatException e) {
            throw malformed(text);
        }
    }

    private static IllegalArgumentException malformed(final String text) {
        return new IllegalArgumentException("'" + Topic.printable(text)
                + "' is no host and port: write them as 127.0.0.1:7878 or [::1]:7878");
    }
}
