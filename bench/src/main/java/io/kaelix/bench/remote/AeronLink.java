// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.aeron.Aeron;
import io.aeron.CommonContext;
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
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Aeron, by UDP with a media driver in each process, or through the memory of one driver in the server's. A driver has one thread, which its
 * documentation has for few cores, or none: then the thread that sends and receives calls it.
 */
final class AeronLink implements Link {

    private static final int TO_SERVER = 1001;
    private static final int TO_CLIENT = 1002;
    private static final int TERM_LENGTH = 16 << 20;
    private static final int MTU = 8 << 10;
    /** Of sockets and the window at the start, as far as the kernel allows. */
    private static final int BUFFER_BYTES = 2 << 20;
    private static final int FRAGMENT_LIMIT = 256;
    /** Turns after which a conductor that has no thread is called. */
    private static final int TURNS_PER_CONDUCTOR_CALL = 256;
    private static final double CONNECT_SECONDS = 15;

    private final boolean isUdp;
    private final boolean isInvoked;

    AeronLink(final boolean isUdp, final boolean isInvoked) {
        this.isUdp = isUdp;
        this.isInvoked = isInvoked;
    }

    /** What one thread has of it. */
    private final class End implements Closeable {

        private final MediaDriver driver;
        private final Aeron aeron;
        private final Subscription subscription;
        private final ExclusivePublication publication;
        private final BufferClaim claim = new BufferClaim();
        private final UnsafeBuffer whole;
        private int turns;

        /** @param driver null where another process has it */
        private End(final MediaDriver driver, final String directory, final String in, final int inStream, final String out,
                final int outStream, final int payload) {
            this.driver = driver;
            final Aeron.Context context = new Aeron.Context().aeronDirectoryName(directory).preTouchMappedMemory(true);
            if (isInvoked) {
                context.useConductorAgentInvoker(true);
                if (driver != null) {
                    context.driverAgentInvoker(driver.sharedAgentInvoker());
                }
            }
            aeron = Aeron.connect(context);
            subscription = aeron.addSubscription(in, inStream);
            publication = aeron.addExclusivePublication(out, outStream);
            whole = payload > publication.maxPayloadLength() ? new UnsafeBuffer(new byte[payload]) : null;
        }

        /** What has no thread of its own has its turn: a driver that sends and receives each time, one of shared memory now and then. */
        private void call() {
            if (!isInvoked) {
                return;
            }
            final boolean isConductorDue = ++turns >= TURNS_PER_CONDUCTOR_CALL;
            if (driver != null && (isUdp || isConductorDue)) {
                driver.sharedAgentInvoker().invoke();
            }
            if (isConductorDue) {
                turns = 0;
                aeron.conductorAgentInvoker().invoke();
            }
        }

        /** False: there is no room, or nobody yet. */
        private boolean send(final int length, final long first) {
            if (whole != null) {
                write(whole, 0, length, first);
                return publication.offer(whole, 0, length) > 0;
            }
            if (publication.tryClaim(length, claim) < 0) {
                return false;
            }
            write(claim.buffer(), claim.offset(), length, first);
            claim.commit();
            return true;
        }

        private FragmentHandler assembled(final FragmentHandler handler) {
            return whole == null ? handler : new FragmentAssembler(handler);
        }

        private void awaitConnection() throws TrialException {
            final long start = System.nanoTime();
            while (!publication.isConnected() || !subscription.isConnected()) {
                turns = TURNS_PER_CONDUCTOR_CALL;
                call();
                Thread.yield();
                if (System.nanoTime() - start > CONNECT_SECONDS * 1e9) {
                    throw new TrialException("not connected within " + CONNECT_SECONDS + " s");
                }
            }
        }

        @Override
        public void close() {
            aeron.close();
            if (driver != null) {
                driver.close();
            }
        }
    }

    static void write(final MutableDirectBuffer buffer, final int index, final int length, final long first) {
        long word = first;
        for (int offset = 0; offset < length; offset += Long.BYTES) {
            buffer.putLong(index + offset, word++);
        }
    }

    static long sum(final DirectBuffer buffer, final int index, final int length) {
        long sum = 0;
        for (int offset = 0; offset < length; offset += Long.BYTES) {
            sum += buffer.getLong(index + offset);
        }
        return sum;
    }

    private MediaDriver driver() throws IOException {
        final MediaDriver.Context context = new MediaDriver.Context()
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true)
                .threadingMode(isInvoked ? ThreadingMode.INVOKER : ThreadingMode.SHARED)
                .publicationTermBufferLength(TERM_LENGTH)
                .ipcTermBufferLength(TERM_LENGTH)
                .ipcMtuLength(MTU)
                .termBufferSparseFile(false);
        if (isUdp) {
            final int receive = allowed(StandardSocketOptions.SO_RCVBUF);
            context.mtuLength(MTU).socketRcvbufLength(receive).initialWindowLength(receive)
                    .socketSndbufLength(allowed(StandardSocketOptions.SO_SNDBUF));
        }
        return MediaDriver.launchEmbedded(context);
    }

    /** What the kernel gives of the buffer that is asked for. */
    private static int allowed(final SocketOption<Integer> buffer) throws IOException {
        try (DatagramChannel probe = DatagramChannel.open()) {
            return Math.min(BUFFER_BYTES, probe.setOption(buffer, BUFFER_BYTES).getOption(buffer));
        }
    }

    static String channel(final String port) {
        return "aeron:udp?endpoint=127.0.0.1:" + port;
    }

    static String freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return Integer.toString(socket.getLocalPort());
        }
    }

    @Override
    public Server serve(final Request request) throws Exception {
        final MediaDriver driver = driver();
        final String in = freePort();
        final String out = freePort();
        final End end = isUdp
                ? new End(driver, driver.aeronDirectoryName(), channel(in), TO_SERVER, channel(out), TO_CLIENT, request.payload())
                : new End(driver, driver.aeronDirectoryName(), CommonContext.IPC_CHANNEL, TO_SERVER, CommonContext.IPC_CHANNEL, TO_CLIENT,
                        request.payload());
        final String address = isUdp ? in + "," + out : driver.aeronDirectoryName();
        return new PollingServer(address, request.mode().isEchoed() ? echo(end, request) : source(end, request), end);
    }

    private PollingServer.Turn source(final End end, final Request request) {
        final int batch = request.mode() == Exchange.ONE_BY_ONE ? 1 : FRAGMENT_LIMIT;
        final long[] next = {0};
        return () -> {
            int sent = 0;
            while (sent < batch && end.send(request.payload(), next[0])) {
                next[0]++;
                sent++;
            }
            end.call();
        };
    }

    private PollingServer.Turn echo(final End end, final Request request) {
        final FragmentHandler handler = (buffer, index, length, header) -> {
            final long first = buffer.getLong(index);
            // Its words come back changed if they came changed: the sum of what is sent is right for the first word alone.
            final long shift = sum(buffer, index, length) - Words.sum(first, request.words());
            while (!end.send(length, first + shift)) {
                end.call();
            }
            end.call();
        };
        final FragmentHandler assembled = end.assembled(handler);
        return () -> {
            end.subscription.poll(assembled, FRAGMENT_LIMIT);
            end.call();
        };
    }

    @Override
    public Client connect(final Request request, final String address) throws Exception {
        final String[] ports = address.split(",");
        final MediaDriver driver = isUdp ? driver() : null;
        final End end = isUdp
                ? new End(driver, driver.aeronDirectoryName(), channel(ports[1]), TO_CLIENT, channel(ports[0]), TO_SERVER, request.payload())
                : new End(null, address, CommonContext.IPC_CHANNEL, TO_CLIENT, CommonContext.IPC_CHANNEL, TO_SERVER, request.payload());
        end.awaitConnection();
        return new Connected(end, request);
    }

    private record Connected(End end, Request request) implements Client {

        @Override
        public void pingPong(final Pings pings) {
            final boolean[] isBack = {true};
            final FragmentHandler handler = end.assembled((buffer, index, length, header) -> {
                pings.end(buffer.getLong(index), sum(buffer, index, length));
                isBack[0] = true;
            });
            final long started = System.nanoTime();
            while (!pings.isOver(started)) {
                if (isBack[0]) {
                    isBack[0] = false;
                    final long first = pings.begin();
                    while (!end.send(request.payload(), first)) {
                        end.call();
                    }
                    end.call();
                }
                end.subscription.poll(handler, 1);
                end.call();
            }
        }

        @Override
        public void receive(final Arrivals arrivals) {
            final FragmentHandler handler = end.assembled(
                    (buffer, index, length, header) -> arrivals.take(buffer.getLong(index), sum(buffer, index, length)));
            final long started = System.nanoTime();
            while (!arrivals.isOver(started)) {
                end.subscription.poll(handler, FRAGMENT_LIMIT);
                end.call();
            }
        }

        @Override
        public void close() {
            end.close();
        }
    }

    @Override
    public String settings() {
        return (isUdp ? "a driver on each side" : "one driver, the server's") + ", "
                + (isInvoked ? "called by the thread that sends and receives" : "with a thread, its default idle strategies")
                + ", terms of " + (TERM_LENGTH >> 20) + " MiB, pre-touched, MTU " + MTU
                + (isUdp ? ", sockets' buffers and window of 2 MiB as far as the kernel allows" : "") + ", polls of at most " + FRAGMENT_LIMIT
                + ", no bounds checks";
    }
}
