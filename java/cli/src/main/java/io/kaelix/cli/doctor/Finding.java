// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import java.util.List;
import java.util.Objects;

/**
 * What a check saw.
 *
 * @param status how it ended
 * @param found one line
 * @param wanted one line
 * @param remedies none where nothing needs to be done, or nothing can be; each is enough
 */
public record Finding(Status status, String found, String wanted, List<Remedy> remedies) {

    public Finding {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(found, "found");
        Objects.requireNonNull(wanted, "wanted");
        remedies = List.copyOf(remedies);
    }

    static Finding ok(final String found, final String wanted) {
        return new Finding(Status.OK, found, wanted, List.of());
    }

    static Finding advice(final String found, final String wanted, final Remedy... remedies) {
        return new Finding(Status.ADVICE, found, wanted, List.of(remedies));
    }

    static Finding problem(final String found, final String wanted, final Remedy... remedies) {
        return new Finding(Status.PROBLEM, found, wanted, List.of(remedies));
    }

    /** With what root types. */
    Finding asRoot() {
        return new Finding(status, found, wanted, remedies.stream().map(Remedy::asRoot).toList());
    }

    /** With why it could not be read. */
    static Finding unknown(final String reason, final String wanted) {
        return new Finding(Status.UNKNOWN, reason, wanted, List.of());
    }
}
