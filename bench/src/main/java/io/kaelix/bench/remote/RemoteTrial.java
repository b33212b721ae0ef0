// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.bench.trial.TrialException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Main class of a child JVM: starts the server in another one, or on a thread of this one, connects, measures and prints what it found as one line of JSON, the last of
 * standard output. Exit status 0, or 1 with the reason as the last line of standard error.
 */
public final class RemoteTrial {

    /** What the line with the reason begins with. */
    public static final String FAILED = "remote: ";

    private RemoteTrial() {
    }

    /** Never returns: systems may leave threads behind. */
    public static void main(final String[] args) {
        final PrintStream out = System.out;
        System.setOut(System.err);
        int status = 0;
        try {
            final Request request = Request.parse(args);
            try (Link.Server server = request.mode().isInOneProcess() ? ServerMain.start(request) : new ServerProcess(request)) {
                out.println(JsonMapper.shared().writeValueAsString(run(request, server)));
                out.flush();
            }
        } catch (final Throwable e) {
            if (!(e instanceof TrialException)) {
                e.printStackTrace();
            }
            System.err.println(FAILED + e.getMessage());
            status = 1;
        }
        System.err.flush();
        Runtime.getRuntime().halt(status);
    }

    /** Measures against a server that is there. */
    static Outcome run(final Request request, final Link.Server server) throws Exception {
        ServerMain.pin(request, request.clientCpu());
        final Link link = request.subject().link();
        final Map<String, Double> found = new LinkedHashMap<>();
        try (Link.Client client = link.connect(request, server.address())) {
            switch (request.mode()) {
                case PING_PONG, TO_AND_FRO -> {
                    final Pings pings = new Pings(request);
                    client.pingPong(pings);
                    found.putAll(pings.figures());
                }
                case STREAM, ONE_BY_ONE, BATCH_64, BULK, COPIES, SHORT, LONG -> {
                    final Arrivals arrivals = new Arrivals(request);
                    client.receive(arrivals);
                    found.putAll(arrivals.figures());
                }
                case CONNECT -> found.putAll(new Connections(request, server.address()).measure());
            }
            found.putAll(client.figures());
            if (request.mode().hasHeap()) {
                found.putAll(server.figures());
            }
            if (request.mode() == Exchange.COPIES) {
                found.put(Figures.UNCOPIED.name(), uncopied(found, server.figures()));
            }
        }
        found.keySet().retainAll(request.mode().figures().stream().map(figure -> figure.name()).toList());
        return new Outcome(found, link.settings());
    }

    /** Of what both sides moved. */
    private static double uncopied(final Map<String, Double> client, final Map<String, Double> server) throws TrialException {
        final double moved = client.get(KaelixLink.MOVED) + server.get(KaelixLink.MOVED);
        if (moved == 0) {
            throw new TrialException("the counters say that nothing was moved");
        }
        return 1 - (client.get(KaelixLink.COPIED) + server.get(KaelixLink.COPIED)) / moved;
    }
}
