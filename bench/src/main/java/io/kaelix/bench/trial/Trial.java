// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.trial;

import io.kaelix.bench.scenario.Catalogue;
import java.io.PrintStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Main class of a child JVM: runs one trial and prints what it found as one line of JSON, the last of standard output. Whatever a system
 * prints goes to standard error. Exit status 0, or 1 with the reason as the last line of standard error.
 */
public final class Trial {

    /** What the line with the reason begins with. */
    public static final String FAILED = "trial: ";

    private Trial() {
    }

    /** Never returns: systems may leave threads behind. */
    public static void main(final String[] args) {
        final PrintStream out = System.out;
        System.setOut(System.err);
        int status = 0;
        try {
            final TrialRequest request = TrialRequest.parse(args);
            out.println(JsonMapper.shared().writeValueAsString(run(entry(request), request)));
            out.flush();
        } catch (final TrialException e) {
            if (e.getCause() != null) {
                e.getCause().printStackTrace();
            }
            System.err.println(FAILED + e.getMessage());
            status = 1;
        } catch (final Throwable e) {
            e.printStackTrace();
            System.err.println(FAILED + e.toString().lines().findFirst().orElse("failed"));
            status = 1;
        }
        System.err.flush();
        Runtime.getRuntime().halt(status);
    }

    /** Runs the trial that is asked for. */
    static Record run(final Catalogue.Entry entry, final TrialRequest request) throws Exception {
        return switch (request.kind()) {
            case THROUGHPUT -> ThroughputTrial.run(entry, request);
            case PING_PONG -> PingPongTrial.run(entry, request);
            case PACED -> PacedTrial.run(entry, request);
        };
    }

    private static Catalogue.Entry entry(final TrialRequest request) throws TrialException {
        return Catalogue.everything().stream()
                .filter(entry -> entry.system().equals(request.system()) && entry.mode().equals(request.mode()))
                .findFirst()
                .orElseThrow(() -> new TrialException("the catalogue has no " + request.system() + " in mode " + request.mode()));
    }
}
