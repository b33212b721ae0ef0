// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.FragmentAssembler;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import io.kaelix.bench.scenario.Words;
import io.kaelix.bench.trial.TrialException;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.NoOpLock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Aeron as the bridge sets it up, without the bridge: a driver on each side, which the thread calls that sends and receives.
 *
 * <p>Packed, a packet holds as many messages as the bridge has in one, with as many bytes before each and before all of them: the user of Aeron
 * who packs writes lengths, too.
 */
final class BareLink implements Link {

    private static final int TO_SERVER = 7101;
    private static final int TO_CLIENT = 7100;
    /** As the bridge has them. */
    private static final int TERM_LENGTH = 4 << 20;
    private static final long PEER_TIMEOUT_SECONDS = 5;
    private static final int FRAGMENT_LIMIT = 64;
    private static final int DRIVER_TURNS = 8;
    private static final int FULL_PACKET = 1 << 10;
    private static final double CONNECT_SECONDS = 15;

    private final boolean isPacked;

    BareLink(final boolean isPacked) {
        this.isPacked = isPacked;
    }

    /** What one thread has of it. */
    private static final class End implements Closeable {

        private final MediaDriver driver;
        private final Aeron aeron;
        private final BufferClaim claim = new BufferClaim();
        private final UnsafeBuffer whole;
        private ExclusivePublication publication;
        private Subscription subscription;
        private long sent;
        private long written = -1;

        /** @param in port, or null; and so is the other one */
        private End(final Request request, final String in, final int inStream, final String out, final int outStream) {
            driver = MediaDriver.launchEmbedded(new MediaDriver.Context().dirDeleteOnStart(true).dirDeleteOnShutdown(true)
                    .threadingMode(ThreadingMode.INVOKER).publicationTermBufferLength(TERM_LENGTH)
                    .imageLivenessTimeoutNs(TimeUnit.SECONDS.toNanos(PEER_TIMEOUT_SECONDS))
                    .publicationConnectionTimeoutNs(TimeUnit.SECONDS.toNanos(PEER_TIMEOUT_SECONDS)));
            aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.aeronDirectoryName()).useConductorAgentInvoker(true)
                    .clientLock(NoOpLock.INSTANCE).driverAgentInvoker(driver.sharedAgentInvoker()));
            if (in != null) {
                subscription = aeron.addSubscription(AeronLink.channel(in), inStream);
            }
            if (out != null) {
                publication = aeron.addExclusivePublication(AeronLink.channel(out), outStream);
            }
            whole = publication == null || request.payload() <= publication.maxPayloadLength() ? null
                    : new UnsafeBuffer(ByteBuffer.allocateDirect(request.payload()));
        }

        /** As a turn of the bridge calls it. */
        private void call() {
            int more = FULL_PACKET;
            for (int i = 0; i < DRIVER_TURNS && more >= FULL_PACKET; i++) {
                more = driver.sharedAgentInvoker().invoke();
            }
            aeron.conductorAgentInvoker().invoke();
        }

        /** False: there is no room, or nobody yet. */
        private boolean send(final int length, final long first) {
            if (whole != null) {
                if (written != first) {
                    // Once, however often it is offered.
                    AeronLink.write(whole, 0, length, first);
                    written = first;
                }
                return publication.offer(whole, 0, length) > 0;
            }
            if (publication.tryClaim(length, claim) < 0) {
                return false;
            }
            AeronLink.write(claim.buffer(), claim.offset(), length, first);
            claim.commit();
            return true;
        }

        private void awaitConnection() throws TrialException {
            final long start = System.nanoTime();
            while (publication != null && !publication.isConnected() || !subscription.isConnected()) {
                call();
                if (System.nanoTime() - start > CONNECT_SECONDS * 1e9) {
                    throw new TrialException("not connected within " + CONNECT_SECONDS + " s");
                }
            }
        }

        @Override
        public void close() {
            aeron.close();
            driver.close();
        }
    }

    /** Messages of a packet, each behind its length, all behind what names them. */
    private static final class Packet {

        private final int payload;
        private final int stride;
        private final int messages;

        private Packet(final int payload, final int longest) {
            this.payload = payload;
            this.stride = BridgeLink.FRAME_HEADER + payload;
            this.messages = (longest - BridgeLink.RUN_HEADER) / stride;
        }

        private boolean send(final End end, final long first) {
            if (end.publication.tryClaim(BridgeLink.RUN_HEADER + messages * stride, end.claim) < 0) {
                return false;
            }
            final MutableDirectBuffer buffer = end.claim.buffer();
            int at = end.claim.offset();
            buffer.putLong(at, messages);
            at += BridgeLink.RUN_HEADER;
            for (int i = 0; i < messages; i++) {
                buffer.putLong(at, payload);
                AeronLink.write(buffer, at + BridgeLink.FRAME_HEADER, payload, first + i);
                at += stride;
            }
            end.claim.commit();
            return true;
        }

        private static void take(final DirectBuffer buffer, final int index, final Arrivals arrivals) {
            int at = index + BridgeLink.RUN_HEADER;
            for (long left = buffer.getLong(index); left > 0; left--) {
                final int length = (int) buffer.getLong(at);
                at += BridgeLink.FRAME_HEADER;
                arrivals.take(buffer.getLong(at), AeronLink.sum(buffer, at, length));
                at += length;
            }
        }
    }

    @Override
    public Server serve(final Request request) throws Exception {
        final boolean isEchoed = request.mode().isEchoed();
        final String in = isEchoed ? AeronLink.freePort() : null;
        final String out = AeronLink.freePort();
        final End end = new End(request, in, TO_SERVER, out, TO_CLIENT);
        final Heap heap = new Heap(request.warmup());
        final PollingServer.Turn work = isEchoed ? echo(end, request) : source(end, request);
        return new PollingServer(in + "," + out, () -> {
            work.run();
            end.call();
            heap.look(end.sent);
        }, end, heap::figures);
    }

    private PollingServer.Turn source(final End end, final Request request) {
        final Packet packet = isPacked ? new Packet(request.payload(), end.publication.maxPayloadLength()) : null;
        return () -> {
            final long until = end.sent + request.mode().batch();
            if (packet != null) {
                while (end.sent < until && packet.send(end, end.sent)) {
                    end.sent += packet.messages;
                }
                return;
            }
            while (end.sent < until && end.send(request.payload(), end.sent)) {
                end.sent++;
            }
        };
    }

    private static PollingServer.Turn echo(final End end, final Request request) {
        final FragmentHandler handler = (buffer, index, length, header) -> {
            final long first = buffer.getLong(index);
            // Its words come back changed if they came changed: the sum of what is sent is right for the first word alone.
            final long shift = AeronLink.sum(buffer, index, length) - Words.sum(first, request.words());
            while (!end.send(length, first + shift)) {
                end.call();
            }
            end.sent++;
        };
        return () -> end.subscription.poll(handler, FRAGMENT_LIMIT);
    }

    @Override
    public Client connect(final Request request, final String address) throws Exception {
        final String[] ports = address.split(",");
        final End end = new End(request, ports[1], TO_CLIENT, request.mode().isEchoed() ? ports[0] : null, TO_SERVER);
        end.awaitConnection();
        return new Connected(end, request, isPacked);
    }

    private record Connected(End end, Request request, boolean isPacked) implements Client {

        @Override
        public void pingPong(final Pings pings) {
            final boolean[] isBack = {true};
            final FragmentHandler handler = (buffer, index, length, header) -> {
                pings.end(buffer.getLong(index), AeronLink.sum(buffer, index, length));
                isBack[0] = true;
            };
            final long started = System.nanoTime();
            while (!pings.isOver(started)) {
                if (isBack[0]) {
                    isBack[0] = false;
                    final long first = pings.begin();
                    while (!end.send(request.payload(), first)) {
                        end.call();
                    }
                }
                end.call();
                end.subscription.poll(handler, 1);
            }
        }

        @Override
        public void receive(final Arrivals arrivals) {
            final FragmentHandler handler = isPacked ? (buffer, index, length, header) -> Packet.take(buffer, index, arrivals)
                    : (buffer, index, length, header) -> arrivals.take(buffer.getLong(index), AeronLink.sum(buffer, index, length));
            final FragmentHandler assembled = new FragmentAssembler(handler);
            final long started = System.nanoTime();
            while (!arrivals.isOver(started)) {
                end.call();
                end.subscription.poll(assembled, FRAGMENT_LIMIT);
            }
        }

        @Override
        public void close() {
            end.close();
        }
    }

    @Override
    public String settings() {
        return "embedded driver INVOKER and conductor called by the thread that sends and receives, as often as the bridge calls them; terms of 4 MiB, Aeron's default MTU"
                + " and sockets' buffers; polls of at most " + FRAGMENT_LIMIT + " fragments"
                + (isPacked ? "; as many messages in a packet as the bridge has, at the same length" : "; tryClaim, offer for what is longer"
                        + " than a packet");
    }
}
