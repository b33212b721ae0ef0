// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.time.Duration;
import java.util.Objects;

/**
 * Where a client connects to, and how. Immutable: each {@code with} makes a changed copy.
 *
 * {@snippet :
 * KaelixClient client = KaelixClient.connect(ClientConfig.to("127.0.0.1", 7878).withToken("s3cret").withName("prices"));
 * }
 *
 * @param host name or address of the server
 * @param port of the server, from 1 to 65535
 * @param tls null, the default, for none
 * @param token secret to show, null, the default, for none
 * @param name shown in reports of the server; empty by default
 * @param laneCapacity bytes of each ring: one for each publisher and each subscriber; a power of two, 1 MiB by default. That of a
 *     subscriber is as large as those of the server at the least, so that every message of it fits
 * @param window bytes that may be on their way from the server to one subscriber, at most; 1 MiB by default, and never more than fits into
 *     half the ring
 * @param connectTimeout how long a connection and the handshake may take; 10 s by default
 * @param heartbeat how often something is sent if there is nothing else; 1 s by default
 * @param silence how long the server may be silent before it counts as gone; 15 s by default
 * @param reconnectFirst how long to wait before it is tried again to connect; 50 ms by default. Each further wait is twice as
 *     long, and all are varied at random
 * @param reconnectLongest longest of these waits; 5 s by default. {@link Duration#ZERO} for a client that does not try again
 * @param closeTimeout how long {@link KaelixClient#close} waits for what was published to be received by the server; 5 s by default
 * @param workers threads of its own, unless it is given others; 1 by default
 */
public record ClientConfig(String host, int port, TlsConfig tls, String token, String name, int laneCapacity, int window, Duration
        connectTimeout, Duration heartbeat, Duration silence, Duration reconnectFirst, Duration reconnectLongest, Duration closeTimeout,
        int workers) {

    private static final int LONGEST_NAME = 64;
    private static final int LONGEST_TOKEN = 1_024;

    /**
     * @throws IllegalArgumentException if a value is out of its range; the message gives the range
     */
    public ClientConfig {
        final HostPort checked = new HostPort(host, port);
        host = checked.host();
        if (port == 0) {
            throw new IllegalArgumentException("the port must be from 1 to 65535, not 0: it is that of the server");
        }
        if (token != null && (token.isEmpty() || token.length() > LONGEST_TOKEN)) {
            throw new IllegalArgumentException("a token has from 1 to " + LONGEST_TOKEN + " characters; null is none");
        }
        if (Objects.requireNonNull(name, "name").length() > LONGEST_NAME) {
            throw new IllegalArgumentException("name must have at most " + LONGEST_NAME + " characters, not " + name.length());
        }
        if (Integer.bitCount(laneCapacity) != 1 || laneCapacity < StreamerConfig.MIN_LANE_CAPACITY
                || laneCapacity > StreamerConfig.MAX_LANE_CAPACITY) {
            throw new IllegalArgumentException("laneCapacity must be a power of two from 65536 to 1073741824 bytes, not " + laneCapacity);
        }
        ListenConfig.checkRange("window", window, ListenConfig.MIN_BYTES, ListenConfig.MAX_BYTES);
        ListenConfig.checkTime("connectTimeout", connectTimeout, ListenConfig.MIN_HEARTBEAT);
        ListenConfig.checkTime("heartbeat", heartbeat, ListenConfig.MIN_HEARTBEAT);
        ListenConfig.checkTime("silence", silence, heartbeat.multipliedBy(2));
        ListenConfig.checkTime("reconnectFirst", reconnectFirst, Duration.ofMillis(1));
        ListenConfig.checkTime("reconnectLongest", reconnectLongest, Duration.ZERO);
        ListenConfig.checkTime("closeTimeout", closeTimeout, Duration.ZERO);
        ListenConfig.checkRange("workers", workers, 1, StreamerConfig.MAX_WORKERS);
    }

    /** To this host and port, with all else as above. */
    public static ClientConfig to(final String host, final int port) {
        return new ClientConfig(host, port, null, null, "", 1 << 20, 1 << 20, Duration.ofSeconds(10), Duration.ofSeconds(1),
                Duration.ofSeconds(15), Duration.ofMillis(50), Duration.ofSeconds(5), Duration.ofSeconds(5), 1);
    }

    /**
     * The same by text: {@code 127.0.0.1:7878}, {@code [::1]:7878}.
     *
     * @throws IllegalArgumentException if it is no host and port
     */
    public static ClientConfig to(final String hostPort) {
        final HostPort parsed = HostPort.parse(hostPort);
        return to(parsed.host(), parsed.port());
    }

    /** With encryption; null for none. */
    public ClientConfig withTls(final TlsConfig files) {
        return new ClientConfig(host, port, files, token, name, laneCapacity, window, connectTimeout, heartbeat, silence,
                reconnectFirst, reconnectLongest, closeTimeout, workers);
    }

    /** With this secret; null for none. */
    public ClientConfig withToken(final String secret) {
        return new ClientConfig(host, port, tls, secret, name, laneCapacity, window, connectTimeout, heartbeat, silence,
                reconnectFirst, reconnectLongest, closeTimeout, workers);
    }

    /** With this name in reports of the server. */
    public ClientConfig withName(final String shown) {
        return new ClientConfig(host, port, tls, token, shown, laneCapacity, window, connectTimeout, heartbeat, silence,
                reconnectFirst, reconnectLongest, closeTimeout, workers);
    }

    /** With rings of so many bytes. */
    public ClientConfig withLaneCapacity(final int bytes) {
        return new ClientConfig(host, port, tls, token, name, bytes, window, connectTimeout, heartbeat, silence, reconnectFirst,
                reconnectLongest, closeTimeout, workers);
    }

    /** With at most so many bytes on their way to a subscriber. */
    public ClientConfig withWindow(final int bytes) {
        return new ClientConfig(host, port, tls, token, name, laneCapacity, bytes, connectTimeout, heartbeat, silence,
                reconnectFirst, reconnectLongest, closeTimeout, workers);
    }

    /** With so much time to connect. */
    public ClientConfig withConnectTimeout(final Duration atMost) {
        return new ClientConfig(host, port, tls, token, name, laneCapacity, window, atMost, heartbeat, silence, reconnectFirst,
                reconnectLongest, closeTimeout, workers);
    }

    /** With something sent at least so often. */
    public ClientConfig withHeartbeat(final Duration every) {
        return new ClientConfig(host, port, tls, token, name, laneCapacity, window, connectTimeout, every, silence,
                reconnectFirst, reconnectLongest, closeTimeout, workers);
    }

    /** With a server that is silent for so long taken for gone. */
    public ClientConfig withSilence(final Duration atMost) {
        return new ClientConfig(host, port, tls, token, name, laneCapacity, window, connectTimeout, heartbeat, atMost,
                reconnectFirst, reconnectLongest, closeTimeout, workers);
    }

    /** With so much time before it is tried again for the first time. */
    public ClientConfig withReconnectFirst(final Duration wait) {
        return new ClientConfig(host, port, tls, token, name, laneCapacity, window, connectTimeout, heartbeat, silence, wait,
                reconnectLongest, closeTimeout, workers);
    }

    /** With at most so much time between two tries; {@link Duration#ZERO} for none. */
    public ClientConfig withReconnectLongest(final Duration wait) {
        return new ClientConfig(host, port, tls, token, name, laneCapacity, window, connectTimeout, heartbeat, silence,
                reconnectFirst, wait, closeTimeout, workers);
    }

    /** With so much time to send what was published before it closes. */
    public ClientConfig withCloseTimeout(final Duration atMost) {
        return new ClientConfig(host, port, tls, token, name, laneCapacity, window, connectTimeout, heartbeat, silence,
                reconnectFirst, reconnectLongest, atMost, workers);
    }

    /** With so many threads of its own. */
    public ClientConfig withWorkers(final int count) {
        return new ClientConfig(host, port, tls, token, name, laneCapacity, window, connectTimeout, heartbeat, silence,
                reconnectFirst, reconnectLongest, closeTimeout, count);
    }

    /** Does not tell the token. */
    @Override
    public String toString() {
        return "ClientConfig[" + host + ":" + port + (tls == null ? "" : ", " + tls) + (token == null ? "" : ", token") + ", name=" + name
                + ", laneCapacity=" + laneCapacity + ", window=" + window + ", connectTimeout=" + connectTimeout + ", heartbeat="
                + heartbeat
                + ", silence=" + silence + ", reconnectFirst=" + reconnectFirst + ", reconnectLongest=" + reconnectLongest
                + ", closeTimeout="
                + closeTimeout + ", workers=" + workers + "]";
    }
}
