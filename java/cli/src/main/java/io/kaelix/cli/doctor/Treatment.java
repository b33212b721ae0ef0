// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Applies remedies, each only after consent, and reads back what is there then. Each remedy of a check is enough: the next is asked for
 * only if one was declined or refused. For one thread.
 */
public final class Treatment {

    /** Who agrees. */
    public interface Consent {

        /**
         * Asks about one change.
         *
         * @return whether it shall be done
         */
        boolean given(Result result, Remedy remedy) throws IOException;
    }

    private final Host host;
    private final Consent consent;
    private final Consumer<String> tell;
    private final List<Applied> applied = new ArrayList<>();

    /**
     * With who is to be asked.
     *
     * @param tell takes a line about each change that was tried
     */
    public Treatment(final Host host, final Consent consent, final Consumer<String> tell) {
        this.host = host;
        this.consent = consent;
        this.tell = tell;
    }

    /**
     * Goes through what is not as wanted.
     *
     * @return all that was agreed to
     */
    public List<Applied> of(final List<Result> results) throws IOException {
        for (final Result result : results) {
            for (final Remedy remedy : result.finding().remedies()) {
                if (remedy.change().isPresent() && consent.given(result, remedy) && isMade(remedy, remedy.change().get(), result)) {
                    break;
                }
            }
        }
        return List.copyOf(applied);
    }

    private boolean isMade(final Remedy remedy, final Change change, final Result result) {
        final String id = result.check().id();
        try {
            change.apply(host);
        } catch (final IOException refused) {
            applied.add(new Applied(id, remedy.now(), false, refused.getMessage()));
            tell.accept(id + " not changed: " + refused.getMessage());
            return false;
        }
        final String now = change.readBack(host);
        applied.add(new Applied(id, remedy.now(), true, now));
        tell.accept(id + " is now: " + now);
        return true;
    }
}
