// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.ConcurrentPublication;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import io.aeron.protocol.DataHeaderFlyweight;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AgentInvoker;

/**
 * Aeron IPC, with a media driver of its own in this process.
 *
 * <pre>
 *   tryClaim, write, commit ──► log buffer in /dev/shm ──► Subscription.poll (one, or several one after the other)
 *            ▲                                                │ now and then
 *            └─────── publishers' limit ◄─── driver ◄─────────┘
 * </pre>
 *
 * <p>The driver is embedded, with one thread ({@link ThreadingMode#SHARED}) that its documentation has for few cores. On two cores
 * this takes turns with the producer or the consumer; so there is a second way, {@link ThreadingMode#INVOKER}: the consumer calls the
 * driver and the client's conductor after the poll with which it has read an eighth of the window, and every so many polls.
 */
public final class AeronScenario implements Scenario {

    private static final int TERM_LENGTH = 16 << 20;

    /** Holds the largest payload in one frame, as tryClaim wants it. */
    private static final int MTU = 8 << 10;

    /** Bytes of frames after which the driver is called to move the limit: an eighth of the window, which is half a term. */
    private static final int BYTES_PER_DRIVER_CALL = TERM_LENGTH / 16;

    /** Polls after which it is called in any case, for its timeouts. */
    private static final int POLLS_PER_DRIVER_CALL = 256;

    /** Messages that one poll takes at most. */
    private static final int FRAGMENT_LIMIT = 256;

    private static final int STREAM = 1001;

    private final boolean exclusive;
    private final ThreadingMode threading;

    private MediaDriver driver;
    private Aeron aeron;
    private Subscription[] subscriptions;
    private Publication[] publications;
    private int payload;

    private AeronScenario(final boolean exclusive, final ThreadingMode threading) {
        this.exclusive = exclusive;
        this.threading = threading;
    }

    /** Each publisher with a log of its own; the driver has a thread. */
    public static Scenario exclusive() {
        return new AeronScenario(true, ThreadingMode.SHARED);
    }

    /** The same without a thread for the driver. */
    public static Scenario exclusiveInvoked() {
        return new AeronScenario(true, ThreadingMode.INVOKER);
    }

    /** A log that several publishers may share; the driver has a thread. */
    public static Scenario concurrent() {
        return new AeronScenario(false, ThreadingMode.SHARED);
    }

    @Override
    public void start(final Load load) {
        payload = load.payload();
        driver = MediaDriver.launchEmbedded(new MediaDriver.Context()
                .dirDeleteOnShutdown(true)
                .threadingMode(threading)
                .ipcTermBufferLength(TERM_LENGTH)
                .ipcMtuLength(MTU)
                .termBufferSparseFile(false));
        final Aeron.Context client = new Aeron.Context()
                .aeronDirectoryName(driver.aeronDirectoryName())
                .preTouchMappedMemory(true);
        if (isInvoked()) {
            client.driverAgentInvoker(driver.sharedAgentInvoker()).useConductorAgentInvoker(true);
        }
        aeron = Aeron.connect(client);
        subscriptions = new Subscription[load.subscribers()];
        for (int i = 0; i < subscriptions.length; i++) {
            subscriptions[i] = aeron.addSubscription(CommonContext.IPC_CHANNEL, STREAM);
        }
        publications = new Publication[load.publishers()];
        for (int i = 0; i < publications.length; i++) {
            publications[i] = exclusive
                    ? aeron.addExclusivePublication(CommonContext.IPC_CHANNEL, STREAM)
                    : aeron.addPublication(CommonContext.IPC_CHANNEL, STREAM);
        }
        final int images = exclusive ? publications.length : 1;
        for (final Subscription subscription : subscriptions) {
            while (subscription.imageCount() < images) {
                if (isInvoked()) {
                    driver.sharedAgentInvoker().invoke();
                    aeron.conductorAgentInvoker().invoke();
                } else {
                    Thread.yield();
                }
            }
        }
    }

    @Override
    public Sender sender(final int producer) {
        final BufferClaim claim = new BufferClaim();
        final int length = payload;
        if (exclusive) {
            final ExclusivePublication publication = (ExclusivePublication) publications[producer];
            return first -> {
                if (publication.tryClaim(length, claim) < 0) {
                    return 0;
                }
                write(claim, length, first);
                return 1;
            };
        }
        final ConcurrentPublication publication = (ConcurrentPublication) publications[producer];
        return first -> {
            if (publication.tryClaim(length, claim) < 0) {
                return 0;
            }
            write(claim, length, first);
            return 1;
        };
    }

    private static void write(final BufferClaim claim, final int length, final long first) {
        final MutableDirectBuffer buffer = claim.buffer();
        final int index = claim.offset();
        long word = first;
        for (int offset = 0; offset < length; offset += Long.BYTES) {
            buffer.putLong(index + offset, word++);
        }
        claim.commit();
    }

    @Override
    public Receiver receiver() {
        return isInvoked()
                ? new Invoking(subscriptions, driver.sharedAgentInvoker(), aeron.conductorAgentInvoker())
                : new Polling(subscriptions);
    }

    private boolean isInvoked() {
        return threading == ThreadingMode.INVOKER;
    }

    /** Reads every word in place. */
    private static class Polling implements Receiver, FragmentHandler {

        private final Subscription[] subscriptions;
        private Sink sink;
        /** Of frames, since the driver was called. */
        int bytes;

        Polling(final Subscription[] subscriptions) {
            this.subscriptions = subscriptions;
        }

        @Override
        public int receive(final Sink sink) {
            if (this.sink != sink) {
                // Once: each store of a reference marks a card, and lines of the card table are shared with the producer.
                this.sink = sink;
            }
            int count = 0;
            for (final Subscription subscription : subscriptions) {
                count += subscription.poll(this, FRAGMENT_LIMIT);
            }
            return count;
        }

        @Override
        public void onFragment(final DirectBuffer buffer, final int index, final int length, final Header header) {
            final long first = buffer.getLong(index);
            long sum = first;
            for (int offset = Long.BYTES; offset < length; offset += Long.BYTES) {
                sum += buffer.getLong(index + offset);
            }
            bytes += BitUtil.align(length + DataHeaderFlyweight.HEADER_LENGTH, FrameDescriptor.FRAME_ALIGNMENT);
            sink.onMessage(first, sum);
        }
    }

    /** Does the driver's and the conductor's work, too. */
    private static final class Invoking extends Polling {

        private final AgentInvoker driver;
        private final AgentInvoker conductor;
        private int polls;

        Invoking(final Subscription[] subscriptions, final AgentInvoker driver, final AgentInvoker conductor) {
            super(subscriptions);
            this.driver = driver;
            this.conductor = conductor;
        }

        @Override
        public int receive(final Sink sink) {
            final int count = super.receive(sink);
            if (++polls >= POLLS_PER_DRIVER_CALL || bytes >= BYTES_PER_DRIVER_CALL) {
                polls = 0;
                bytes = 0;
                driver.invoke();
                conductor.invoke();
            }
            return count;
        }
    }

    @Override
    public void stop() {
        aeron.close();
        driver.close();
    }

    @Override
    public String settings() {
        return "driver " + threading + (isInvoked() ? ", called by the consumer" : ", its default idle strategies")
                + ", terms of " + (TERM_LENGTH >> 20) + " MiB, pre-touched, MTU " + MTU
                + ", polls of at most " + FRAGMENT_LIMIT + ", no bounds checks";
    }
}
