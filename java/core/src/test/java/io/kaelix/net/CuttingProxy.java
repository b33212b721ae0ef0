// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between client and server, passes bytes on, and cuts each connection after a number of them that is drawn anew.
 *
 * <pre>
 *   client ──► proxy ──► server        cut: both sockets are closed at once, whatever is on its way is gone
 * </pre>
 */
final class CuttingProxy implements AutoCloseable {

    private final ServerSocket socket;
    private final InetSocketAddress target;
    private final Random random;
    private final int mostBytes;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger cuts = new AtomicInteger();
    /** How often the cable was plugged in: connections of before are dead. */
    private final AtomicInteger plugs = new AtomicInteger();
    private volatile boolean whole;
    private volatile boolean silent;

    /** @param mostBytes of a connection in one direction before it is cut; 0 for no cuts */
    CuttingProxy(final InetSocketAddress target, final long seed, final int mostBytes) throws IOException {
        this.target = target;
        this.random = new Random(seed);
        this.mostBytes = mostBytes;
        this.socket = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    int cuts() {
        return cuts.get();
    }

    /** Cuts no more by itself. */
    void heal() {
        whole = true;
    }

    /** Cuts all there are. */
    void cut() {
        cuts.incrementAndGet();
        open.forEach(CuttingProxy::close);
    }

    /** Passes nothing on any more, and says so to nobody: as a cable that was pulled. */
    void silence() {
        silent = true;
    }

    /** Passes new connections on again; those before stay dead. */
    void plugIn() {
        plugs.incrementAndGet();
        silent = false;
        open.forEach(CuttingProxy::close);
    }

    private void accept() {
        try {
            while (true) {
                final Socket from = socket.accept();
                final Socket to = new Socket();
                open.add(from);
                open.add(to);
                try {
                    to.connect(target);
                } catch (final IOException e) {
                    cutOff(from, to);
                    continue;
                }
                start(from, to);
                start(to, from);
            }
        } catch (final IOException e) {
            open.forEach(CuttingProxy::close);
        }
    }

    private synchronized int draw() {
        return mostBytes == 0 ? Integer.MAX_VALUE : 1 + random.nextInt(mostBytes);
    }

    private void start(final Socket from, final Socket to) {
        final int limit = draw();
        final int plug = plugs.get();
        Thread.ofVirtual().start(() -> {
            try {
                pump(from.getInputStream(), to.getOutputStream(), limit, plug);
            } catch (final IOException e) {
                // The other side, or the other direction, was cut.
            }
            if (!silent) {
                cutOff(from, to);
            }
        });
    }

    private void pump(final InputStream in, final OutputStream out, final int limit, final int plug) throws IOException {
        final byte[] bytes = new byte[16 << 10];
        int passed = 0;
        while (true) {
            final int count = in.read(bytes, 0, whole ? bytes.length : Math.clamp(limit - passed, 1, bytes.length));
            // Of what came while it was silent, some is missing: nothing behind it is passed on, either.
            if (count < 0 || plug != plugs.get()) {
                return;
            }
            if (!silent) {
                out.write(bytes, 0, count);
            }
            passed += count;
            if (!whole && passed >= limit) {
                cuts.incrementAndGet();
                return;
            }
        }
    }

    private void cutOff(final Socket one, final Socket other) {
        close(one);
        close(other);
        open.remove(one);
        open.remove(other);
    }

    private static void close(final Socket socket) {
        try {
            socket.close();
        } catch (final IOException e) {
            // It is closed either way.
        }
    }

    /** Is not there any more. */
    void end() throws IOException {
        socket.close();
        open.forEach(CuttingProxy::close);
    }

    @Override
    public void close() throws IOException {
        end();
    }
}
