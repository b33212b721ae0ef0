// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.guide;

import com.fasterxml.jackson.annotation.JsonValue;
import io.kaelix.bench.guide.Guide.Row;
import java.util.Locale;
import java.util.function.Function;

/**
 * Something to reach.
 *
 * @param name of the row
 * @param bound on which side of the limit it is reached; null without a limit
 * @param limit in the unit; null for figures that are shown beside and not judged
 * @param unit of all figures of the row
 * @param figures finds them among what was measured
 */
record Target(String name, Bound bound, Double limit, Unit unit, Function<Measured, Figures> figures) {

    /** On which side of a limit a target is met. */
    enum Bound {
        /** Less than the limit. */
        BELOW("<"),
        /** More than the limit. */
        ABOVE(">");

        private final String sign;

        Bound(final String sign) {
            this.sign = sign;
        }

        /** As the table has it. */
        String sign() {
            return sign;
        }

        /** As JSON has it. */
        @JsonValue
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean isMet(final double measured, final double limit) {
            return this == BELOW ? measured < limit : measured > limit;
        }
    }

    /** Met by less. */
    static Target below(final String name, final double limit, final Unit unit, final Function<Measured, Figures> figures) {
        return new Target(name, Bound.BELOW, limit, unit, figures);
    }

    /** Met by more. */
    static Target above(final String name, final double limit, final Unit unit, final Function<Measured, Figures> figures) {
        return new Target(name, Bound.ABOVE, limit, unit, figures);
    }

    /** Shown, not judged. */
    static Target shown(final String name, final Unit unit, final Function<Measured, Figures> figures) {
        return new Target(name, null, null, unit, figures);
    }

    /** The row of it. */
    Row judge(final Measured measured) {
        final Figures found = figures.apply(measured);
        final Boolean met = limit == null || found.measured() == null ? null : bound.isMet(found.measured(), limit);
        return new Row(name, bound, limit, unit, found.measured(), found.floor(), found.peer(), found.peerName(), met, found.note());
    }
}
