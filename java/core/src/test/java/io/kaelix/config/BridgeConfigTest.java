// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kaelix.SlowSubscriberPolicy;
import io.kaelix.TopicPattern;
import io.kaelix.config.BridgeConfig.Direction;
import io.kaelix.config.BridgeConfig.Mode;
import io.kaelix.config.BridgeConfig.Threading;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code [bridge.NAME]}: what it sets, and what is wrong with it. */
class BridgeConfigTest {

    private static final String OUT = "[bridge.b]\ndirection = \"out\"\nchannel = \"aeron:udp?endpoint=h:1\"\n";
    private static final String IN = "[bridge.b]\ndirection = \"in\"\nchannel = \"aeron:udp?endpoint=h:1\"\n";

    private static KaelixConfig load(final String text) {
        return ConfigLoader.of().load(ConfigFile.parse("k.toml", text));
    }

    private static List<ConfigProblem> problems(final String text) {
        return catchThrowableOfType(ConfigException.class, () -> load(text)).problems();
    }

    @Test
    void shouldHaveNoneByDefault() {
        assertThat(KaelixConfig.defaults().bridges()).isEmpty();
        assertThat(load("bridge = {}").bridges()).isEmpty();
    }

    @Test
    void shouldFillInWhatIsNotSaid() {
        assertThat(load(OUT).bridges()).containsExactly(new BridgeConfig("b", Direction.OUT, "aeron:udp?endpoint=h:1", TopicPattern.of(">"),
                Mode.TRANSPORT, 7100, 1, SlowSubscriberPolicy.LOSSY, 1, 64 << 10, 0, Duration.ofSeconds(5), "", Threading.AUTO, "", "", "",
                1L << 30));
        assertThat(load(OUT + "mode = 'archive'\narchive_directory = '/a'\n").bridges().getFirst().slow())
                .as("what is recorded is not lost on the way there").isEqualTo(SlowSubscriberPolicy.BLOCK);
        assertThat(load(IN).bridges().getFirst().direction()).isEqualTo(Direction.IN);
    }

    @Test
    void shouldTakeEachKey() {
        final KaelixConfig config = load(OUT + """
                pattern = "orders.>"
                mode = "archive"
                stream = 9000
                shards = 8
                slow = "lossy"
                hops = 3
                max_frame_length = "1MiB"
                mtu = 1408
                peer_timeout_ms = 750
                threading = "shared_network"
                archive_directory = "/archive"
                retention = "2GiB"

                [bridge.other-end_2]
                direction = "in"
                channel = "aeron:ipc"
                mode = "archive"
                driver = "/dev/shm/aeron"
                response = "aeron:udp?endpoint=me:0"
                state_directory = "/state"
                """);
        assertThat(config.bridges()).containsExactly(
                new BridgeConfig("b", Direction.OUT, "aeron:udp?endpoint=h:1", TopicPattern.of("orders.>"), Mode.ARCHIVE, 9000, 8,
                        SlowSubscriberPolicy.LOSSY, 3, 1 << 20, 1408, Duration.ofMillis(750), "", Threading.SHARED_NETWORK, "/archive",
                        "", "", 2L << 30),
                new BridgeConfig("other-end_2", Direction.IN, "aeron:ipc", TopicPattern.of(">"), Mode.ARCHIVE, 7100, 1,
                        SlowSubscriberPolicy.BLOCK, 1, 64 << 10, 0, Duration.ofSeconds(5), "/dev/shm/aeron", Threading.AUTO, "",
                        "aeron:udp?endpoint=me:0", "/state", 1L << 30));
        assertThat(config.setting(ConfigKey.BRIDGE).origin().where()).startsWith("k.toml:1:");
        // What is shown sets the same.
        final Setting shown = config.setting(ConfigKey.BRIDGE);
        assertThat(shown.text()).contains("b = {direction = \"out\", channel = \"aeron:udp?endpoint=h:1\", ").doesNotContain("\n", "driver = \"\"");
        assertThat(load(shown.key().label() + " = " + shown.text())).isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            bridge = 4                               | 1:1: bridge must be bridges, each below [bridge.NAME], not 4
            [[bridge.b]]                             | 1:1: bridge.b must be a table, not an array: write [bridge.b] and its keys below
            bridge.channel = "aeron:ipc"             | bridge.channel is of one bridge, and each has a name: write [bridge.NAME] above its keys
            bridge.b = "aeron:ipc"                   | bridge.b must be a table, not the text "aeron:ipc": write [bridge.b] and its keys below
            [bridge."a b"]                           | 1:1: the name of a bridge is up to 64 letters, digits, '-' and '_', not "a b"
            [bridge.x$1]                             | k.toml:1:
            bridges.b = 1                            | there is no key bridges; did you mean [bridge.NAME]?
            bridge.b = {channel = "aeron:ipc"}       | 1:1: bridge.b needs direction, "out" to send, or "in" to receive
            bridge.b = {direction = "in"}            | 1:1: bridge.b needs channel, the Aeron channel of the link
            bridge.b = {direction = "up", channel = "aeron:ipc"} | 1:25: bridge.b.direction must be one of "out", "in", not the text "up"
            bridge.b = {direction = "out", channel = "udp:1"}    | bridge.b.channel must be an Aeron channel, as "aeron:udp?endpoint
            """)
    void shouldSayWhatIsWrongWithItsPlace(final String text, final String message) {
        assertThat(problems(text).getFirst()).satisfies(problem -> {
            assertThat(problem.message()).startsWith("k.toml:1:").contains(message).doesNotContain("\n");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            out | hop = 2              | 4:1: there is no key bridge.b.hop; did you mean hops?
            out | xyz = 2              | 4:1: there is no key bridge.b.xyz; [bridge.NAME] has direction, channel, pattern
            out | hops = 16            | 4:8: bridge.b.hops must be a whole number from 1 to 15, not 16
            out | hops = 0             | 4:8: bridge.b.hops must be a whole number from 1 to 15, not 0
            out | shards = 65          | bridge.b.shards must be a whole number from 1 to 64, not 65
            out | pattern = "a..b"     | 4:11: bridge.b.pattern must be a pattern of topics, as "orders.>": pattern 'a..b'
            out | pattern = 4          | bridge.b.pattern must be a pattern of topics, as "orders.>", not 4
            out | mode = "archiv"      | must be one of "transport", "archive", not the text "archiv"; did you mean "archive"?
            out | slow = "disconnect"  | must be one of "lossy", "block", not the text "disconnect"
            out | max_frame_length = 4 | bridge.b.max_frame_length must be a number of bytes from 4KiB to 16MiB, not 4
            out | mtu = 65536          | bridge.b.mtu must be 0 or a number of bytes from 1KiB to 65504, not 65536
            out | mtu = 1500           | 4:7: bridge.b.mtu = 1500 does not do: it must be a multiple of 32, as 1472
            out | peer_timeout_ms = 99 | bridge.b.peer_timeout_ms must be a whole number from 100 to 3600000, not 99
            in  | response = "x" | bridge.b.response must be "" or an Aeron channel
            out | archive_directory = "/a" | 4:21: bridge.b.archive_directory = "/a" is for the mode archive: set mode = "archive" too, or leave it out
            out | archive_control = "aeron:ipc" | k.toml:4:1: there is no key bridge.b.archive_control
            out | retention = 10485760 | 4:13: bridge.b.retention = "10MiB" is for the mode archive
            in  | response = "aeron:ipc" | bridge.b.response = "aeron:ipc" is for the mode archive
            in  | state_directory = "/s" | bridge.b.state_directory = "/s" is for the mode archive
            in  | pattern = ">"        | 4:11: bridge.b.pattern = ">" is for links with direction = "out"
            in  | slow = "block"       | bridge.b.slow = "block" is for links with direction = "out"
            in  | hops = 1             | 4:8: bridge.b.hops = 1 is for links with direction = "out": it is said at the other end; leave it out here
            out | mode = "archive"     | 4:8: bridge.b with mode = "archive" and direction = "out" needs archive_directory, the folder of the Archive
            out | mode = "archive"; archive_directory = ""   | 5:21: bridge.b with mode = "archive" and direction = "out" needs archive_dir
            out | mode = "archive"; archive_directory = "/a"; state_directory = "/s" | 6:19: bridge.b.state_directory = "/s" is for links with dir
            out | mode = "archive"; archive_directory = "/a"; response = "aeron:ipc" | bridge.b.response = "aeron:ipc" is for links with direction = "in"
            in | mode = "archive"; state_directory = "/s" | 4:8: bridge.b with mode = "archive" and direction = "in" needs response, the channel on which its answers come
            in | mode = "archive"; response = "aeron:ipc" | needs state_directory, the folder in which it keeps
            in | mode = "archive"; response = "aeron:ipc"; state_directory = "/s"; retention = 1048576 | 7:13: bridge.b.retention = "1MiB" is for links with
            out | driver = "/d"; threading = "shared" | 5:13: bridge.b.threading = "shared" is for a driver of this process, and driver names another one
            in  | driver = "/d"; mtu = 2048 | 5:7: bridge.b.mtu = "2KiB" is for a driver of this process, and driver names another one
            """)
    void shouldSayWhatIsWrongOnceAndWhere(final String direction, final String lines, final String message) {
        final String text = (direction.equals("out") ? OUT : IN) + lines.replace("; ", "\n");
        assertThat(problems(text)).singleElement().satisfies(problem -> {
            assertThat(problem.message()).startsWith("k.toml:").contains(message).doesNotContain("\n");
            assertThat(problem.key()).isEqualTo("bridge");
        });
    }

    @Test
    void shouldTellOfAllThatIsWrongAtOnce() {
        assertThat(problems(IN + "hops = 99\nslow = \"block\"\nstate_directory = \"/s\"\n[bridge.c]\n")).extracting(ConfigProblem::message)
                .satisfiesExactly(
                        one -> assertThat(one).startsWith("k.toml:4:8: bridge.b.hops must be"),
                        two -> assertThat(two).startsWith("k.toml:5:8: bridge.b.slow = \"block\" is for links"),
                        three -> assertThat(three).startsWith("k.toml:6:19: bridge.b.state_directory = \"/s\" is for the mode archive"),
                        four -> assertThat(four).startsWith("k.toml:7:1: bridge.c needs direction"),
                        five -> assertThat(five).startsWith("k.toml:7:1: bridge.c needs channel"));
    }

    @Test
    void shouldAllowADriverThatNamesThreadingAuto() {
        assertThat(load(OUT + "driver = \"/d\"\nthreading = \"auto\"\n").bridges().getFirst().driver()).isEqualTo("/d");
        assertThat(load(OUT + "driver = \"\"\nthreading = \"shared\"\n").bridges().getFirst().threading()).isEqualTo(Threading.SHARED);
    }

    @Test
    void shouldTakeBridgesFromCode() {
        final BridgeConfig bridge = BridgeConfig.of("b", Map.of("direction", "out", "channel", "aeron:udp?endpoint=h:1", "hops", 2,
                "max_frame_length", "1MiB"));
        assertThat(bridge.hops()).isEqualTo(2);
        assertThat(bridge.maxFrameLength()).isEqualTo(1 << 20);
        assertThat(ConfigLoader.of().with("bridge", List.of(bridge)).load()).isEqualTo(load(OUT + "hops = 2\nmax_frame_length = 1048576\n"));
    }

    @Test
    void shouldRefuseBridgesOfCodeAsThoseOfFiles() {
        final Map<String, String> good = Map.of("direction", "in", "channel", "aeron:ipc");
        assertThatIllegalArgumentException().isThrownBy(() -> BridgeConfig.of("b", Map.of("chanel", "aeron:ipc")))
                .withMessage("there is no key bridge.chanel; did you mean channel?");
        assertThatIllegalArgumentException().isThrownBy(() -> BridgeConfig.of("b", Map.of("channel", "aeron:ipc")))
                .withMessageContaining("bridge.b needs direction");
        assertThatIllegalArgumentException().isThrownBy(() -> BridgeConfig.of("b", Map.of("channel", 4)))
                .withMessageContaining("bridge.b.channel must be an Aeron channel");
        assertThatIllegalArgumentException().isThrownBy(() -> BridgeConfig.of("b.c", good)).withMessageContaining("not \"b.c\"");
        assertThatIllegalArgumentException().isThrownBy(() -> new BridgeConfig("b", Direction.IN, "aeron:ipc", TopicPattern.of("a"),
                Mode.TRANSPORT, 7100, 1, SlowSubscriberPolicy.LOSSY, 1, 64 << 10, 0, Duration.ofSeconds(5), "", Threading.AUTO, "", "", "",
                1L << 30)).withMessageContaining("bridge.b.pattern = \"a\" is for links with direction = \"out\"");
        assertThatIllegalArgumentException().isThrownBy(() -> new BridgeConfig("b", Direction.OUT, "aeron:ipc", TopicPattern.of("a"),
                Mode.TRANSPORT, 7100, 0, SlowSubscriberPolicy.LOSSY, 1, 64 << 10, 0, Duration.ofSeconds(5), "", Threading.AUTO, "", "", "",
                1L << 30)).withMessageContaining("bridge.b.shards must be a whole number from 1 to 64, not 0");
        final BridgeConfig bridge = BridgeConfig.of("b", good);
        assertThat(catchThrowableOfType(ConfigException.class, () -> ConfigLoader.of().with("bridge", List.of(bridge, bridge))
                .with("bridge.channel", "aeron:ipc").load()).problems()).extracting(ConfigProblem::message).containsExactly(
                        "code: bridge must be bridges of different names: \"b\" is there twice",
                        "code: bridge.channel is of one bridge: set bridge to a list of BridgeConfig");
        assertThat(catchThrowableOfType(ConfigException.class, () -> ConfigLoader.of().with("bridge", List.of("b")).load()).problems())
                .extracting(ConfigProblem::message).containsExactly("code: bridge must be a list of BridgeConfig, not of the text \"b\"");
    }

    private static BridgeConfig out() {
        return BridgeConfig.out("b", "aeron:udp?endpoint=h:1");
    }

    private static BridgeConfig in() {
        return BridgeConfig.in("b", "aeron:udp?endpoint=h:1");
    }

    private static BridgeConfig loaded(final String text) {
        return load(text).bridges().getFirst();
    }

    @Test
    void shouldMakeInCodeWhatAFileHas() {
        assertThat(out()).isEqualTo(loaded(OUT));
        assertThat(in()).isEqualTo(loaded(IN));
        assertThat(out().withPattern(TopicPattern.of("orders.>")).withStream(9000).withShards(64).withSlow(SlowSubscriberPolicy.BLOCK).withHops(3)
                .withMaxFrameLength(1 << 20).withMtu(8192).withPeerTimeout(Duration.ofMillis(750)).withThreading(Threading.DEDICATED))
                .isEqualTo(loaded(OUT + """
                        pattern = "orders.>"
                        stream = 9000
                        shards = 64
                        slow = "block"
                        hops = 3
                        max_frame_length = "1MiB"
                        mtu = 8192
                        peer_timeout_ms = 750
                        threading = "dedicated"
                        """));
        assertThat(out().recordedIn(Path.of("/a")).withRetention(2L << 30).withDriver("/d"))
                .isEqualTo(loaded(OUT + "mode = 'archive'\narchive_directory = '/a'\nretention = '2GiB'\ndriver = '/d'\n"));
        assertThat(in().withShards(2).replayedTo("aeron:udp?endpoint=me:0", Path.of("s")).withStream(9).withDriver("/d"))
                .isEqualTo(loaded(IN + """
                        shards = 2
                        mode = "archive"
                        response = "aeron:udp?endpoint=me:0"
                        state_directory = "s"
                        stream = 9
                        driver = "/d"
                        """));
    }

    @Test
    void shouldGoBackToWhatItIsWithoutBeingSet() {
        assertThat(out().withHops(3).withMtu(8192).withThreading(Threading.SHARED).withHops(1).withMtu(0).withThreading(Threading.AUTO)
                .withDriver("/d").withDriver("")).isEqualTo(out());
    }

    @Test
    void shouldFollowTheModeInWhatASlowLinkDoes() {
        final BridgeConfig recorded = out().recordedIn(Path.of("/a"));
        assertThat(recorded.slow()).isEqualTo(SlowSubscriberPolicy.BLOCK);
        assertThat(out().withSlow(SlowSubscriberPolicy.BLOCK).recordedIn(Path.of("/a"))).isEqualTo(recorded);
        assertThat(recorded.withSlow(SlowSubscriberPolicy.LOSSY).withHops(2).recordedIn(Path.of("/b")).slow())
                .as("what was set stays").isEqualTo(SlowSubscriberPolicy.LOSSY);
    }

    private static void assertRefused(final BridgeConfig bridge, final UnaryOperator<BridgeConfig> change, final String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> change.apply(bridge)).withMessageContaining(message)
                .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("\n"));
    }

    @Test
    void shouldRefuseInCodeWhatAFileCannotHave() {
        assertRefused(out(), one -> BridgeConfig.out("a b", "aeron:ipc"), "letters, digits, '-' and '_', not \"a b\"");
        assertRefused(out(), one -> BridgeConfig.in("b", "udp:1"), "bridge.b.channel must be an Aeron channel, as \"aeron:");
        assertRefused(out(), one -> one.withStream(0), "bridge.b.stream must be a whole number from 1 to 2000000000, not 0");
        assertRefused(in(), one -> one.withShards(BridgeConfig.MOST_SHARDS + 1), "bridge.b.shards must be a whole number from 1 to 64, not 65");
        assertRefused(out(), one -> one.withSlow(SlowSubscriberPolicy.DISCONNECT), "bridge.b.slow must be one of \"lossy\", \"block\"");
        assertRefused(out(), one -> one.withHops(16), "bridge.b.hops must be a whole number from 1 to 15, not 16");
        assertRefused(in(), one -> one.withMaxFrameLength(4095), "bridge.b.max_frame_length must be a number of bytes from 4KiB to 16MiB, not 4095");
        assertRefused(out(), one -> one.withMtu(64), "bridge.b.mtu must be 0 or a number of bytes from 1KiB to 65504, not 64");
        assertRefused(out(), one -> one.withMtu(1500), "bridge.b.mtu = 1500 does not do: it must be a multiple of 32");
        assertRefused(in(), one -> one.withPeerTimeout(Duration.ofNanos(99_999_999)), "bridge.b.peer_timeout_ms must be a whole number from 100 to");
        assertRefused(in(), one -> one.withPeerTimeout(Duration.ofSeconds(Long.MAX_VALUE)), "bridge.b.peer_timeout_ms must be");
        assertRefused(in(), one -> one.withDriver("\n"), "bridge.b.driver must be a text");
        assertRefused(out().recordedIn(Path.of("/a")), one -> one.withRetention(1), "bridge.b.retention must be a number of bytes from 1MiB");
        assertRefused(in(), one -> one.replayedTo("udp:1", Path.of("/s")), "bridge.b.response must be \"\" or an Aeron channel");
    }

    @Test
    void shouldRefuseInCodeWhatDoesNotGoTogether() {
        assertRefused(in(), one -> one.withPattern(TopicPattern.of("a")), "bridge.b.pattern = \"a\" is for links with direction = \"out\"");
        assertRefused(in(), one -> one.withHops(1), "bridge.b.hops = 1 is for links with direction = \"out\"");
        assertRefused(in(), one -> one.withSlow(SlowSubscriberPolicy.LOSSY), "bridge.b.slow = \"lossy\" is for links with direction = \"out\"");
        assertRefused(in(), one -> one.recordedIn(Path.of("/a")), "bridge.b.archive_directory = \"/a\" is for links with direction = \"out\"");
        assertRefused(out(), one -> one.replayedTo("aeron:ipc", Path.of("/s")), "bridge.b.response = \"aeron:ipc\" is for links with dir");
        assertRefused(out(), one -> one.recordedIn(Path.of("")), "bridge.b with mode = \"archive\" and direction = \"out\" needs archive_dir");
        assertRefused(in(), one -> one.replayedTo("aeron:ipc", Path.of("")), "direction = \"in\" needs state_directory");
        assertRefused(out(), one -> one.withRetention(1 << 20), "bridge.b.retention = \"1MiB\" is for the mode archive");
        assertRefused(out().withThreading(Threading.SHARED), one -> one.withDriver("/d"), "bridge.b.threading = \"shared\" is for a driver of this");
        assertRefused(out().withDriver("/d"), one -> one.withMtu(2048), "bridge.b.mtu = \"2KiB\" is for a driver of this process");
    }

    @Test
    void shouldRefuseVariables() {
        assertThat(catchThrowableOfType(ConfigException.class, () -> ConfigLoader.of().environment(Map.of("KAELIX_BRIDGE_B_HOPS", "2")).load())
                .problems()).extracting(ConfigProblem::message).containsExactly(
                        "KAELIX_BRIDGE_B_HOPS: bridges cannot be set by a variable: use [bridge.NAME] in a file, or code");
    }

    @Test
    void shouldNeedARestartForAnyChange() {
        final ConfigChange change = ConfigChange.between(load(OUT), load(OUT + "hops = 2\n"));
        assertThat(change.changed()).isEmpty();
        assertThat(change.needRestart()).extracting(setting -> setting.key().path()).containsExactly("bridge");
        assertThat(ConfigChange.between(load(OUT), load(OUT + "hops = 1\n")).isEmpty()).isTrue();
    }
}
