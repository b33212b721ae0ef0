// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.KaelixException;
import io.kaelix.MessageBatch;
import io.kaelix.Subscriber;
import java.util.ArrayList;
import java.util.List;

/** Makes batches until there is no memory for one more, and prints what that says. Run in a process of its own. */
final class BatchMemoryProbe {

    private BatchMemoryProbe() {
    }

    public static void main(final String[] arguments) {
        try (EngineFixture fixture = new EngineFixture(); Subscriber subscriber = fixture.subscriber("a")) {
            final List<MessageBatch> batches = new ArrayList<>();
            try {
                while (true) {
                    batches.add(subscriber.batch(MessageBatch.MAX_MESSAGES));
                }
            } catch (final KaelixException refused) {
                System.out.println(refused.getMessage());
            }
            fixture.publisher("a").offer(EngineFixture.number(7));
            System.out.println("then " + subscriber.poll(batches.getFirst()) + " of " + batches.size());
        }
    }
}
