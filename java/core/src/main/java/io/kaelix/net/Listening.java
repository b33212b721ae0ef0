// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import io.kaelix.KaelixException;
import io.kaelix.ListenConfig;
import io.kaelix.Listener;
import io.kaelix.SessionStatus;
import io.kaelix.Workers;
import io.kaelix.lane.LaneDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Accepts connections, and keeps the sessions of those that are cut off.
 *
 * <p><b>Threads</b>: what {@link Listener} has is for any; all else is the loop's.
 */
public final class Listening extends Served implements Listener {

    private static final System.Logger LOGGER = System.getLogger("io.kaelix.Listener");
    private static final int BACKLOG = 4_096;
    /** Connections accepted in one turn. */
    private static final int ACCEPT_AT_ONCE = 64;
    private static final long LONGEST_CLOSE_NANOS = 1_000_000_000;
    private static final int FIRST_CREDIT = 64 << 10;
    private static final int MIN_RUN = 64;

    private final ListenConfig config;
    private final Flows flows;
    private final int laneCapacity;
    private final WireLimits limits;
    private final TlsContext tls;
    private final Access access;
    private final ServerSocketChannel socket;
    private final InetSocketAddress address;
    private final SecureRandom random = new SecureRandom();
    private final long instance = random.nextLong();
    private final Loop loop = new Loop(false);
    private final Set<Arrival> arrivals = new HashSet<>();
    private final Map<Long, ServerSession> sessions = new LinkedHashMap<>();
    /** The same for any thread: replaced with each change. */
    private volatile List<ServerSession> known = List.of();
    private volatile boolean closed;
    private boolean full;
    private boolean dismissed;
    private long closedAt;
    private Workers.Work work;

    private Listening(final ListenConfig config, final Flows flows, final int laneCapacity) {
        this.config = config;
        this.flows = flows;
        this.laneCapacity = laneCapacity;
        final int frame = Math.min(config.maxFrameLength(), LaneDescriptor.maxFrameLength(laneCapacity));
        this.limits = new WireLimits(frame, frame & -WireDescriptor.ALIGNMENT, (int) config.heartbeat().toMillis(),
                (int) config.silence().toMillis());
        this.tls = config.tls() == null ? null : TlsContext.server(config.tls());
        this.access = new Access(config);
        this.socket = open(config);
        try {
            this.address = (InetSocketAddress) socket.getLocalAddress();
        } catch (final IOException e) {
            throw new KaelixException("where it listens is not known: " + e.getMessage(), e);
        }
    }

    /**
     * Listens.
     *
     * @param laneCapacity of the streamer
     * @throws KaelixException if it can't; it says why, and the remedy
     */
    public static Listening open(final ListenConfig config, final Flows flows, final int laneCapacity) {
        final Listening listening = new Listening(config, flows, laneCapacity);
        try {
            listening.loop.watch(listening.socket, SelectionKey.OP_ACCEPT, listening);
            listening.loop.execute(() -> listening.loop.add(listening));
            listening.work = flows.recur(listening.loop);
        } catch (final IOException | RuntimeException e) {
            listening.loop.ended();
            throw e instanceof final RuntimeException already ? already : new KaelixException("cannot listen: " + e.getMessage(), e);
        }
        return listening;
    }

    private static ServerSocketChannel open(final ListenConfig config) {
        final InetSocketAddress wanted = new InetSocketAddress(config.host(), config.port());
        if (wanted.isUnresolved()) {
            throw new KaelixException("cannot listen on " + config.host() + ":" + config.port()
                    + ": no address of that name is known; name one of this machine, such as 127.0.0.1");
        }
        final boolean anybody = config.tokens().isEmpty() && (config.tls() == null || !config.tls().clientCertificates());
        if (anybody && !wanted.getAddress().isLoopbackAddress() && !config.open()) {
            throw new KaelixException("listening on " + config.host()
                    + " lets everybody connect who reaches it: give tokens or ask for client"
                    + " certificates, listen on 127.0.0.1, or say withOpen(true) if that is meant");
        }
        ServerSocketChannel socket = null;
        try {
            socket = ServerSocketChannel.open();
            socket.configureBlocking(false);
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            socket.bind(wanted, BACKLOG);
            return socket;
        } catch (final IOException e) {
            closeQuietly(socket);
            throw new KaelixException("cannot listen on " + config.host() + ":" + config.port() + ": " + e.getMessage()
                    + "; take another port, or end what listens there", e);
        }
    }

    private static void closeQuietly(final ServerSocketChannel socket) {
        if (socket != null) {
            try {
                socket.close();
            } catch (final IOException e) {
                LOGGER.log(System.Logger.Level.DEBUG, "closing a socket: " + e);
            }
        }
    }

    ListenConfig config() {
        return config;
    }

    Flows flows() {
        return flows;
    }

    int laneCapacity() {
        return laneCapacity;
    }

    WireLimits limits() {
        return limits;
    }

    long instance() {
        return instance;
    }

    boolean isEncrypted() {
        return tls != null;
    }

    /** Bytes that a client may publish before there is a lane for them: less than what an empty one surely takes. */
    long firstCredit() {
        return Math.min(Math.min(FIRST_CREDIT, laneCapacity / 4), config.window());
    }

    @Override
    int turn(final long now, final boolean readable) {
        if (closed) {
            if (dismissed && (loop.servesAlone(this) || now - closedAt > LONGEST_CLOSE_NANOS)) {
                loop.end();
            }
            return 0;
        }
        if (flows.isClosed()) {
            close();
            return 1;
        }
        int accepted = 0;
        while (readable && accepted < ACCEPT_AT_ONCE && accept(now)) {
            accepted++;
        }
        return accepted;
    }

    @Override
    boolean isWatched() {
        return false;
    }

    @Override
    boolean isOver() {
        return false;
    }

    private boolean accept(final long now) {
        SocketChannel channel = null;
        try {
            channel = socket.accept();
            if (channel == null) {
                return false;
            }
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            begin(channel, now);
        } catch (final IOException e) {
            if (!full) {
                full = true;
                LOGGER.log(System.Logger.Level.WARNING, "a connection could not be accepted, which is not told again: " + e.getMessage()
                        + "; compare 'ulimit -n' with the number of connections");
            }
            if (channel == null) {
                return false;
            }
            new PlainTransport(channel).close();
        }
        return true;
    }

    private void begin(final SocketChannel channel, final long now) throws IOException {
        final InetSocketAddress from = (InetSocketAddress) channel.getRemoteAddress();
        if (from == null) {
            new PlainTransport(channel).close();
            return;
        }
        final String peer = from.getAddress().getHostAddress() + ":" + from.getPort();
        final Transport transport = tls == null ? new PlainTransport(channel) : tls.channel(channel, from.getAddress().getHostAddress(),
                from.getPort());
        final Arrival arrival = new Arrival(this, receiver -> new Connection(channel, transport, peer, true, Math.max(MIN_RUN,
                limits.run()), receiver),
                now);
        arrivals.add(arrival);
        loop.watch(channel, SelectionKey.OP_READ, arrival);
        loop.add(arrival);
    }

    /** A client said who it is. Its session; null if it was refused. */
    Session meet(final Connection connection, final WireHello hello, final long now) {
        arrivals.removeIf(Arrival::isOver);
        final String identity = access.identity(hello.token(), connection.transport().identity());
        final WireFailure refusal = refusal(hello, identity);
        if (refusal != null) {
            LOGGER.log(System.Logger.Level.WARNING, "client " + connection.peer() + " is refused: " + refusal.text());
            connection.send(refusal);
            sendOff(connection);
            return null;
        }
        final ServerSession old = hello.session() == 0 ? null : sessions.get(hello.session());
        if (old != null && old.belongsTo(hello, identity) && old.leave()) {
            loop.hand(connection.channel(), old);
            old.resume(connection, hello, now);
            loop.add(old);
            return old;
        }
        final long id = newId();
        final ServerSession session = new ServerSession(this, id, hello, identity);
        sessions.put(id, session);
        known = List.copyOf(sessions.values());
        loop.hand(connection.channel(), session);
        loop.add(session);
        session.begin(connection, now);
        return session;
    }

    private long newId() {
        long id = random.nextLong();
        while (id == 0 || sessions.containsKey(id)) {
            id = random.nextLong();
        }
        return id;
    }

    private WireFailure refusal(final WireHello hello, final String identity) {
        if (hello.oldestVersion() > WireDescriptor.VERSION || hello.newestVersion() < WireDescriptor.VERSION) {
            return WireFailure.of(0, WireError.VERSION, "this server speaks version " + WireDescriptor.VERSION + ", and the client "
                    + hello.oldestVersion() + " to " + hello.newestVersion() + ": update the older of both");
        }
        if (identity == null) {
            return WireFailure.of(0, WireError.UNAUTHORIZED, hello.token().isEmpty() ? "a token is asked for, and there is none"
                    : "the token is none that is known here");
        }
        if (sessions.size() >= config.maxConnections() && !sessions.containsKey(hello.session()) && !forgetOldest()) {
            return WireFailure.of(0, WireError.BUSY, "there are " + config.maxConnections() + " connections, and more are not allowed");
        }
        return null;
    }

    /** Ends the session that has been cut off for longest. False if there is none. */
    private boolean forgetOldest() {
        ServerSession oldest = null;
        for (final ServerSession session : sessions.values()) {
            if (session.isDetached() && (oldest == null || session.detachedAt() - oldest.detachedAt() < 0)) {
                oldest = session;
            }
        }
        if (oldest != null) {
            oldest.end(false);
        }
        return oldest != null;
    }

    Access access() {
        return access;
    }

    /** Sends what waits, and closes the connection when the peer has. */
    void sendOff(final Connection connection) {
        final Farewell farewell = new Farewell(connection, System.nanoTime());
        loop.hand(connection.channel(), farewell);
        loop.add(farewell);
        farewell.turn(System.nanoTime(), false);
    }

    void left(final Arrival arrival) {
        arrivals.remove(arrival);
    }

    void ended(final ServerSession session) {
        sessions.remove(session.id());
        known = List.copyOf(sessions.values());
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public List<SessionStatus> sessions() {
        return known.stream().map(ServerSession::status).toList();
    }

    @Override
    public void close() {
        closed = true;
        closeQuietly(socket);
        if (!loop.execute(this::dismiss)) {
            known = List.of();
        }
    }

    private void dismiss() {
        List.copyOf(sessions.values()).forEach(session -> session.refuse(WireError.CLOSING, "the server closes"));
        List.copyOf(arrivals).forEach(Arrival::stop);
        dismissed = true;
        closedAt = System.nanoTime();
    }

    @Override
    void stop() {
        closed = true;
        closeQuietly(socket);
    }
}
