// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.verify;

import java.util.ArrayList;
import java.util.List;

/**
 * What was sent and what was received, compared: every subscriber must have every publisher's messages, each once, in order, unchanged.
 *
 * @param lost messages that did not arrive, over all subscribers
 * @param duplicated messages that arrived again
 * @param reordered messages that arrived behind a later one of their publisher
 * @param differences one line for each subscriber and publisher where anything differs
 */
public record Verdict(long lost, long duplicated, long reordered, List<String> differences) {

    /** Compares what the publishers sent with what each subscriber has of each of them, in the publishers' order. */
    public static Verdict of(final List<Sent> sent, final List<List<Received>> subscribers) {
        long lost = 0;
        long duplicated = 0;
        long reordered = 0;
        final List<String> differences = new ArrayList<>();
        for (int subscriber = 0; subscriber < subscribers.size(); subscriber++) {
            for (int publisher = 0; publisher < sent.size(); publisher++) {
                final Sent there = sent.get(publisher);
                final Received here = subscribers.get(subscriber).get(publisher);
                final long missing = here.lost(there.messages());
                lost += missing;
                duplicated += here.duplicated();
                reordered += here.reordered();
                final boolean regular = missing == 0 && here.duplicated() == 0 && here.reordered() == 0;
                if (!regular || !here.matches(there)) {
                    differences.add("subscriber " + (subscriber + 1) + " and publisher " + (publisher + 1) + ": "
                            + (regular ? "content differs" : missing + " lost, " + here.duplicated() + " duplicated, "
                                    + here.reordered() + " reordered"));
                }
            }
        }
        return new Verdict(lost, duplicated, reordered, List.copyOf(differences));
    }

    /** Whether all is as it must be. */
    public boolean isClean() {
        return differences.isEmpty();
    }
}
