// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import io.kaelix.KaelixException;
import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.config.FileRounds;
import io.kaelix.config.NetworkConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * The listeners that {@code [network]} asks for. They follow its hot keys, and the files that it names: certificates, keys and tokens are
 * read again when they change.
 *
 * <p><b>Threads</b>: any.
 */
final class Listeners implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger(Kaelix.class.getName());

    private final List<Listener> open = new ArrayList<>();
    private final FileRounds rounds;
    private volatile NetworkConfig config;

    private Listeners(final NetworkConfig config) {
        this.config = config;
        this.rounds = FileRounds.of(() -> this.config.files());
    }

    /**
     * Listens.
     *
     * @throws KaelixException if a place cannot be listened on, or a file cannot be used; none is listened on then
     */
    static Listeners open(final NetworkConfig config, final MemoryStreamer streamer) {
        final Listeners listeners = new Listeners(config);
        try {
            // Without a place, nobody needs the files.
            if (!config.listen().isEmpty()) {
                config.listeners().forEach(place -> listeners.open.add(streamer.listen(place)));
                listeners.rounds.start(listeners::readFiles);
            }
            return listeners;
        } catch (final RuntimeException | Error e) {
            listeners.close();
            throw e;
        }
    }

    /** Those that there are, in the order of the places; as long as this is open. */
    List<Listener> all() {
        return List.copyOf(open);
    }

    /**
     * Goes on with other hot values; places and all that needs a restart are as they were.
     *
     * @throws KaelixException if a file cannot be used, or everybody could connect unasked to a place, which goes on as before; so do all,
     *     if it is the file of tokens
     */
    synchronized void reconfigure(final NetworkConfig next) {
        final List<ListenConfig> places = places(next);
        config = next;
        apply(places);
    }

    private List<ListenConfig> places(final NetworkConfig next) {
        return open.isEmpty() ? List.of() : next.listeners();
    }

    private synchronized void readFiles() {
        try {
            apply(places(config));
            LOGGER.log(System.Logger.Level.INFO, "files that [network] names have changed and were read again");
        } catch (final KaelixException e) {
            LOGGER.log(System.Logger.Level.WARNING, "files that [network] names have changed and do not do, those before go on: "
                    + e.getMessage());
        }
    }

    private void apply(final List<ListenConfig> places) {
        KaelixException refused = null;
        for (int i = 0; i < open.size(); i++) {
            try {
                open.get(i).reconfigure(places.get(i));
            } catch (final KaelixException e) {
                refused = e;
            }
        }
        if (refused != null) {
            throw refused;
        }
    }

    @Override
    public void close() {
        rounds.close();
        open.forEach(Listener::close);
    }
}
