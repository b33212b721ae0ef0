// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli;

import static io.kaelix.cli.CommandRun.kaelix;
import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.cli.console.StopSignal;
import io.kaelix.cli.console.Terminal;
import io.kaelix.config.ConfigFile;
import io.kaelix.config.ConfigKey;
import io.kaelix.config.ConfigLoader;
import io.kaelix.config.KaelixConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code kaelix config}: what is set, from where, and what is wrong with it. */
class ConfigTest {

    @TempDir
    private Path directory;

    private String file(final String text) throws IOException {
        return Files.writeString(directory.resolve("k.toml"), text).toString();
    }

    private static CommandRun with(final Map<String, String> environment, final String... arguments) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            final Terminal terminal = new Terminal(Channels.newChannel(new ByteArrayInputStream(new byte[0])), Channels.newChannel(out),
                    errors, false);
            final int status = new Kaelix(terminal, new StopSignal(), environment).execute(arguments);
            return new CommandRun(status, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void shouldShowEachValueAndWhereItCameFrom() throws IOException {
        final String file = file("[memory]\nlimit = \"1GiB\"\n");
        final CommandRun run = with(Map.of("KAELIX_RUNTIME_PRIORITY_LEVELS", "3"), "config", "show", "--profile", "low-latency",
                "--config", file);
        assertThat(run.status()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.text()).contains("\n[runtime]\n", "\n[telemetry]\n").containsPattern("\nlimit = \"1GiB\" +# " + file + ":2:9\n")
                .containsPattern("\npriority_levels = 3 +# KAELIX_RUNTIME_PRIORITY_LEVELS\n")
                .containsPattern("\nbatch_size = 10 +# profile low-latency\n").containsPattern("\npinned = true +# default\n");
        for (final ConfigKey key : ConfigKey.settings()) {
            assertThat(run.text()).contains(key.label() + " = ");
        }
    }

    @Test
    void shouldShowWhatLoadsToTheSameSettings() throws IOException {
        final String file = file("telemetry.directory = 'C:\\#\"'\nmemory.limit = 5_000_001\n"
                + "streams.topic = [{name = 'a', slow_subscriber = 'lossy'}]");
        final KaelixConfig expected = ConfigLoader.of().file(Path.of(file)).load();
        final String shown = with(Map.of(), "config", "show", "--config", file).text();
        assertThat(ConfigLoader.of().load(ConfigFile.parse("shown", shown))).isEqualTo(expected);
    }

    @Test
    void shouldShowJson() throws IOException {
        final String file = file("[[streams.topic]]\nname = 'orders'\npartitions = 4\n");
        final CommandRun run = with(Map.of(), "config", "show", "--json", "--config", file);
        assertThat(run.status()).isZero();
        assertThat(run.text()).startsWith("{\"valid\":true,\"settings\":[{\"key\":\"profile\",\"value\":\"\",")
                .endsWith("],\"problems\":[]}\n").hasLineCount(1)
                .contains("{\"key\":\"runtime.target_latency_us\",\"value\":10,\"unit\":\"microseconds\",\"hot\":true,"
                        + "\"layer\":\"default\",\"source\":\"\",\"line\":null,\"column\":null,\"reason\":\"\"}")
                .contains("{\"key\":\"streams.topic\",\"value\":[{\"name\":\"orders\",\"partitions\":4}],\"unit\":\"\",\"hot\":false,"
                        + "\"layer\":\"file\",\"source\":\"" + file + "\",\"line\":1,\"column\":1,");
    }

    @Test
    void shouldShowBridgesAndCheckThemWithoutTheArtifactThatOpensThem() throws IOException {
        final String file = file("[network]\nlisten = ['127.0.0.1:7878']\n"
                + "[bridge.berlin]\ndirection = 'out'\nchannel = 'aeron:ipc'\nhops = 2\n");
        assertThat(kaelix("config", "check", file).text()).isEqualTo(file + ": valid, sets 2 keys\n");
        final KaelixConfig expected = ConfigLoader.of().file(Path.of(file)).load();
        final CommandRun shown = with(Map.of(), "config", "show", "--config", file);
        assertThat(shown.text()).contains("bridge = {berlin = {direction = \"out\", channel = \"aeron:ipc\", ");
        assertThat(ConfigLoader.of().load(ConfigFile.parse("shown", shown.text()))).isEqualTo(expected);
        assertThat(with(Map.of(), "config", "show", "--json", "--config", file).text())
                .contains("{\"key\":\"network.listen\",\"value\":[\"127.0.0.1:7878\"],")
                .contains("{\"key\":\"bridge\",\"value\":[{\"name\":\"berlin\",\"direction\":\"out\",\"channel\":\"aeron:ipc\","
                        + "\"pattern\":\">\",\"mode\":\"transport\",\"stream\":7100,")
                .contains("\"hops\":2,");
        final String bad = file("[bridge.berlin]\ndirection = 'out'\n");
        final CommandRun invalid = kaelix("config", "check", bad);
        assertThat(invalid.status()).isEqualTo(1);
        assertThat(invalid.text()).isEqualTo(bad + ":1:1: bridge.berlin needs channel, the Aeron channel of the link, as"
                + " \"aeron:udp?endpoint=10.0.0.5:7100\"\n");
    }

    @Test
    void shouldListTheProblemsOfWhatItShouldShow() {
        final CommandRun run = with(Map.of("KAELIX_RUNTIME_PINNED", "yes"), "config", "show", "--profile", "fast");
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).isEmpty();
        assertThat(run.text()).isEqualTo("""
                KAELIX_RUNTIME_PINNED: runtime.pinned must be true or false, not the text "yes"
                code: profile must be one of "", "high-throughput", "low-latency", not the text "fast"
                """);
    }

    @Test
    void shouldCheckAFile() throws IOException {
        final String good = file("profile = 'low-latency'\nmemory.limit = '1GiB'\n");
        final CommandRun valid = with(Map.of("KAELIX_RUNTIME_PINNED", "of no account"), "config", "check", good);
        assertThat(valid.status()).isZero();
        assertThat(valid.text()).isEqualTo(good + ": valid, sets 2 keys\n");
        final String bad = file("runtime.pined = true\nmemory.limit = 1\n");
        final CommandRun invalid = kaelix("config", "check", bad);
        assertThat(invalid.status()).isEqualTo(1);
        assertThat(invalid.err()).isEmpty();
        assertThat(invalid.text()).isEqualTo(bad + ":1:1: there is no key runtime.pined; did you mean pinned?\n"
                + bad + ":2:16: memory.limit must be a number of bytes from 128KiB to 256TiB, not 1\n");
        assertThat(kaelix("config", "check", "--json", bad).text())
                .startsWith("{\"valid\":false,\"settings\":[],\"problems\":[{\"where\":\"" + bad + "\",\"line\":1,\"column\":1,")
                .contains("\"key\":\"runtime.pined\",\"text\":\"there is no key runtime.pined; did you mean pinned?\"},");
    }

    @Test
    void shouldSendNothingButTextToATerminal() throws IOException {
        final Path hostile = Files.writeString(directory.resolve("a\n\u001b[31m"), "telemetry.directory = \"\\u202e\"");
        assertThat(kaelix("config", "check", hostile.toString()).text()).endsWith("a??[31m: valid, sets 1 key\n").hasLineCount(1);
        assertThat(kaelix("config", "show", "--config", hostile.toString()).text())
                .containsPattern("\ndirectory = \"\\\\U0000202E\" +# .*a\\?\\?\\[31m:1:23\n").doesNotContain("\u001b", "\u202e");
    }

    @Test
    void shouldSayOfAFileThatCannotBeReadWhy() throws IOException {
        final CommandRun run = kaelix("config", "check", directory.toString());
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.text()).isEqualTo(directory + ": is a folder: name the file in it\n");
        assertThat(kaelix("config", "check", "--json", directory.toString()).text()).contains("\"line\":null,\"column\":null,\"key\":\"\"");
    }

    @Test
    void shouldPrintAFileToStartFrom() throws IOException {
        final CommandRun run = kaelix("config", "default");
        assertThat(run.status()).isZero();
        assertThat(run.text()).isEqualTo(ConfigFile.commentedDefaults());
        assertThat(kaelix("config", "check", file(run.text())).text()).endsWith(": valid, sets 0 keys\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            config                  | config takes show, check or default; try 'kaelix config --help'
            config list             | 'list'
            config check            | Missing required parameter: 'FILE'; try 'kaelix config check --help'
            config check a b        | 'b'
            config show --bogus     | Unknown option: '--bogus'; try 'kaelix config show --help'
            config show --profile   | Missing required parameter
            """)
    void shouldRefuseWrongUsageInOneLine(final String arguments, final String message) throws IOException {
        final CommandRun run = kaelix(arguments.split(" +"));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.text()).isEmpty();
        assertThat(run.err()).startsWith("kaelix: ").contains(message).hasLineCount(1);
    }

    @Test
    void shouldDescribeTheJsonInItsHelp() throws IOException {
        assertThat(kaelix("config", "--help").text()).contains("show", "check", "default", "settings[]", "problems[]", "reason",
                "Exit status");
        assertThat(kaelix("config", "show", "--help").text()).contains("--profile", "--config", "--json", "Exit status");
    }
}
