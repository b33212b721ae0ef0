// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.bench.Bench;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CommandTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "throughput --systems kafka        | no system 'kafka'",
        "throughput --modes fast           | no mode 'fast'",
        "throughput --payload 12           | --payload is a whole number of 8-byte words, not 12 bytes",
        "throughput --rounds 0             | --rounds is a number from",
        "throughput --seconds NaN          | --seconds is a number from",
        "throughput --cpus 8191            | this process may not use CPU 8191",
        "latency --rate fast               | --rate is ping-pong or messages a second",
        "latency --rate 0                  | --rate is ping-pong or messages a second",
        "latency --modes batch-64          | not in mode batch-64",
        "latency --modes publishers-2      | not in mode publishers-2",
        "latency --hgrm a --report b       | leave --hgrm out",
        "batch --rounds 0                  | --rounds is a number from 1",
        "streams --count 0                 | --count is a number from 1",
        "streams --rounds 101              | --rounds is a number from 1 to 100, not 101",
        "backpressure --times 0            | --times is a number from 1",
        "backpressure --rounds 0           | --rounds is a number from 1 to 100, not 0",
        "backpressure --cpus 8191,8190     | --cpus: two different CPUs of those that this process may use",
        "backpressure --cpus 0             | --cpus: two different CPUs of those that this process may use",
        "scheduler --modes fast            | no mode 'fast'; there are paced, switch, fan-out",
        "scheduler --rounds 0              | --rounds is a number from",
        "scheduler --seconds NaN           | --seconds is a number from",
        "scheduler --silences 0            | --silences is a number from",
        "scheduler --tree 0                | --tree is a number from",
        "scheduler --cpus 0                | --cpus: two different CPUs of those that this process may use",
        "scheduler --cpus 8191,8190        | --cpus: two different CPUs of those that this process may use",
        "config --times 0                  | --times is a number from 1 to 100000, not 0",
        "telemetry --rounds 5              | --rounds is a number from 6",
        "telemetry --seconds NaN           | --seconds is a number from",
        "telemetry --warmup -1             | --warmup is a number from",
        "telemetry --payload 12            | --payload is a whole number of 8-byte words, not 12 bytes",
        "telemetry --payload 0             | --payload is a number from 8",
        "telemetry --modes lossy           | no mode 'lossy'; there are one-by-one, batch-64",
        "telemetry --cpus 8191             | this process may not use CPU 8191",
        "config --rounds 0                 | --rounds is a number from 1 to 100, not 0",
        "network --modes fast              | no mode 'fast'; there are ping-pong, stream, bulk, connect, copies",
        "network --rounds 0                | --rounds is a number from",
        "network --seconds NaN             | --seconds is a number from",
        "network --connections 0           | --connections is a number from 1",
        "network --bytes -1                | --bytes is a number from 0",
        "network --cpus 0                  | --cpus: two different CPUs of those that this process may use",
        "ipc --modes stream                | no mode 'stream'; there are ping-pong, one-by-one, batch-64",
        "ipc --warmup -1                   | --warmup is a number from",
        "bridge --modes stream             | no mode 'stream'; there are to-and-fro, short, long",
        "bridge --rounds 0                 | --rounds is a number from",
        "bridge --cpus 0                   | --cpus: two different CPUs of those that this process may use",
        "latency --colour blue             | Unknown option"})
    void shouldRefuseWrongUsageInOneLine(final String line, final String said) {
        final StringWriter err = new StringWriter();
        final CommandLine command = Bench.commandLine().setErr(new PrintWriter(err));

        assertThat(command.execute(line.strip().split(" +"))).isEqualTo(2);
        assertThat(err.toString().lines()).singleElement().asString().startsWith("kaelix: ").contains(said)
                .endsWith("; see kaelix bench " + line.substring(0, line.indexOf(' ')) + " --help");
    }
}
