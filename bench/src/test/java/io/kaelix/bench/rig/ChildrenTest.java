// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChildrenTest {

    private static final double PATIENCE_SECONDS = 30;

    private final Children children = new Children();

    private String run(final String script, final double seconds) throws TrialFailure, InterruptedException {
        return children.run(List.of("/bin/sh", "-c", script), seconds, "why: ");
    }

    @Test
    void shouldReturnTheLastLineOfStandardOutput() throws Exception {
        assertThat(run("echo first; echo noise >&2; echo last; echo", PATIENCE_SECONDS)).isEqualTo("last");
    }

    @Test
    void shouldGiveTheReasonThatAFailedChildGave() {
        final TrialFailure failure = catchThrowableOfType(TrialFailure.class,
                () -> run("echo before >&2; echo 'why: it broke' >&2; exit 1", PATIENCE_SECONDS));

        assertThat(failure).hasMessage("it broke");
        assertThat(failure.output()).isEqualTo("before\nwhy: it broke");
    }

    @Test
    void shouldGiveTheStatusOfAChildThatGaveNoReason() {
        assertThatThrownBy(() -> run("echo oops >&2; exit 3", PATIENCE_SECONDS)).hasMessage("it ended with status 3: oops");
    }

    @Test
    void shouldKillAChildAndItsChildrenAtTheDeadline() {
        assertThatThrownBy(() -> run("sleep 100 & sleep 100", 0.5)).hasMessage("not done after 1 s");
        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)
                .filter(child -> child.info().command().orElse("").endsWith("sleep"))).isEmpty();
    }

    @Test
    void shouldFailWhenNothingIsPrintedOrTheCommandIsNotThere() {
        assertThatThrownBy(() -> run("true", PATIENCE_SECONDS)).hasMessage("it printed nothing");
        assertThatThrownBy(() -> children.run(List.of("/no/such/program"), 1, "why: "))
                .hasMessageContaining("cannot start /no/such/program");
    }

    @Test
    void shouldTakeMoreOutputThanAPipeHolds() throws Exception {
        assertThat(run("i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789 >&2; i=$((i + 1)); done; echo done",
                PATIENCE_SECONDS)).isEqualTo("done");
    }
}
