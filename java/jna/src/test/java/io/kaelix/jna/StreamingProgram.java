// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.jna;

import io.kaelix.KaelixException;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import io.kaelix.Subscriber;
import java.nio.charset.StandardCharsets;

/** Program that sends itself a message and prints it, and the platform that it came through, or why there is none. */
final class StreamingProgram {

    private StreamingProgram() {
    }

    public static void main(final String[] arguments) {
        try (MemoryStreamer streamer = MemoryStreamer.launch(); Subscriber subscriber = streamer.subscriber("greetings");
                Publisher publisher = streamer.publisher("greetings")) {
            publisher.offer("hello".getBytes(StandardCharsets.US_ASCII));
            subscriber.poll(message -> System.out.println(message.asString() + " through " + streamer.placement().platform() + ", kernels "
                    + streamer.placement().isa()), 1);
        } catch (final KaelixException refused) {
            System.out.println("refused: " + refused.getMessage());
        }
    }
}
