// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import io.kaelix.ClientConfig;
import io.kaelix.TlsConfig;
import io.kaelix.cli.console.CommandException;
import io.kaelix.cli.pipe.ClientExchange;
import io.kaelix.cli.pipe.DirectoryExchange;
import io.kaelix.cli.pipe.Exchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options that say where messages are published to and received from. */
final class ExchangeOptions {

    static final String DEFAULT_ADDRESS = "127.0.0.1:7878";

    @Option(names = "--connect", paramLabel = "HOST:PORT", description = "The server: where 'kaelix serve' or a program listens. Default: "
            + DEFAULT_ADDRESS + ".")
    private String connect;

    @Option(names = "--directory", paramLabel = "DIRECTORY",
            description = "Instead of a server: a directory in memory that processes of this machine share, such as /dev/shm/streams. Whoever comes "
                    + "first makes it, the last one removes it.")
    private Path directory;

    @Option(names = "--token-file", paramLabel = "FILE",
            description = "A file whose first line is the secret to show to the server. Without it, that of KAELIX_TOKEN.")
    private Path tokenFile;

    @Option(names = "--tls", description = "Encrypt the connection by TLS 1.3, with a server that those vouch for whom Java trusts.")
    private boolean tls;

    @Option(names = "--tls-ca", paramLabel = "FILE", description = "The same with a server that these certificates vouch for, in PEM.")
    private Path tlsCa;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "The certificate of this client, in PEM.")
    private Path tlsCertificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its key, in PEM (PKCS#8).")
    private Path tlsKey;

    @Option(names = "--patience", paramLabel = "TIME", converter = DurationText.class, defaultValue = "30s",
            description = "How long a server that is gone is waited for. Default: ${DEFAULT-VALUE}.")
    private Duration patience;

    Duration patience() {
        return patience;
    }

    /**
     * Opens what they say.
     *
     * @param environment that the token may come from
     * @param name of the command, shown in reports of the server
     * @param closing how long closing may wait for what was published
     */
    Exchange open(final Map<String, String> environment, final String name, final Duration closing) {
        if (directory != null) {
            if (connect != null || tokenFile != null || tls || tlsCa != null || tlsCertificate != null || tlsKey != null) {
                throw CommandException.usage("--directory is for processes of this machine, --connect, tokens and TLS are for a server: give one "
                        + "or the other");
            }
            return DirectoryExchange.join(directory);
        }
        return ClientExchange.connect(client(environment.get("KAELIX_TOKEN")).withName(name).withCloseTimeout(closing));
    }

    /** Checks the options before anything is opened. */
    private ClientConfig client(final String tokenOfEnvironment) {
        try {
            ClientConfig config = ClientConfig.to(connect != null ? connect : DEFAULT_ADDRESS);
            final String token = tokenFile != null ? token(tokenFile) : tokenOfEnvironment;
            config = token == null || token.isEmpty() ? config : config.withToken(token);
            return config.withTls(encryption());
        } catch (final IllegalArgumentException e) {
            throw CommandException.usage("--connect: " + e.getMessage());
        }
    }

    private TlsConfig encryption() {
        if ((tlsCertificate == null) != (tlsKey == null)) {
            throw CommandException.usage((tlsKey == null ? "--tls-cert needs --tls-key" : "--tls-key needs --tls-cert") + ": give both");
        }
        if (!tls && tlsCa == null && tlsCertificate == null) {
            return null;
        }
        final TlsConfig config = TlsConfig.client(tlsCa);
        return tlsCertificate == null ? config : config.withCertificate(tlsCertificate, tlsKey);
    }

    private static String token(final Path file) {
        try {
            final String token = Files.readString(file).lines().findFirst().orElse("").strip();
            if (token.isEmpty()) {
                throw CommandException.failed("the first line of " + file + " is empty: it must be the secret that the server knows");
            }
            return token;
        } catch (final IOException e) {
            throw CommandException.failed("cannot read " + file + " (" + e + "); check --token-file", e);
        }
    }
}
