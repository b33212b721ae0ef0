// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kaelix.cli.console.CommandException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Serves a page of metrics: {@code GET /metrics}, and {@code HEAD}. Other paths are not found, other methods not allowed.
 *
 * <p><b>Bounds</b>: at most 64 connections, each with a virtual thread of its own; a client that takes more than ten seconds to send its
 * request or to take its answer is cut off, and nobody waits for it meanwhile, unless there are 64 of them: the next are refused. A
 * process whose own code has begun to serve by the same server of the JDK keeps the bounds that it has set, or not set.
 *
 * <p><b>Threads</b>: any. None of its threads keeps the process alive.
 *
 * {@snippet :
 * MetricsPage page = new MetricsPage(reader::snapshot);
 * try (MetricsServer server = MetricsServer.start("127.0.0.1", 9464, page::text)) {
 *     System.out.println(server.address());
 * }
 * }
 */
public final class MetricsServer implements AutoCloseable {

    /** Where the page is. */
    public static final String PATH = "/metrics";

    private static final int BACKLOG = 16;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int NOT_ALLOWED = 405;
    private static final int FAILED = 500;
    private static final int NO_BODY = -1;

    static {
        bound("jdk.httpserver.maxConnections", "64");
        bound("sun.net.httpserver.maxReqTime", "10");
        bound("sun.net.httpserver.maxRspTime", "10");
        bound("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final String host;
    private final ExecutorService threads;
    private final Supplier<String> page;

    private MetricsServer(final HttpServer server, final String host, final Supplier<String> page) {
        this.server = server;
        this.host = host;
        this.page = page;
        threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("kaelix-metrics-", 0).factory());
    }

    /** The server reads these when its first class is loaded; who has set them means it. */
    private static void bound(final String property, final String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /**
     * Serves from now on.
     *
     * @param host name or address to listen at, such as {@code 127.0.0.1}, or {@code 0.0.0.0} for all of this machine
     * @param port 0 for one that is free
     * @param page makes the text, for each request
     * @throws CommandException if it cannot listen there
     */
    public static MetricsServer start(final String host, final int port, final Supplier<String> page) {
        final InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw CommandException.failed("no metrics at '" + host + "': there is no such host; give an address of this machine, such as "
                    + "127.0.0.1 or 0.0.0.0");
        }
        final HttpServer server;
        try {
            server = HttpServer.create(address, BACKLOG);
        } catch (final BindException e) {
            throw CommandException.failed("no metrics at " + at(host, port) + ": " + e.getMessage()
                    + "; give another port, or an address of this machine", e);
        } catch (final SocketException e) {
            throw CommandException.failed("no metrics at " + at(host, port) + ": " + e.getMessage()
                    + "; a port below 1024 needs the right to it", e);
        } catch (final IOException e) {
            throw CommandException.failed("no metrics at " + at(host, port) + ": " + e.getMessage(), e);
        }
        final MetricsServer started = new MetricsServer(server, host, page);
        server.setExecutor(started.threads);
        server.createContext("/", started::answer);
        // The server's own thread inherits being a daemon from the thread that starts it.
        final Thread starter = Thread.ofPlatform().daemon().name("kaelix-metrics").start(server::start);
        join(starter);
        return started;
    }

    private static void join(final Thread starter) {
        boolean interrupted = false;
        while (starter.isAlive()) {
            try {
                starter.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What to type into a browser, with the host as it was given. */
    public String url() {
        return "http://" + at(host, address().getPort()) + PATH;
    }

    /** An address of IPv6 is told from the port by brackets. */
    private static String at(final String host, final int port) {
        return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void answer(final HttpExchange exchange) throws IOException {
        try (exchange) {
            final boolean head = "HEAD".equals(exchange.getRequestMethod());
            if (!PATH.equals(exchange.getRequestURI().getPath())) {
                send(exchange, NOT_FOUND, "There is nothing here: the metrics are at " + PATH + "\n", head);
            } else if (!head && !"GET".equals(exchange.getRequestMethod())) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                send(exchange, NOT_ALLOWED, "Metrics are only read.\n", head);
            } else {
                final String text;
                try {
                    text = page.get();
                } catch (final RuntimeException e) {
                    send(exchange, FAILED, "The metrics cannot be read: " + e.getMessage() + "\n", head);
                    return;
                }
                exchange.getResponseHeaders().set("Content-Type", MetricsPage.CONTENT_TYPE);
                send(exchange, OK, text, head);
            }
        }
    }

    private static void send(final HttpExchange exchange, final int status, final String text, final boolean head) throws IOException {
        final byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().putIfAbsent("Content-Type", List.of("text/plain; charset=utf-8"));
        if (head) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(status, NO_BODY);
            return;
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    /** Stops at once: who is being served is cut off. Again is without effect. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
