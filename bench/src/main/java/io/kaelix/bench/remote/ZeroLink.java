// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.bench.scenario.Words;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** JeroMQ over TCP: REQ and REP to and fro, PUSH and PULL one way; receives block, as its own benchmarks do. */
final class ZeroLink implements Link {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int TURN_MILLIS = 100;
    private static final int TIMEOUTS_PER_CONNECTION = 30;
    private static final int MESSAGES_PER_TURN = 256;

    private static ZMQ.Socket socket(final ZContext context, final SocketType type) {
        final ZMQ.Socket socket = context.createSocket(type);
        socket.setReceiveTimeOut(TURN_MILLIS);
        socket.setSendTimeOut(TURN_MILLIS);
        socket.setLinger(0);
        return socket;
    }

    private static SocketType type(final Request request, final SocketType toAndFro, final SocketType oneWay) {
        return request.mode().isEchoed() ? toAndFro : oneWay;
    }

    /** The library may keep it until it is sent: each is an array of its own. */
    private static byte[] message(final int length, final long first) {
        final byte[] message = new byte[length];
        for (int offset = 0; offset < length; offset += Long.BYTES) {
            LONGS.set(message, offset, first + offset / Long.BYTES);
        }
        return message;
    }

    private static long first(final byte[] message) {
        return (long) LONGS.get(message, 0);
    }

    private static long sum(final byte[] message) {
        long sum = 0;
        for (int offset = 0; offset < message.length; offset += Long.BYTES) {
            sum += (long) LONGS.get(message, offset);
        }
        return sum;
    }

    @Override
    public Server serve(final Request request) {
        final ZContext context = new ZContext(1);
        final ZMQ.Socket socket = socket(context, type(request, SocketType.REP, SocketType.PUSH));
        socket.bind("tcp://127.0.0.1:*");
        return new PollingServer(socket.getLastEndpoint(), request.mode().isEchoed() ? echo(socket, request) : source(socket, request), context);
    }

    private static PollingServer.Turn echo(final ZMQ.Socket socket, final Request request) {
        return () -> {
            final byte[] came = socket.recv();
            if (came != null) {
                // Changed words come back changed: what is sent has a right sum for its first word alone.
                final long shift = sum(came) - Words.sum(first(came), request.words());
                socket.send(message(came.length, first(came) + shift));
            }
        };
    }

    private static PollingServer.Turn source(final ZMQ.Socket socket, final Request request) {
        final long[] next = {0};
        return () -> {
            for (int i = 0; i < MESSAGES_PER_TURN && socket.send(message(request.payload(), next[0])); i++) {
                next[0]++;
            }
        };
    }

    @Override
    public Client connect(final Request request, final String address) {
        return new Connected(request, address);
    }

    /** Now and then, on a busy machine, nothing ever comes of a connection: then it is made anew. */
    private static final class Connected implements Client {

        private final Request request;
        private final String address;
        private final ZContext context = new ZContext(1);
        private ZMQ.Socket socket;
        private int timeouts;

        private Connected(final Request request, final String address) {
            this.request = request;
            this.address = address;
            connect();
        }

        private void connect() {
            socket = socket(context, type(request, SocketType.REQ, SocketType.PULL));
            socket.connect(address);
            timeouts = 0;
        }

        /** Null: nothing came for a turn. */
        private byte[] receive() {
            final byte[] came = socket.recv();
            timeouts = came == null ? timeouts + 1 : Integer.MIN_VALUE;
            return came;
        }

        private boolean hasConnectedAnew() {
            if (timeouts < TIMEOUTS_PER_CONNECTION) {
                return false;
            }
            socket.close();
            connect();
            return true;
        }

        @Override
        public void pingPong(final Pings pings) {
            final long started = System.nanoTime();
            boolean isDue = true;
            while (!pings.isOver(started)) {
                if (isDue) {
                    final byte[] message = message(request.payload(), pings.begin());
                    while (!socket.send(message) && !pings.isOver(started)) {
                        Thread.onSpinWait();
                    }
                }
                final byte[] came = receive();
                isDue = came != null || hasConnectedAnew();
                if (came != null) {
                    pings.end(first(came), sum(came));
                }
            }
        }

        @Override
        public void receive(final Arrivals arrivals) {
            final long started = System.nanoTime();
            while (!arrivals.isDone()) {
                final byte[] came = receive();
                if (came != null) {
                    arrivals.take(first(came), sum(came));
                } else if (!arrivals.isOver(started)) {
                    hasConnectedAnew();
                }
            }
        }

        @Override
        public void close() {
            context.close();
        }
    }

    @Override
    public String settings() {
        return "an I/O thread and the user's on each side, receives that block, arrays, its default high-water mark of 1000 messages; REQ and REP to "
                + "and fro, PUSH and PULL one way";
    }
}
