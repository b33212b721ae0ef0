// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.guide;

/**
 * What was measured for a target; null where there is no such figure.
 *
 * @param measured of the library
 * @param floor what C does by the same protocol, in the same rounds
 * @param peer the best of the other systems, in the same rounds
 * @param peerName which that is
 * @param note what one has to know to read the figures, in one line; may be empty
 */
record Figures(Double measured, Double floor, Double peer, String peerName, String note) {

    /** Where a trial failed. */
    static final Figures NONE = new Figures(null, null, null, null, "not measured");

    /** Of the library alone. */
    static Figures of(final double measured, final String note) {
        return new Figures(measured, null, null, null, note);
    }

    /** The same figures, with something more to know. */
    Figures noting(final String more) {
        return new Figures(measured, floor, peer, peerName, note.isEmpty() ? more : note + "; " + more);
    }
}
