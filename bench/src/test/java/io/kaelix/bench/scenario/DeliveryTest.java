// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** That a scenario which breaks its promise is found out. */
class DeliveryTest {

    private static final int MESSAGES = 2_000;
    private static final int VICTIM = 1_234;
    private static final int WORDS = 4;

    @Test
    void shouldAcceptWhatArrivesAsSent() throws Exception {
        assertThat(check(sink -> sink)).isEmpty();
    }

    @Test
    void shouldFindDroppedMessage() throws Exception {
        assertThat(check(sink -> (first, sum) -> {
            if (first != VICTIM) {
                sink.onMessage(first, sum);
            }
        })).hasValueSatisfying(containing("only 1999 messages of 2000"));
    }

    @Test
    void shouldFindDuplicate() throws Exception {
        assertThat(check(sink -> (first, sum) -> {
            sink.onMessage(first, sum);
            if (first == VICTIM) {
                sink.onMessage(first, sum);
            }
        })).hasValueSatisfying(containing("message 1234 of publisher 0 arrived too often"));
    }

    @Test
    void shouldFindTornMessage() throws Exception {
        assertThat(check(sink -> (first, sum) -> sink.onMessage(first, first == VICTIM ? sum + 1 : sum)))
                .hasValueSatisfying(containing("message 1234 of publisher 0 is not whole"));
    }

    @Test
    void shouldFindSwappedMessages() throws Exception {
        assertThat(check(sink -> (first, sum) -> {
            final long swapped = first == VICTIM ? VICTIM + 1 : first == VICTIM + 1 ? VICTIM : first;
            sink.onMessage(swapped, Words.sum(swapped, WORDS));
        })).hasValueSatisfying(containing("message 1234 of publisher 0 arrived out of order"));
    }

    @Test
    void shouldReportWhatTheScenarioThrows() {
        assertThatThrownBy(() -> check(sink -> {
            throw new IllegalStateException("broken on purpose");
        })).hasRootCauseMessage("broken on purpose");
    }

    private static Consumer<String> containing(final String text) {
        return problem -> assertThat(problem).contains(text);
    }

    private static Optional<String> check(final UnaryOperator<Scenario.Sink> fault) throws Exception {
        return Delivery.check(new Faulty(fault), new Load(WORDS * Long.BYTES, 1, 1), MESSAGES);
    }

    /** A queue with something in between. */
    private static final class Faulty implements Scenario {

        private final Scenario sound = new ArrayBlockingQueueScenario();
        private final UnaryOperator<Sink> fault;

        Faulty(final UnaryOperator<Sink> fault) {
            this.fault = fault;
        }

        @Override
        public void start(final Load load) throws Exception {
            sound.start(load);
        }

        @Override
        public Sender sender(final int producer) {
            return sound.sender(producer);
        }

        @Override
        public Receiver receiver() {
            final Receiver receiver = sound.receiver();
            return sink -> receiver.receive(fault.apply(sink));
        }

        @Override
        public void stop() throws Exception {
            sound.stop();
        }

        @Override
        public String settings() {
            return sound.settings();
        }
    }
}
