// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.KaelixException;
import io.kaelix.ListenConfig;
import io.kaelix.TlsConfig;
import io.kaelix.TopicPattern;
import io.kaelix.TopicRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * {@code [network]}: where clients are listened for, who may connect, and what they may do. Comes from a {@link KaelixConfig}, which has
 * checked it; the files that it names are read by {@link #listeners} and by the listener.
 *
 * {@snippet :
 * KaelixConfig config = ConfigLoader.of().file(Path.of("kaelix.toml")).environment(System.getenv()).load();
 * for (ListenConfig where : config.network().listeners()) {
 *     streamer.listen(where);
 * }
 * }
 *
 * @param listen hosts with ports
 * @param tlsCertificate file; empty for no TLS
 * @param tlsKey file; empty for no TLS
 * @param tlsTrusted file of what vouches for clients; empty for none
 * @param tlsClientCertificates whether clients must show one
 * @param tokensFile file of identities and tokens; empty for none
 * @param rules who may do what, in their order
 * @param open whether hosts that are not of the loopback are listened on without tokens and client certificates
 * @param maxConnections at once
 * @param maxSubscriptions of a client
 * @param maxStreams that a client publishes to
 * @param maxFrameLength bytes of a message or part of one from a client
 * @param window bytes on their way from a client
 * @param handshakeTimeout until a client has said who it is
 * @param heartbeat between two signs of life
 * @param silence after which a client counts as cut off
 * @param resumeTimeout for a client to come back
 * @param maxLag bytes that a subscription may be behind; 0 for three quarters of a buffer
 */
public record NetworkConfig(List<String> listen, String tlsCertificate, String tlsKey, String tlsTrusted, boolean tlsClientCertificates,
        String tokensFile, List<TopicRule> rules, boolean open, int maxConnections, int maxSubscriptions, int maxStreams,
        int maxFrameLength, int window, Duration handshakeTimeout, Duration heartbeat, Duration silence, Duration resumeTimeout, long maxLag) {

    private static final String RULE = "a rule is allow or deny, an identity or *, publish, subscribe or both, and a pattern of topics, as "
            + "'allow alice publish orders.>'";

    /** Copies the lists. */
    public NetworkConfig {
        listen = List.copyOf(listen);
        rules = List.copyOf(rules);
    }

    static NetworkConfig of(final Draft draft) {
        return new NetworkConfig(
                draft.texts(ConfigKey.NETWORK_LISTEN),
                draft.text(ConfigKey.NETWORK_TLS_CERTIFICATE),
                draft.text(ConfigKey.NETWORK_TLS_KEY),
                draft.text(ConfigKey.NETWORK_TLS_TRUSTED),
                draft.truth(ConfigKey.NETWORK_TLS_CLIENT_CERTIFICATES),
                draft.text(ConfigKey.NETWORK_TOKENS_FILE),
                draft.texts(ConfigKey.NETWORK_RULES).stream().map(NetworkConfig::rule).toList(),
                draft.truth(ConfigKey.NETWORK_OPEN),
                draft.whole(ConfigKey.NETWORK_MAX_CONNECTIONS),
                draft.whole(ConfigKey.NETWORK_MAX_SUBSCRIPTIONS),
                draft.whole(ConfigKey.NETWORK_MAX_STREAMS),
                draft.whole(ConfigKey.NETWORK_MAX_FRAME_LENGTH),
                draft.whole(ConfigKey.NETWORK_WINDOW),
                Duration.ofMillis(draft.number(ConfigKey.NETWORK_HANDSHAKE_TIMEOUT_MS)),
                Duration.ofMillis(draft.number(ConfigKey.NETWORK_HEARTBEAT_MS)),
                Duration.ofMillis(draft.number(ConfigKey.NETWORK_SILENCE_MS)),
                Duration.ofMillis(draft.number(ConfigKey.NETWORK_RESUME_TIMEOUT_MS)),
                draft.number(ConfigKey.NETWORK_MAX_LAG));
    }

    /** @throws IllegalArgumentException if it is none; the message says what one is */
    static TopicRule rule(final String text) {
        final String[] words = text.strip().split("\\s+");
        if (words.length != 4 || !words[0].equals("allow") && !words[0].equals("deny")) {
            throw new IllegalArgumentException(RULE);
        }
        final TopicRule.Action action = switch (words[2]) {
            case "publish", "subscribe", "both" -> TopicRule.Action.valueOf(words[2].toUpperCase(Locale.ROOT));
            default -> throw new IllegalArgumentException(RULE);
        };
        return new TopicRule(words[1], words[0].equals("allow"), action, TopicPattern.of(words[3]));
    }

    /**
     * What to listen with: one for each of {@link #listen}. Reads the file of tokens, and blocks meanwhile.
     *
     * @throws KaelixException if the file of tokens cannot be read, others may read it, or a line of it is no identity and token; the
     *     message says where and what to do, and quotes no line
     */
    public List<ListenConfig> listeners() {
        final Map<String, String> tokens = tokensFile.isEmpty() ? Map.of()
                : tokens(tokensFile, SecretFile.read(Path.of(tokensFile), "token"));
        final TlsConfig tls = tlsCertificate.isEmpty() ? null : new TlsConfig(Path.of(tlsCertificate), Path.of(tlsKey),
                tlsTrusted.isEmpty() ? null : Path.of(tlsTrusted), tlsClientCertificates);
        return listen.stream().map(where -> {
            final ListenConfig to = ListenConfig.on(where);
            return new ListenConfig(to.host(), to.port(), tls, tokens, rules, open, maxConnections, maxSubscriptions, maxStreams,
                    maxFrameLength, window, handshakeTimeout, heartbeat, silence, resumeTimeout, maxLag);
        }).toList();
    }

    /** The files that it names, certificates, keys and tokens: what {@link #listeners} and the listeners read. */
    public List<Path> files() {
        return Stream.of(tlsCertificate, tlsKey, tlsTrusted, tokensFile).filter(name -> !name.isEmpty()).map(Path::of).toList();
    }

    /** Blank lines, and those that begin with '#', say nothing. */
    private static Map<String, String> tokens(final String file, final String text) {
        final Map<String, String> tokens = new HashMap<>();
        int number = 0;
        for (final String line : text.split("\n", -1)) {
            number++;
            final String said = line.strip();
            if (said.isEmpty() || said.charAt(0) == '#') {
                continue;
            }
            final String[] words = said.split("\\s+");
            if (words.length != 2 || words[0].equals(TopicRule.EVERYBODY)) {
                throw problem(file, number, "must be an identity, a space, and its token; the identity cannot be *");
            }
            if (tokens.put(words[1], words[0]) != null) {
                throw problem(file, number, "has a token that stands above already: give each its own");
            }
        }
        if (tokens.isEmpty()) {
            throw problem(file, number, "is the end, and there is no token: write an identity and its token on a line, or set"
                    + " network.tokens_file = \"\"");
        }
        return tokens;
    }

    private static KaelixException problem(final String file, final int line, final String text) {
        return new KaelixException("token file " + Shown.path(file) + ':' + line + ": " + text);
    }
}
