// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/** Stands between a sender and a receiver of UDP, loses some of what passes, and can be cut. For one sender. */
final class UdpRelay implements AutoCloseable {

    private static final int PERCENT = 100;

    private final DatagramChannel front = open();
    private final DatagramChannel back = open();
    private final SocketAddress receiver;
    private final SplittableRandom random = new SplittableRandom(7);
    private final int lossPercent;
    private final Thread thread = new Thread(this::run, "relay");
    private SocketAddress sender;
    private volatile boolean cut;
    private volatile boolean over;
    private volatile long dropped;

    /** @param port of the receiver, on the loopback */
    UdpRelay(final int port, final int lossPercent) {
        this.receiver = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.lossPercent = lossPercent;
        thread.start();
    }

    private static DatagramChannel open() {
        try {
            final DatagramChannel channel = DatagramChannel.open();
            channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).configureBlocking(false);
            return channel;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the sender sends to. */
    int port() {
        return front.socket().getLocalPort();
    }

    /** Lets nothing pass any more, or again. */
    void cut(final boolean is) {
        cut = is;
    }

    /** Packets of the sender that did not pass. */
    long dropped() {
        return dropped;
    }

    private void run() {
        final ByteBuffer packet = ByteBuffer.allocateDirect(1 << 16);
        try {
            while (!over) {
                int moved = 0;
                final SocketAddress from = front.receive(packet.clear());
                if (from != null) {
                    sender = from;
                    moved++;
                    if (lets()) {
                        back.send(packet.flip(), receiver);
                    } else {
                        dropped = dropped + 1;
                    }
                }
                if (back.receive(packet.clear()) != null) {
                    moved++;
                    if (lets() && sender != null) {
                        front.send(packet.flip(), sender);
                    }
                }
                if (moved == 0) {
                    LockSupport.parkNanos(20_000);
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean lets() {
        return !cut && random.nextInt(PERCENT) >= lossPercent;
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
            front.close();
            back.close();
        } catch (final IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
