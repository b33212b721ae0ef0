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
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
    private static final int LAG_QUARTERS = 3;
    private static final int MIN_RUN = 64;
    /** Connections that may be in the handshake, however few may be connected: as many as are accepted at once have a turn. */
    private static final int LEAST_ARRIVALS = ACCEPT_AT_ONCE;

    private final Flows flows;
    /** Kept from being forgotten: the workers hold this. */
    private final Object owner;
    private final int laneCapacity;
    private final WireLimits limits;
    private final ServerSocketChannel socket;
    private final InetSocketAddress address;
    private final SecureRandom random = new SecureRandom();
    private final long instance = random.nextLong();
    private final Loop loop = Loop.ofListener();
    /** In the order in which they came. */
    private final Set<Arrival> arrivals = new LinkedHashSet<>();
    /** In the order in which they were begun; those in front are over first. */
    private final ArrayDeque<Farewell> departures = new ArrayDeque<>();
    private final Map<Long, ServerSession> sessions = new LinkedHashMap<>();
    /** The same for any thread: replaced with each change. */
    private volatile List<ServerSession> known = List.of();
    private volatile ListenConfig config;
    private volatile boolean closed;
    private TlsContext tls;
    private Access access;
    private boolean full;
    private boolean dismissed;
    private long closedAt;
    private Workers.Work work;

    private Listening(final ListenConfig config, final Flows flows, final int laneCapacity, final Object owner) {
        this.owner = owner;
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
     * @param owner whose lanes the flows are: not collected as garbage while it listens
     * @throws KaelixException if it can't; it says why, and the remedy
     */
    public static Listening open(final ListenConfig config, final Flows flows, final int laneCapacity, final Object owner) {
        final Listening listening = new Listening(config, flows, laneCapacity, owner);
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
        checkWhoMayCome(config, wanted);
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

    private static void checkWhoMayCome(final ListenConfig config, final InetSocketAddress where) {
        final boolean anybody = config.tokens().isEmpty() && (config.tls() == null || !config.tls().clientCertificates());
        if (anybody && !where.getAddress().isLoopbackAddress() && !config.open()) {
            throw new KaelixException("listening on " + config.host()
                    + " lets everybody connect who reaches it: give tokens or ask for client"
                    + " certificates, listen on 127.0.0.1, or say withOpen(true) if that is meant");
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

    @Override
    public ListenConfig config() {
        return config;
    }

    @Override
    public synchronized void reconfigure(final ListenConfig next) {
        ListenChanges.check(config, next);
        checkWhoMayCome(next, address);
        // What is wrong with files is told before anything is changed.
        final TlsContext nextTls = next.tls() == null ? null : TlsContext.server(next.tls());
        final Access nextAccess = new Access(next);
        config = next;
        loop.execute(() -> {
            tls = nextTls;
            access = nextAccess;
            List.copyOf(sessions.values()).forEach(ServerSession::judgeAnew);
        });
    }

    Flows flows() {
        return flows;
    }

    /** Bytes that a subscription may be behind which says nothing of it. */
    long lagLimit() {
        return config.maxLag() == 0 ? laneCapacity / 4L * LAG_QUARTERS : config.maxLag();
    }

    WireLimits limits() {
        return limits;
    }

    long instance() {
        return instance;
    }

    boolean isEncrypted() {
        return config.tls() != null;
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
        } catch (final IOException | OutOfMemoryError e) {
            if (!full) {
                full = true;
                LOGGER.log(System.Logger.Level.WARNING, "a connection could not be accepted, which is not told again: " + e.getMessage()
                        + "; compare 'ulimit -n' with the number of connections, and -XX:MaxDirectMemorySize");
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
        makeRoom(now);
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

    /** Who says nothing keeps nobody out: the one that has waited for longest gives way. */
    private void makeRoom(final long now) {
        while (arrivals.size() >= mostArrivals()) {
            final Arrival oldest = arrivals.iterator().next();
            oldest.giveWay(now);
            arrivals.remove(oldest);
        }
    }

    private int mostArrivals() {
        return Math.max(LEAST_ARRIVALS, config.maxConnections() / 2);
    }

    /** A client said who it is. Its session; null if it was refused. */
    Session meet(final Connection connection, final WireHello hello, final long now) {
        arrivals.removeIf(Arrival::isOver);
        final Access.Shown shown = Access.Shown.of(hello.token(), connection.transport().identity());
        final String identity = access.identity(shown);
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
            old.resume(connection, hello, shown, now);
            loop.add(old);
            return old;
        }
        final long id = newId();
        final ServerSession session = new ServerSession(this, id, hello, identity, shown);
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
        depart(Farewell.begin(loop, connection, System.nanoTime()));
    }

    /** Closes a connection that is broken when the peer has, who may not have read the last of it. */
    void sendOffAfterFailure(final Connection connection) {
        depart(Farewell.afterFailure(loop, connection, System.nanoTime()));
    }

    /** Those who are refused again and again hold no more sockets than those who say nothing. */
    private void depart(final Farewell farewell) {
        while (!departures.isEmpty() && departures.peek().isOver()) {
            departures.remove();
        }
        if (departures.size() >= mostArrivals()) {
            departures.remove().stop();
        }
        departures.add(farewell);
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
