// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.bench.trial.TrialException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The server in a JVM of its own, with the options of this one. It ends when this one does: its standard input ends then. */
final class ServerProcess implements Link.Server {

    private static final long END_SECONDS = 20;

    private final Process process;
    private final BufferedReader said;
    private final String address;

    /** Returns when it is ready. */
    ServerProcess(final Request request) throws IOException, TrialException {
        process = new ProcessBuilder(command(request)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        address = readLine();
    }

    private static List<String> command(final Request request) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ServerMain.class.getName()));
        command.addAll(request.toArguments());
        return command;
    }

    private String readLine() throws IOException, TrialException {
        final String line = said.readLine();
        if (line == null) {
            process.destroyForcibly();
            throw new TrialException("the server's process ended; its reason stands above");
        }
        return line;
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public Map<String, Double> figures() {
        try {
            final OutputStream in = process.getOutputStream();
            in.write('\n');
            in.flush();
            return JsonMapper.shared().readValue(readLine(), new TypeReference<Map<String, Double>>() { });
        } catch (final IOException | TrialException e) {
            throw new IllegalStateException("the server's process gives no figures: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException, TrialException {
        process.getOutputStream().close();
        boolean ended = false;
        try {
            ended = process.waitFor(END_SECONDS, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
        if (!ended) {
            throw new TrialException("the server's process did not end within " + END_SECONDS + " s");
        }
        if (process.exitValue() != 0) {
            throw new TrialException("the server's process ended with status " + process.exitValue() + "; its reason stands above");
        }
    }
}
