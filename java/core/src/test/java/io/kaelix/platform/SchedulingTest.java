// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SchedulingTest {

    @Test
    void shouldHaveAPriorityOnlyWhereItIsRealTime() {
        assertThat(Scheduling.fifo(1)).hasToString("FIFO 1");
        assertThat(Scheduling.fifo(Scheduling.MAX_PRIORITY).priority()).isEqualTo(99);
        assertThat(Scheduling.NORMAL).hasToString("NORMAL");
        assertThatIllegalArgumentException().isThrownBy(() -> Scheduling.fifo(0)).withMessage("priority of FIFO must be 1 to 99, not 0");
        assertThatIllegalArgumentException().isThrownBy(() -> Scheduling.fifo(100));
        assertThatIllegalArgumentException().isThrownBy(() -> new Scheduling(Scheduling.Policy.IDLE, 1))
                .withMessage("priority of IDLE must be 0, not 1");
    }

    @Test
    void shouldSayWhatIsMissingForThePriorityThatWasAsked() {
        final Scheduling.Outcome refused = Scheduling.Outcome.refused(Scheduling.fifo(40), Scheduling.NORMAL, 1);
        assertThat(refused.isGranted()).isFalse();
        assertThat(refused.inForce()).isEqualTo(Scheduling.NORMAL);
        assertThat(refused.refusal()).isEqualTo("asked for scheduling FIFO 40: the system refused (EPERM); give the process CAP_SYS_NICE, or "
                + "RLIMIT_RTPRIO of at least 40 (ulimit -r 40, or LimitRTPRIO=40 of systemd; in a container --ulimit rtprio=40 or "
                + "--cap-add SYS_NICE); it stays NORMAL");
    }

    @Test
    void shouldNotSpeakOfPriorityWhereNoneWasAsked() {
        assertThat(Scheduling.Outcome.refused(new Scheduling(Scheduling.Policy.BATCH, 0), Scheduling.NORMAL, 38).refusal())
                .contains("ENOSYS").contains("sandbox").doesNotContain("RTPRIO");
    }
}
