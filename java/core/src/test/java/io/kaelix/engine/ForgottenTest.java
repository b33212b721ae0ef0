// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import static io.kaelix.engine.EngineFixture.drain;
import static io.kaelix.engine.EngineFixture.number;
import static io.kaelix.engine.EngineFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.MemoryStreamer;
import io.kaelix.Message;
import io.kaelix.PagePreference;
import io.kaelix.Publisher;
import io.kaelix.StreamPublisher;
import io.kaelix.StreamerConfig;
import io.kaelix.Subscriber;
import io.kaelix.memory.RegionArena;
import io.kaelix.platform.MappedMemory;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.Rung;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What users forgot to close is found by the garbage collector, and closed. */
class ForgottenTest {

    private final EngineFixture engine = new EngineFixture();

    private static void awaitCollection(final String what, final BooleanSupplier condition) throws InterruptedException {
        EngineFixture.await(what, () -> {
            System.gc();
            return condition.getAsBoolean();
        });
    }

    @Test
    void shouldEndTheLaneOfAForgottenPublisherAfterItsMessages() throws Exception {
        final Subscriber subscriber = engine.subscriber("a");
        send(engine.publisher("a"), 1, 2);
        // Not a local: the one above is garbage from here on.
        awaitCollection("the lane to be left", () -> {
            drain(subscriber);
            return subscriber.lanes().isEmpty();
        });
        subscriber.close();
        engine.close();
        assertThat(engine.mappedBytes()).isZero();
    }

    @Test
    void shouldNotBeHeldUpByAForgottenSubscriber() throws Exception {
        final Publisher publisher = engine.publisher("a");
        assertThat(engine.subscriber("a").poll(message -> { }, 1)).isZero();
        EngineFixture.fill(publisher);
        awaitCollection("the subscriber to be closed", () -> publisher.offer(number(1)) > 0);
        publisher.close();
        engine.close();
        assertThat(engine.mappedBytes()).isZero();
    }

    @Test
    void shouldNotTakeForForgottenWhatIsInUse() throws InterruptedException {
        final Subscriber subscriber = MemoryStreamer.launch(EngineFixture.config()).subscriber(">");
        for (int i = 0; i < 10; i++) {
            System.gc();
            // Time for the cleaner, who would be told of it now: two or three collections free what is forgotten.
            Thread.sleep(5);
            assertThat(subscriber.poll(message -> { }, 1)).as("its streamer is held by it").isZero();
        }
        subscriber.close();
    }

    @Test
    void shouldGiveBackTheMemoryOfAForgottenStreamerWithAllThatCameFromIt() throws Exception {
        final AtomicLong mapped = new AtomicLong();
        forgetStreamer(counting(mapped));
        assertThat(mapped.get()).isPositive();
        awaitCollection("all memory to be unmapped", () -> mapped.get() == 0);
    }

    private static void forgetStreamer(final Platform platform) {
        final MemoryStreamer streamer = LocalStreamer.launch(
                StreamerConfig.defaults().withPages(PagePreference.NORMAL), platform, null);
        final Subscriber subscriber = streamer.subscriber("a");
        final Publisher publisher = streamer.publisher("a");
        streamer.publisher("b").beginBatch();
        final StreamPublisher many = streamer.streamPublisher();
        many.offer(many.stream("c"), number(1));
        streamer.subscribe(">", Message::length).close();
        send(publisher, 1);
        assertThat(drain(subscriber)).containsExactly(1L);
    }

    @Test
    void shouldUnmapOnceWhatWasClosedAndThenForgotten() throws Exception {
        final AtomicLong mapped = new AtomicLong();
        final MemoryStreamer[] streamer = {LocalStreamer.launch(EngineFixture.config(), counting(mapped), null)};
        streamer[0].publisher("a").close();
        streamer[0].subscriber("a").close();
        streamer[0].close();
        assertThat(mapped.get()).isZero();
        streamer[0] = null;
        for (int i = 0; i < 5; i++) {
            System.gc();
            Thread.sleep(5);
            assertThat(mapped.get()).isZero();
        }
    }

    @Test
    void shouldCloseARegistryWhoseArenaIsUnusedAtOnce() {
        final RegionArena arena = new RegionArena(Platforms.current(), Platform.ANY_NODE, Rung.NORMAL, 16 << 20);
        final Registry registry = new Registry(arena, EngineFixture.LANE_CAPACITY);
        registry.close();
        assertThat(arena.mappedBytes()).isZero();
        assertThat(registry.isClosed()).isTrue();
    }

    /** The platform in use, with the bytes that are mapped counted; what is unmapped twice makes the count negative or throws. */
    private static Platform counting(final AtomicLong mapped) {
        final Platform platform = Platforms.current();
        final InvocationHandler handler = (proxy, method, arguments) -> {
            final Object result = invoke(platform, method, arguments);
            if (method.getName().equals("map")) {
                mapped.addAndGet(((MappedMemory) result).bytes());
            } else if (method.getName().equals("unmap")) {
                mapped.addAndGet(-((MappedMemory) arguments[0]).bytes());
            }
            return result;
        };
        return (Platform) Proxy.newProxyInstance(Platform.class.getClassLoader(), new Class<?>[] {Platform.class}, handler);
    }

    private static Object invoke(final Object target, final Method method, final Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (final InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
