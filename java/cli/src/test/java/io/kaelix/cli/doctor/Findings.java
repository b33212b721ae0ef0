// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;

/** What checks say of a machine. */
final class Findings {

    private Findings() {
    }

    static Finding find(final MachineFolder machine, final String id) {
        final List<Result> results = Doctor.examine(machine.host(), Set.of(id));
        assertThat(results).hasSize(1);
        return results.getFirst().finding();
    }

    static List<String> ids(final MachineFolder machine, final Status status) {
        return Doctor.examine(machine.host(), Set.of()).stream().filter(result -> result.finding().status() == status)
                .map(result -> result.check().id()).toList();
    }

    static void assertFound(final MachineFolder machine, final String id, final Status status, final String found) {
        final Finding finding = find(machine, id);
        assertThat(finding.found()).contains(found);
        assertThat(finding.status()).isEqualTo(status);
    }

    static void assertRemedy(final MachineFolder machine, final String id, final String now, final String permanent) {
        final Remedy remedy = find(machine, id).remedies().getFirst();
        assertThat(remedy.now()).isEqualTo(now);
        assertThat(remedy.permanent()).isEqualTo(permanent);
    }
}
