// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where and for whom a streamer listens. Immutable: each {@code with} makes a changed copy.
 *
 * {@snippet :
 * Listener listener = streamer.listen(ListenConfig.on("127.0.0.1", 7878)
 *         .withTokens(Map.of("s3cret", "alice"))
 *         .withRules(TopicRule.allow("alice", TopicRule.Action.BOTH, "orders.>")));
 * }
 *
 * <p>Whoever connects may do everything, unless there are tokens, client certificates or rules. So only hosts of the loopback are listened
 * on without tokens or client certificates, unless {@link #withOpen} says that this is meant.
 *
 * @param host name or address to listen on; {@code 127.0.0.1} by default
 * @param port from 1 to 65535, or 0, the default, for one that is free
 * @param tls null, the default, for none
 * @param tokens secrets that clients show, and the identity that each stands for; none by default: everybody is {@value #ANYONE}
 * @param rules who may do what, the first that fits decides; none by default: everybody may do everything
 * @param open whether a host that is not of the loopback is listened on though everybody can connect; not by default
 * @param maxConnections at once; 1100 by default. Further ones are refused. Besides, half as many, or 64, may be in the handshake: when
 *     more come, the one that has waited for longest gives way
 * @param maxSubscriptions of one client; 1024 by default
 * @param maxStreams that one client publishes to, each a topic or a partition of one: its numbers of streams are below it; 262144 by
 *     default
 * @param maxFrameLength bytes of a message or part of one that clients may send, with its headers; 16 MiB by default. Never more than a
 *     quarter of a lane of the streamer; clients split longer messages
 * @param window bytes that may be on their way to the streamer from one client, at most; 1 MiB by default, and never more than fits into
 *     half a lane
 * @param handshakeTimeout how long a client may take to say who it is; 10 s by default
 * @param heartbeat how often something is sent to a client if there is nothing else; 1 s by default
 * @param silence how long a client may be silent before it counts as cut off; 15 s by default
 * @param resumeTimeout how long a client that is cut off may take to come back and go on where it was; 30 s by default. Its subscriptions
 *     hold what they have not received until then, as far as maxLag lets them
 * @param maxLag bytes that a subscription may be behind in a lane before it is disconnected, which is the
 *     {@linkplain SlowSubscriberPolicy#DISCONNECT policy} of remote subscribers that name none; 0, the default, for three quarters of the
 *     lane
 */
public record ListenConfig(String host, int port, TlsConfig tls, Map<String, String> tokens, List<TopicRule> rules, boolean open, int
        maxConnections, int maxSubscriptions, int maxStreams, int maxFrameLength, int window, Duration handshakeTimeout, Duration
        heartbeat, Duration silence, Duration resumeTimeout, long maxLag) {

    /** The identity of whoever connects where no token and no certificate is asked for. */
    public static final String ANYONE = "anyone";

    /** Least window, and least frame length: 4 KiB. */
    public static final int MIN_BYTES = 4 << 10;

    /** Greatest window, and frame length: 256 MiB. */
    public static final int MAX_BYTES = 256 << 20;

    /** Shortest heartbeat: 10 ms. */
    public static final Duration MIN_HEARTBEAT = Duration.ofMillis(10);

    /** Longest of all times here: a day. */
    public static final Duration MAX_TIME = Duration.ofDays(1);

    private static final int MOST_CONNECTIONS = 65_535;
    private static final int MOST_SUBSCRIPTIONS = 32_767;
    private static final int MOST_STREAMS = 1 << 24;
    private static final ListenConfig DEFAULTS = new ListenConfig("127.0.0.1", 0, null, Map.of(), List.of(), false, 1_100, 1_024, 1 << 18,
            16 << 20, 1 << 20, Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(15), Duration.ofSeconds(30), 0);

    /**
     * @throws IllegalArgumentException if a value is out of its range; the message gives the range
     */
    public ListenConfig {
        final HostPort checked = new HostPort(host, port);
        host = checked.host();
        tokens = Map.copyOf(tokens);
        rules = List.copyOf(rules);
        tokens.forEach((token, identity) -> {
            if (token.isEmpty() || identity.isEmpty() || identity.equals(TopicRule.EVERYBODY)) {
                throw new IllegalArgumentException("a token must not be empty, and its identity neither empty nor *: identity '"
                        + identity + "'");
            }
        });
        checkRange("maxConnections", maxConnections, 1, MOST_CONNECTIONS);
        checkRange("maxSubscriptions", maxSubscriptions, 0, MOST_SUBSCRIPTIONS);
        checkRange("maxStreams", maxStreams, 1, MOST_STREAMS);
        checkRange("maxFrameLength", maxFrameLength, MIN_BYTES, MAX_BYTES);
        checkRange("window", window, MIN_BYTES, MAX_BYTES);
        checkTime("handshakeTimeout", handshakeTimeout, MIN_HEARTBEAT);
        checkTime("heartbeat", heartbeat, MIN_HEARTBEAT);
        checkTime("silence", silence, heartbeat.multipliedBy(2));
        checkTime("resumeTimeout", resumeTimeout, Duration.ZERO);
        if (maxLag < 0) {
            throw new IllegalArgumentException("maxLag must be 0, for three quarters of a lane, or a number of bytes, not " + maxLag);
        }
    }

    static void checkRange(final String what, final long value, final long least, final long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " must be from " + least + " to " + most + ", not " + value);
        }
    }

    static void checkTime(final String what, final Duration value, final Duration least) {
        if (Objects.requireNonNull(value, what).compareTo(least) < 0 || value.compareTo(MAX_TIME) > 0) {
            throw new IllegalArgumentException(what + " must be from " + least.toMillis() + " ms to a day, not " + value);
        }
    }

    /** On a free port of the loopback, with all else as above. */
    public static ListenConfig defaults() {
        return DEFAULTS;
    }

    /** On this host and port, with all else as above. */
    public static ListenConfig on(final String host, final int port) {
        return new ListenConfig(host, port, DEFAULTS.tls, DEFAULTS.tokens, DEFAULTS.rules, DEFAULTS.open, DEFAULTS.maxConnections,
                DEFAULTS.maxSubscriptions, DEFAULTS.maxStreams, DEFAULTS.maxFrameLength, DEFAULTS.window, DEFAULTS.handshakeTimeout,
                DEFAULTS.heartbeat, DEFAULTS.silence, DEFAULTS.resumeTimeout, DEFAULTS.maxLag);
    }

    /**
     * The same by text: {@code 127.0.0.1:7878}, {@code [::1]:7878}.
     *
     * @throws IllegalArgumentException if it is no host and port
     */
    public static ListenConfig on(final String hostPort) {
        final HostPort parsed = HostPort.parse(hostPort);
        return on(parsed.host(), parsed.port());
    }

    /** With these rules, the first that fits decides. */
    public ListenConfig withRules(final TopicRule... ordered) {
        return withRules(List.of(ordered));
    }

    /** With encryption; null for none. */
    public ListenConfig withTls(final TlsConfig files) {
        return new ListenConfig(host, port, files, tokens, rules, open, maxConnections, maxSubscriptions, maxStreams, maxFrameLength,
                window, handshakeTimeout, heartbeat, silence, resumeTimeout, maxLag);
    }

    /** With these secrets, each with the identity that it stands for. */
    public ListenConfig withTokens(final Map<String, String> identities) {
        return new ListenConfig(host, port, tls, identities, rules, open, maxConnections, maxSubscriptions, maxStreams, maxFrameLength,
                window, handshakeTimeout, heartbeat, silence, resumeTimeout, maxLag);
    }

    /** With these rules, the first that fits decides. */
    public ListenConfig withRules(final List<TopicRule> ordered) {
        return new ListenConfig(host, port, tls, tokens, ordered, open, maxConnections, maxSubscriptions, maxStreams, maxFrameLength,
                window, handshakeTimeout, heartbeat, silence, resumeTimeout, maxLag);
    }

    /** With any host listened on, even if everybody can connect. */
    public ListenConfig withOpen(final boolean toAnybody) {
        return new ListenConfig(host, port, tls, tokens, rules, toAnybody, maxConnections, maxSubscriptions, maxStreams, maxFrameLength,
                window, handshakeTimeout, heartbeat, silence, resumeTimeout, maxLag);
    }

    /** With at most so many connections. */
    public ListenConfig withMaxConnections(final int most) {
        return new ListenConfig(host, port, tls, tokens, rules, open, most, maxSubscriptions, maxStreams, maxFrameLength, window,
                handshakeTimeout, heartbeat, silence, resumeTimeout, maxLag);
    }

    /** With at most so many subscriptions of a client. */
    public ListenConfig withMaxSubscriptions(final int most) {
        return new ListenConfig(host, port, tls, tokens, rules, open, maxConnections, most, maxStreams, maxFrameLength, window,
                handshakeTimeout, heartbeat, silence, resumeTimeout, maxLag);
    }

    /** With at most so many streams that a client publishes to. */
    public ListenConfig withMaxStreams(final int most) {
        return new ListenConfig(host, port, tls, tokens, rules, open, maxConnections, maxSubscriptions, most, maxFrameLength, window,
                handshakeTimeout, heartbeat, silence, resumeTimeout, maxLag);
    }

    /** With frames of at most so many bytes from clients. */
    public ListenConfig withMaxFrameLength(final int bytes) {
        return new ListenConfig(host, port, tls, tokens, rules, open, maxConnections, maxSubscriptions, maxStreams, bytes, window,
                handshakeTimeout, heartbeat, silence, resumeTimeout, maxLag);
    }

    /** With at most so many bytes on their way from a client. */
    public ListenConfig withWindow(final int bytes) {
        return new ListenConfig(host, port, tls, tokens, rules, open, maxConnections, maxSubscriptions, maxStreams, maxFrameLength, bytes,
                handshakeTimeout, heartbeat, silence, resumeTimeout, maxLag);
    }

    /** With so much time for a client to say who it is. */
    public ListenConfig withHandshakeTimeout(final Duration atMost) {
        return new ListenConfig(host, port, tls, tokens, rules, open, maxConnections, maxSubscriptions, maxStreams, maxFrameLength, window,
                atMost, heartbeat, silence, resumeTimeout, maxLag);
    }

    /** With something sent at least so often. */
    public ListenConfig withHeartbeat(final Duration every) {
        return new ListenConfig(host, port, tls, tokens, rules, open, maxConnections, maxSubscriptions, maxStreams, maxFrameLength, window,
                handshakeTimeout, every, silence, resumeTimeout, maxLag);
    }

    /** With clients that are silent for so long taken for cut off. */
    public ListenConfig withSilence(final Duration atMost) {
        return new ListenConfig(host, port, tls, tokens, rules, open, maxConnections, maxSubscriptions, maxStreams, maxFrameLength, window,
                handshakeTimeout, heartbeat, atMost, resumeTimeout, maxLag);
    }

    /** With so much time for a client to come back. */
    public ListenConfig withResumeTimeout(final Duration atMost) {
        return new ListenConfig(host, port, tls, tokens, rules, open, maxConnections, maxSubscriptions, maxStreams, maxFrameLength, window,
                handshakeTimeout, heartbeat, silence, atMost, maxLag);
    }

    /** With subscriptions disconnected when they are so many bytes behind; 0 for three quarters of a lane. */
    public ListenConfig withMaxLag(final long bytes) {
        return new ListenConfig(host, port, tls, tokens, rules, open, maxConnections, maxSubscriptions, maxStreams, maxFrameLength, window,
                handshakeTimeout, heartbeat, silence, resumeTimeout, bytes);
    }

    /** Tells how many tokens there are, and none of them. */
    @Override
    public String toString() {
        return "ListenConfig[" + host + ":" + port + (tls == null ? "" : ", " + tls) + ", " + tokens.size() + " tokens, rules=" + rules
                + ", open="
                + open + ", maxConnections=" + maxConnections + ", maxSubscriptions=" + maxSubscriptions + ", maxStreams="
                + maxStreams + ", maxFrameLength="
                + maxFrameLength
                + ", window=" + window + ", handshakeTimeout=" + handshakeTimeout + ", heartbeat=" + heartbeat + ", silence=" + silence
                + ", resumeTimeout=" + resumeTimeout + ", maxLag=" + maxLag + "]";
    }
}
