// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import static io.kaelix.cli.CommandRun.kaelix;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said to wrong arguments: one line, exit status 2. */
class UsageTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            run --bogus                                  | Unknown option: '--bogus'
            walk                                         | 'walk'
            run more                                     | 'more'
            run --publishers 0                           | --publishers must be from 1 to 256, not 0
            run --publishers -1                          | --publishers must be from 1 to 256, not -1
            run --publishers many                        | 'many' is not an int
            run --publishers 99999999999                 | '99999999999' is not an int
            run --publishers                             | Missing required parameter
            run --publishers 1 --publishers 2            | should be specified only once
            run --subscribers 0                          | --subscribers must be from 1 to 64, not 0
            run --subscribers 65                         | --subscribers must be from 1 to 64, not 65
            run --batch 0                                | --batch must be from 1 to 1048576, not 0
            run --size 7                                 | --size must be at least 8, not 7
            run --size -8                                | '-8' is not a number of bytes
            run --size 8x                                | '8x' is not a number of bytes
            run --size 4g                                | '4g' is too large
            run --size 262121 --duration 1s              | --size 262121 is too large: a message has at most 262120 bytes
            run --rate 0                                 | --rate must be from 1 to 1000000000, not 0
            run --rate fast                              | 'fast' is not a long
            run --duration 10                            | '10' is not a duration
            run --duration 0s                            | '0s' is out of range
            run --duration 1441m                         | '1441m' is out of range
            run --duration 999999999999999999s           | is out of range
            run --lane 32k                               | --lane must be a power of two from 64k to 1g, not 32768
            run --lane 100k                              | --lane must be a power of two from 64k to 1g, not 102400
            run --topic a..b                             | empty token
            run --topic a*b                              | tokens are letters
            run --output x                               | --output is for lines
            run --input x --rate 5                       | --rate is for messages that are made up
            run --input x --size 64                      | --size is for messages that are made up
            run --input x --duration 1s                  | --duration is for messages that are made up
            run --input x --streams 5                    | --streams is for messages that are made up
            run --streams 0                              | --streams must be from 1 to 1000000, not 0
            run --streams 1000001                        | --streams must be from 1 to 1000000, not 1000001
            run --streams 5 --topic a                    | --streams has topics of its own
            run --streams 1000000 --publishers 65        | 65000000 orders to check, at most 64000000
            run --input x --output - --json              | both want standard output
            """)
    void shouldRefuseInOneLineWithHint(final String arguments, final String message) throws IOException {
        final CommandRun run = kaelix(arguments.split(" +"));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.text()).isEmpty();
        assertThat(run.err()).startsWith("kaelix: ").contains(message).endsWith("; try 'kaelix run --help'\n").hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            topology --bogus                             | Unknown option: '--bogus'
            topology --plan fast                         | 'fast' is no plan; there are high-throughput, low-latency, balanced
            topology --workers 2                         | --workers is for a plan: give --plan too
            topology --plan balanced --workers 0         | --workers must be from 1 to 8192, not 0
            topology --plan balanced --workers 8193      | --workers must be from 1 to 8192, not 8193
            """)
    void shouldHintAtTheHelpOfTheCommandThatWasGiven(final String arguments, final String message) throws IOException {
        final CommandRun run = kaelix(arguments.split(" +"));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.text()).isEmpty();
        assertThat(run.err()).startsWith("kaelix: ").contains(message).endsWith("; try 'kaelix topology --help'\n").hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            top --bogus                                  | Unknown option: '--bogus'
            top 1 2                                      | Unmatched argument at index 2: '2'
            top --json                                   | --json is for one picture: give --once too
            top --once --interval 99ms                   | --interval must be at least 100ms, not 99ms
            top --interval 1h                            | '1h' is not a duration
            top --sort size                              | 'size' is nothing to sort by; there are rate, bytes, lag, lost, cpu, name
            metrics --port -1                            | --port must be from 0 to 65535, not -1
            metrics --port 65536                         | --port must be from 0 to 65535, not 65536
            metrics --port http                          | 'http' is not an int
            metrics 1 2                                  | Unmatched argument at index 2: '2'
            """)
    void shouldHintAtTheHelpOfTheViewAndOfTheMetrics(final String arguments, final String message) throws IOException {
        final CommandRun run = kaelix(arguments.split(" +"));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.text()).isEmpty();
        assertThat(run.err()).startsWith("kaelix: ").contains(message)
                .endsWith("; try 'kaelix " + arguments.split(" ")[0] + " --help'\n").hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pub                                          | Missing required parameter: 'TOPIC'
            pub a..b                                     | empty token
            pub a x y                                    | Unmatched argument at index 3: 'y'
            pub a --rate 0                               | --rate must be from 1 to 1000000000, not 0
            pub a --key 0                                | --key 0: fields are counted from 1
            pub a --key (                                | is neither the number of a field nor a regular expression
            pub a --wait 5                               | '5' is not a duration
            pub a --connect nowhere                      | --connect: 'nowhere'
            pub a --connect 127.0.0.1:0                  | --connect: the port must be from 1 to 65535, not 0
            pub a --connect 127.0.0.1:1 --tls-cert x     | --tls-cert needs --tls-key
            sub                                          | Missing required parameter: 'PATTERN'
            sub a.>.b                                    | must be the last token
            sub a --count 0                              | --count must be at least 1, not 0
            sub a --format xml                           | --format must be json or raw, not 'xml'
            sub a --from now                             | --from must be oldest or latest, not 'now'
            sub a --policy drop                          | 'drop' is no policy; there are block, lossy, disconnect
            sub a --patience long                        | 'long' is not a duration
            serve --listen here                          | --listen: 'here'
            serve --metrics-port 0                       | --metrics-port must be from 1 to 65535, not 0
            """)
    void shouldRefuseWhatTheNetworkDoesNotKnow(final String arguments, final String message) throws IOException {
        final CommandRun run = kaelix(arguments.split(" +"));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.text()).isEmpty();
        assertThat(run.err()).startsWith("kaelix: ").contains(message)
                .endsWith("; try 'kaelix " + arguments.split(" ")[0] + " --help'\n").hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            doctor --bogus                               | Unknown option: '--bogus'
            doctor --only cpu,nothing                    | there is no check 'nothing'
            doctor --memory 0                            | '0' is not from 1 to 64t
            doctor --memory much                         | 'much' is not a number of bytes
            doctor --memory 65t                          | '65t' is not from 1 to 64t
            doctor --yes                                 | --yes is for changes: give --apply too
            doctor --apply                               | standard input is no terminal: give --yes
            """)
    void shouldRefuseWhatTheDoctorDoesNotKnow(final String arguments, final String message) throws IOException {
        final CommandRun run = kaelix(arguments.split(" +"));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.text()).isEmpty();
        assertThat(run.err()).startsWith("kaelix: ").contains(message).endsWith("; try 'kaelix doctor --help'\n").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nul\0nul"})
    void shouldRefuseWhatNamesNoFile(final String name) throws IOException {
        final CommandRun run = kaelix("run", "--input", name);
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).startsWith("kaelix: ").hasLineCount(1).doesNotContain("\0");
    }

    @Test
    void shouldPrintUsageWithoutCommand() throws IOException {
        final CommandRun run = kaelix();
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).startsWith("Usage: kaelix").contains("run");
    }

    @Test
    void shouldPrintHelp() throws IOException {
        final CommandRun run = kaelix("run", "--help");
        assertThat(run.status()).isZero();
        assertThat(run.text()).contains("--input", "--topic", "--output", "--publishers", "--subscribers", "--size", "--rate",
                "--duration", "--streams", "--batch", "--lane", "--json", "--help", "--version", "Exit status");
        assertThat(run.err()).isEmpty();
        assertThat(kaelix("--help").text()).contains("run");
    }

    @Test
    void shouldPrintVersionAndWhatItRunsOn() throws IOException {
        final CommandRun run = kaelix("--version");
        assertThat(run.status()).isZero();
        assertThat(run.text()).matches("kaelix [0-9.]+\\Rplatform [a-z]+, isa [a-z0-9]+\\R");
        assertThat(kaelix("run", "--version").text()).isEqualTo(run.text());
    }
}
