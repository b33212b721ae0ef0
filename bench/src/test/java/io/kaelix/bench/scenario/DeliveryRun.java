// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

import java.util.List;
import java.util.Optional;

/** Checks in a JVM of its own what needs options: {@code DeliveryRun MESSAGES SYSTEM/MODE…}; one line on stdout for each and payload. */
final class DeliveryRun {

    static final String SOUND = "sound";

    /** Bytes of the messages that each is tried with. */
    static final List<Integer> PAYLOADS = List.of(8, 256);

    private DeliveryRun() {
    }

    public static void main(final String[] arguments) throws Exception {
        final int messages = Integer.parseInt(arguments[0]);
        for (int i = 1; i < arguments.length; i++) {
            final String name = arguments[i];
            final Catalogue.Entry entry = Catalogue.entries().stream().filter(known -> name(known).equals(name)).findFirst().orElseThrow();
            for (final int payload : PAYLOADS) {
                final Load load = new Load(payload, entry.publishers(), entry.subscribers());
                final Optional<String> problem = Delivery.check(entry.scenario().get(), load, messages);
                System.out.println(line(name, payload, problem.orElse(SOUND)));
            }
        }
    }

    static String line(final String name, final int payload, final String verdict) {
        return name + " with " + payload + " bytes: " + verdict;
    }

    static String name(final Catalogue.Entry entry) {
        return entry.system() + "/" + entry.mode();
    }
}
