// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.CpuSet;
import io.kaelix.platform.Platforms;
import java.io.PrintStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Main class of the server's JVM. It prints one line, its address and nothing else, when it is ready; when standard input ends, it prints its
 * figures as one line of JSON, waits for a second end, which is that of its parent's patience, and ends. Exit status 0, or 1 with the reason
 * as the last line of standard error.
 */
public final class ServerMain {

    /** What the line with the reason begins with. */
    static final String FAILED = "server: ";

    private ServerMain() {
    }

    /** Never returns: systems may leave threads behind. */
    public static void main(final String[] args) {
        final PrintStream out = System.out;
        System.setOut(System.err);
        int status = 0;
        try {
            final Request request = Request.parse(args);
            try (Link.Server server = start(request)) {
                out.println(server.address());
                out.flush();
                System.in.read();
                out.println(JsonMapper.shared().writeValueAsString(server.figures()));
                out.flush();
                System.in.read();
            }
        } catch (final Throwable e) {
            e.printStackTrace();
            System.err.println(FAILED + e.getMessage());
            status = 1;
        }
        System.err.flush();
        Runtime.getRuntime().halt(status);
    }

    /** Threads that the system starts are where the one is that starts it. */
    static Link.Server start(final Request request) throws Exception {
        pin(request, request.serverCpu());
        return request.subject().link().serve(request);
    }

    /** A system of one thread on each side has a CPU for each; one of more threads has them where the kernel puts them. */
    static void pin(final Request request, final int cpu) {
        if (request.subject().isPinned() && request.mode() != Exchange.CONNECT) {
            Platforms.current().pin(CpuSet.of(cpu));
        }
    }
}
