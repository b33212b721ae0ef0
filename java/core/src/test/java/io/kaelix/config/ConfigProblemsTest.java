// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.kaelix.SlowSubscriberPolicy;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said to settings that are wrong: where, what is allowed, what was probably meant. */
class ConfigProblemsTest {

    private static final String NETWORK_VARIABLES = ConfigKey.in("network").values().stream().map(key -> key.variable().substring("KAELIX_NETWORK_".length()))
            .sorted()
            .collect(Collectors.joining(", "));

    private static final ConfigLoader LOADER = ConfigLoader.of().machine(new MachineLimits(4, Set.of(0, 2)));

    private static List<ConfigProblem> problems(final ConfigLoader loader) {
        return catchThrowableOfType(ConfigException.class, loader::load).problems();
    }

    private static List<ConfigProblem> problems(final String text) {
        return catchThrowableOfType(ConfigException.class, () -> LOADER.load(ConfigFile.parse("k.toml", text))).problems();
    }

    private static String messages(final String text) {
        return problems(text).stream().map(ConfigProblem::message).collect(Collectors.joining("\n"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            runtime.worker_threads = "4"              | 1:26: runtime.worker_threads must be a whole number from 0 to 64, not the text "4"
            runtime.worker_threads = 65               | 1:26: runtime.worker_threads must be a whole number from 0 to 64, not 65
            runtime.worker_threads = -1               | 1:26: runtime.worker_threads must be a whole number from 0 to 64, not -1
            runtime.worker_threads = 1.0 | 1:26: runtime.worker_threads must be a whole number from 0 to 64, not the fr
            runtime.worker_threads = true             | must be a whole number from 0 to 64, not true
            runtime.worker_threads = [1]              | must be a whole number from 0 to 64, not an array
            runtime.worker_threads = {a = 1}          | must be a whole number from 0 to 64, not a table
            runtime.worker_threads = 2026-01-01       | must be a whole number from 0 to 64, not the date or time 2026-01-01
            runtime.pinned = 1                        | 1:18: runtime.pinned must be true or false, not 1
            runtime.pinned = "true"                   | must be true or false, not the text "true"
            runtime.task_queue_depth = 1000           | must be a power of two from 2 to 1048576, not 1000
            runtime.task_queue_depth = 1              | must be a power of two from 2 to 1048576, not 1
            runtime.idle_strategy = "spin"            | must be one of "adaptive", "busy-spin", "park", not the text "spin"
            runtime.idle_strategy = "busy_spin"       | not the text "busy_spin"; did you mean "busy-spin"?
            performance.buffer_size = 100000          | must be a power of two from 64KiB to 1GiB, not 100000
            performance.buffer_size = "32KiB"         | must be a power of two from 64KiB to 1GiB, not the text "32KiB"
            performance.buffer_size = "2GiB"          | must be a power of two from 64KiB to 1GiB, not the text "2GiB"
            performance.buffer_size = "1MB"           | as a number of bytes or as "64KiB", "1MiB", "4GiB", not the text "1MB"
            memory.limit = "99999999999TiB"           | "1MiB", "4GiB", not the text "99999999999TiB"
            telemetry.latency_sampling_bytes = 100    | must be 0 or a number of bytes from 1KiB to 1GiB, not 100
            telemetry.directory = "a\\u0007" | 4096 characters, without control characters, not the text "a?"
            telemetry.prometheus_host = ""            | must be a text of 1 to 253 characters, without control characters, not the text ""
            telemetry.log_level = "warn"              | "trace", not the text "warn"
            runtime.worker_thread = 4                 | 1:1: there is no key runtime.worker_thread; did you mean worker_threads?
            runtime.Worker-Threads = 4                | 1:1: there is no key runtime.Worker-Threads; did you mean worker_threads?
            runtime.wroker_threads = 4                | there is no key runtime.wroker_threads; did you mean worker_threads?
            runtime.buffer_size = 4                   | there is no key runtime.buffer_size; did you mean buffer_size of [performance]?
            runtime.xyz = 4                           | there is no key runtime.xyz; [runtime] has worker_threads, pinned, placement
            worker_threads = 4                        | 1:1: there is no key worker_threads; did you mean worker_threads of [runtime]?
            "runtime.pinned" = true | write pinned below [runtime], or runtime.pinned without quotes
            streams."topic.name" = "x"                | there is no key streams.topic.name; [streams] has expiry_ms
            runtimes.pinned = true                    | there is no key runtimes; did you mean [runtime]?
            foo = 1                                   | there is no key foo; there are profile and the sections [runtime], [performance]
            network.port = 1                          | 1:1: there is no key network.port; [network] has listen, tls_certificate
            runtime = 4                               | 1:1: runtime is a section, not 4: write [runtime] and its keys below
            [[runtime]]                               | runtime is a section, not an array
            profile = "fast" | 1:11: profile must be one of "", "high-throughput", "low-latency", not the text "fast"
            profile = "high_throughput"               | did you mean "high-throughput"?
            [streams.topic]                           | streams.topic is a list: write [[streams.topic]], with two brackets
            streams.topic = 4                         | must be topics, each below [[streams.topic]], not 4
            streams.topic = ["a"] | 1:18: a topic must be a table, as {name = "orders", partitions = 4}, not the text "a"
            [[streams.topic]]                         | 1:1: this topic has no name
            streams.topic = [{name = "a..b"}]         | 1:26: streams.topic.name must be the name of a topic
            streams.topic = [{name = 7}] | separated by single dots, not 7
            streams.topic = [{name = "a", partitions = 0}] | streams.topic.partitions must be a whole number from 1 to 65535, not 0
            streams.topic = [{name = "a", slow_subscriber = "disconnect"}] | "block", "lossy", not the text "disconnect"
            streams.topic = [{name = "a", partition = 2}]  | there is no key streams.topic.partition; did you mean partitions?
            streams.topic = [{name = "a"}, {name = "a"}]   | 1:32: topic "a" is declared already, at line 1
            """)
    void shouldSayWhatIsWrongWhereAndWhatIsAllowed(final String text, final String message) {
        assertThat(problems(text)).singleElement().satisfies(problem -> {
            assertThat(problem.message()).startsWith("k.toml:1:").contains(message).doesNotContain("\n");
            assertThat(problem.line()).isEqualTo(1);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            runtime.worker_threads = 5                | 1:26: runtime.worker_threads = 5 is more than the 4 CPUs that this process may use
            runtime = {task_queue_depth = 1048576, worker_threads = 64, pinned = false} | take 65536 at most
            memory.limit = "1MiB" | 1:16: memory.limit = "1MiB" does not do: memory.limit is 1MiB, and must be at least
            performance.buffer_size = "1GiB"; memory.limit = "1GiB" | 2:16: memory.limit = "1GiB" does not do
            memory.node = 0 | 1:15: memory.node = 0 is for memory that is bound: set memory.node_policy = "bind" too
            memory.node_policy = "bind"               | 1:22: memory.node_policy = "bind" needs memory.node
            memory.node_policy = "bind"; memory.node = 1  | 2:15: memory.node = 1 is not on this machine, which has nodes 0, 2
            streams.expiry_ms = 5; streams.directory = "/x" | 1:21: streams.expiry_ms = 5 needs streams.directory = ""
            streams.lane_directory = "/x" | 1:26: streams.lane_directory = "/x" needs streams.directory
            streams.resume = true                     | 1:18: streams.resume = true needs streams.directory
            runtime.numa_aware = false; runtime.pinned = true | 2:18: runtime.pinned = true needs runtime.numa_aware
            runtime.numa_aware = false; memory.node_policy = "bind"; memory.node = 2 | 2:22: memory.node_policy = "bind" needs runtime
            """)
    void shouldFindWhatDoesNotGoTogether(final String text, final String message) {
        assertThat(problems(text.replace("; ", "\n"))).singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains(message));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            runtime.worker_threads = 4
            runtime.worker_threads = 64; runtime.pinned = false
            runtime.worker_threads = 64; runtime.numa_aware = false
            runtime.task_queue_depth = 1048576; runtime.worker_threads = 4; runtime.priority_levels = 4
            memory.limit = "2MiB"
            memory.node_policy = "bind"; memory.node = 2
            """)
    void shouldAllowWhatJustGoesTogether(final String text) {
        assertThat(LOADER.load(ConfigFile.parse("k.toml", text.replace("; ", "\n")))).isNotNull();
    }

    @Test
    void shouldNotRefuseNodesThatAreNotKnown() {
        final KaelixConfig config = ConfigLoader.of().machine(new MachineLimits(1, Set.of())).load(
                ConfigFile.parse("k.toml", "memory = {node_policy = 'bind', node = 7}"));
        assertThat(config.memory().node()).isEqualTo(7);
    }

    @Test
    void shouldLookAtTheNodesOfThisMachineIfNoOtherIsNamed() {
        assumeFalse(MachineLimits.ofThisMachine().nodes().isEmpty(), "the kernel does not tell its nodes");
        final ConfigFile file = ConfigFile.parse("k.toml", "memory = {node_policy = 'bind', node = 1023}");
        assertThat(catchThrowableOfType(ConfigException.class, () -> ConfigLoader.of().load(file)))
                .hasMessageContaining("memory.node = 1023 is not on this machine");
    }

    @Test
    void shouldTellAllProblemsAtOnceInTheOrderOfTheFile() {
        assertThat(messages("""
                [memory]

                limit = "x"

                # the workers
                [runtime]
                worker_threads = 100
                pined = true
                worker_threads = 3
                """)).isEqualTo("""
                k.toml:3:9: memory.limit must be a number of bytes from 128KiB to 256TiB, as a number of bytes or as "64KiB", "1MiB", \
                "4GiB", not the text "x"
                k.toml:7:18: runtime.worker_threads must be a whole number from 0 to 64, not 100
                k.toml:8:1: there is no key runtime.pined; did you mean pinned?
                k.toml:9:1: worker_threads previously defined at line 7, column 1: keep one of the two""");
    }

    @Test
    void shouldConcludeNothingFromKeysThatAreWrong() {
        assertThat(problems("memory.node_policy = 'bind'\nmemory.node = 'x'\n")).singleElement()
                .satisfies(problem -> assertThat(problem.key()).isEqualTo("memory.node"));
    }

    @Test
    void shouldSayNothingOfKeysBelowABrokenHeading() {
        assertThat(problems("[runtime\nworker_threads = 4\nzork = 1\n")).singleElement()
                .satisfies(problem -> assertThat(problem.message()).startsWith("k.toml:1:9: "));
    }

    @Test
    void shouldAddWhatIsWrongInTheEnvironmentAndInCode() {
        final ConfigLoader loader = LOADER.environment(Map.of("KAELIX_RUNTIME_PINNED", "yes", "KAELIX_MEMORY_LIMIT", ""))
                .with("runtime.pined", true).with("foo.bar", 1).with("network.port", 1).with("streams.topic.name", "a")
                .with("streams.topic", List.of("a")).with("runtime.worker_threads", 2.5f).with("memory.node", "two");
        assertThat(problems(loader)).extracting(ConfigProblem::message).containsExactly(
                "KAELIX_MEMORY_LIMIT: memory.limit must be a number of bytes from 128KiB to 256TiB, as a number of bytes or as \"64KiB\", "
                        + "\"1MiB\", \"4GiB\", not the text \"\"",
                "KAELIX_RUNTIME_PINNED: runtime.pinned must be true or false, not the text \"yes\"",
                "code: there is no key runtime.pined; did you mean pinned?",
                "code: there is no key foo.bar; there are profile and the sections [runtime], [performance], [memory], [streams], "
                        + "[network], [telemetry], [bridge.NAME]",
                "code: there is no key network.port; [network] has " + String.join(", ", ConfigKey.in("network").keySet()),
                "code: streams.topic.name is of one topic: set streams.topic to a list of TopicConfig",
                "code: streams.topic must be a list of TopicConfig, not of the text \"a\"",
                "code: runtime.worker_threads must be a whole number from 0 to 64, not the fraction 2.5",
                "code: memory.node must be a whole number from -1 to 1023, not the text \"two\"");
    }

    @Test
    void shouldTellOfValuesOfCodeThatAreOfNoKnownType() {
        final Object unprintable = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("on purpose");
            }
        };
        final ConfigLoader loader = LOADER.with("runtime.worker_threads", unprintable).with("runtime.pinned", Optional.of(true))
                .with("memory.limit", BigInteger.ONE.shiftLeft(63)).with("memory.node", 'x')
                .with("streams.topic", Arrays.asList((Object) null));
        assertThat(problems(loader)).extracting(ConfigProblem::text).containsExactly(
                "runtime.worker_threads must be a whole number from 0 to 64, not a value of the type " + unprintable.getClass().getName(),
                "runtime.pinned must be true or false, not a value of the type java.util.Optional",
                "memory.limit must be a number of bytes from 128KiB to 256TiB, not a value of the type java.math.BigInteger",
                "memory.node must be a whole number from -1 to 1023, not a value of the type java.lang.Character",
                "streams.topic must be a list of TopicConfig, not of null");
        assertThat(LOADER.with("runtime.worker_threads", BigInteger.TWO).load().runtime().workerThreads()).isEqualTo(2);
    }

    @Test
    void shouldReadNumbersOfTheEnvironmentAsTomlWritesThem() {
        for (final String text : List.of("01", "0x1", " 1", "1 ", "1__0", "_1", "1e1", "1.0", "\u0661", "", "+", "99999999999999999999")) {
            assertThat(problems(LOADER.environment(Map.of("KAELIX_RUNTIME_TARGET_LATENCY_US", text)))).as(text).hasSize(1);
        }
        for (final String text : List.of("10", "+10", "1_0")) {
            assertThat(LOADER.environment(Map.of("KAELIX_RUNTIME_TARGET_LATENCY_US", text)).load().runtime().targetLatency())
                    .as(text).isEqualTo(Duration.ofNanos(10_000));
        }
    }

    @Test
    void shouldNameAnEmptyKey() {
        assertThat(problems("\"\" = 1")).singleElement()
                .satisfies(problem -> assertThat(problem.text()).startsWith("there is no key \"\"; there are profile and "));
    }

    @Test
    void shouldRefuseVariablesThatCanOnlyBeMistakes() {
        final ConfigLoader loader = LOADER.environment(Map.of("KAELIX_RUNTIME_WORKER_THREDS", "4", "KAELIX_MEMORY_ZZZ", "1",
                "KAELIX_RUNTME_PINNED", "true", "KAELIX_STREAMS_TOPIC_NAME", "a", "KAELIX_NETWORK_PORT", "1"));
        assertThat(problems(loader)).extracting(ConfigProblem::message).containsExactly(
                "KAELIX_MEMORY_ZZZ: there is no such variable; KAELIX_MEMORY_ goes on with LIMIT, NODE, NODE_POLICY, PAGE_SIZE; "
                        + "set one of them, or unset it",
                "KAELIX_NETWORK_PORT: there is no such variable; KAELIX_NETWORK_ goes on with " + NETWORK_VARIABLES + "; set one of them, or unset it",
                "KAELIX_RUNTIME_WORKER_THREDS: there is no such variable; did you mean KAELIX_RUNTIME_WORKER_THREADS?",
                "KAELIX_RUNTME_PINNED: there is no such variable; did you mean KAELIX_RUNTIME_PINNED?",
                "KAELIX_STREAMS_TOPIC_NAME: topics cannot be declared by a variable: use [[streams.topic]] in a file, or code");
    }

    @Test
    void shouldLeaveOtherVariablesAlone() {
        assertThat(LOADER.environment(Map.of("KAELIX_FORCE_ISA", "scalar", "KAELIX_JAVA_OPTS", "-Xmx1g", "KAELIX_LAB_KERNEL", "k",
                "KAELIX_HOME", "/", "kaelix_runtime_pinned", "x", "RUNTIME_PINNED", "x")).load()).isEqualTo(KaelixConfig.defaults());
    }

    @Test
    void shouldListNoMoreThanAPersonReads() {
        final List<ConfigProblem> problems = problems(
                IntStream.range(0, 250).mapToObj(i -> "key" + i + " = 1\n").collect(Collectors.joining()));
        assertThat(problems).hasSize(101);
        assertThat(problems.getLast().text()).startsWith("there are 150 more problems");
    }

    @Test
    void shouldShowForeignTextsInOnePrintableLineOfBoundedLength() {
        final String hostile = "x\\u001b[31m\\u202e\\n\\U0001F600" + "y".repeat(100_000);
        assertThat(problems("runtime.\"" + hostile + "\" = 1\nruntime.placement = \"" + hostile + '"')).hasSize(2).allSatisfy(problem ->
                assertThat(problem.message()).hasSizeLessThan(600).contains("x?[31m??", "\uD83D\uDE00", "…")
                        .doesNotContain("\n", "\u001b"));
    }

    @Test
    void shouldRefuseTopicsThatCannotBe() {
        assertThatIllegalArgumentException().isThrownBy(() -> TopicConfig.of("a").withPartitions(0))
                .withMessageContaining("from 1 to 65535");
        assertThatIllegalArgumentException().isThrownBy(() -> TopicConfig.of("a").withSlowSubscriber(SlowSubscriberPolicy.DISCONNECT))
                .withMessageContaining("SubscriberConfig");
        final ConfigLoader twice = LOADER.with("streams.topic", List.of(TopicConfig.of("a"), TopicConfig.of("a").withPartitions(2)));
        assertThat(problems(twice)).singleElement().satisfies(problem -> assertThat(problem.text()).contains("\"a\" is there twice"));
    }

    @Test
    void shouldGiveAllLinesInTheMessageOfTheException() {
        final ConfigException e = catchThrowableOfType(ConfigException.class,
                () -> LOADER.load(ConfigFile.parse("k.toml", "a = 1\nb = 2")));
        assertThat(e.getMessage().lines()).hasSize(2).allMatch(line -> line.startsWith("k.toml:"));
        assertThatIllegalArgumentException().isThrownBy(() -> new ConfigException(List.of()));
    }
}
