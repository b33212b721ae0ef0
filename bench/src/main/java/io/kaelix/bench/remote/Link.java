// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.bench.trial.TrialException;
import java.io.IOException;
import java.util.Map;

/** A system that takes messages from one process to another. Each half is made in a process of its own, on a thread that is pinned there. */
interface Link {

    /** Starts the half that is there first, which from now on does what the mode says. */
    Server serve(Request request) throws Exception;

    /**
     * Starts the other half.
     *
     * @param address of the server, as it gave it
     */
    Client connect(Request request, String address) throws Exception;

    /** In one line. */
    String settings();

    /** The half that is there first: sends back each message, or sends as fast as it can, on threads of its own. */
    interface Server extends AutoCloseable {

        /** What the other half has to know to find it: one word. */
        String address();

        /** What it found so far, by the names of figures. */
        default Map<String, Double> figures() {
            return Map.of();
        }

        /** Ends it, with what it has made. */
        @Override
        void close() throws IOException, TrialException;
    }

    /** The half that measures. */
    interface Client extends AutoCloseable {

        /** Sends and takes back until that is done. */
        default void pingPong(final Pings pings) throws Exception {
            throw new TrialException("this system sends nothing back");
        }

        /** Receives until that is done. */
        default void receive(final Arrivals arrivals) throws Exception {
            throw new TrialException("this system receives nothing");
        }

        /** Figures of its own, while the server is there still. */
        default Map<String, Double> figures() throws Exception {
            return Map.of();
        }

        @Override
        void close() throws IOException, TrialException;
    }
}
