// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.top;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.telemetry.Metric;
import io.kaelix.telemetry.Readings;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures as a terminal shows them: {@code #} before the head of a table, {@code !} before a warning. */
class ViewTest {

    private final View view = new View(SortKey.LAG);
    private final Picture shop = Picture.of(new Interval(MadeUp.shop(59), MadeUp.shop(60)));

    private String shown(final Picture picture, final int width, final int height) {
        return marked(view.lines(picture, width, height));
    }

    private static String marked(final List<Line> lines) {
        return lines.stream().map(line -> (switch (line.style()) {
            case TITLE -> '#';
            case WARNING -> '!';
            default -> ' ';
        } + line.text()).stripTrailing() + '\n').collect(Collectors.joining());
    }

    @Test
    void shouldFillATerminalOf80By24() {
        assertThat(shown(shop, 80, 24)).isEqualTo("""
            !orders  pid 4711  up 00:01:00  degraded
             cpu 135%  memory 256 MiB  published 4.00 k msg/s  145 KiB/s  read 4.00 KiB/s
             tasks 500/s  failed 1  refused 0  blocked 2  delayed 12  queued 0/40
             pool 10 hits/s  0 misses/s  lent 3  leaked 0  reloads 4  refused 1
            #LANES 2                     msg/s   bytes/s refused/s readers capacity  messages
               orders.us#2              3.00 k  46.9 KiB         0       1 64.0 KiB     180 k
               orders.eu#1              1.00 k  97.7 KiB         1       2 1.00 MiB    60.0 k
            #SUBSCRIBERS 2                msg/s       lag  messages    time     lost blocking
            !  orders.eu#2                  900   768 KiB    7.86 k  7.86 s   6.00 k        0
               orders.**#1               4.00 k     512 B         8 12.0 us        0        0
            #LATENCY 3                        count/s     p50     p90     p99   p99.9     max
               start delay critical                 1  900 ns  900 ns  900 ns  900 ns  900 ns
               delivery orders.**#1                 1 30.0 us 30.0 us 30.0 us 30.0 us 30.0 us
               handler orders.**#1                  1  250 ns  250 ns  250 ns  250 ns  250 ns
            #WORKERS 2                cpu  busy  used   tasks/s  stolen/s   parks/s   running
               worker 0                 0   42%   70%       400         0        20         0
               worker 1                 1   11%   15%       100         5        30   2.50 ms
            #MEMORY 1                                  reserved      used      live   process
               node 0                                  64.0 MiB  10.0 MiB  2.00 MiB   256 MiB
            #ERRORS 1                                                        count per second
            !  handler                                                          60          1


            #sorted by lag  q quit  ? help  p pause  a all rows
            """);
    }

    @Test
    void shouldShowFirstWhatWasTimed() {
        final MadeUp process = new MadeUp().timed(Metric.SCHEDULER_START_DELAY, "critical").timed(Metric.SUBSCRIBER_DELIVERY, "a#1", 900);
        assertThat(shown(Picture.of(new Interval(new MadeUp().at(0), process.at(1))), 80, 24)).containsSubsequence("delivery a#1",
                "start delay critical");
    }

    @Test
    void shouldWarnThatAProcessShowsNothingNew() {
        final MadeUp process = new MadeUp().with(Metric.PROCESS_SAMPLED, "", 5).with(Metric.SCHEDULER_HEALTH, "shop", 0);
        assertThat(shown(Picture.of(new Interval(process.at(1), process.at(3))), 100, 24))
                .startsWith("!orders  pid 4711  up 00:00:03  NO NEW FIGURES: stopped, or it shows them seldom\n");
        assertThat(shown(Picture.of(new Interval(process.at(1), process.at(2))), 100, 24))
                .startsWith(" orders  pid 4711  up 00:00:02  healthy\n");
    }

    @Test
    void shouldShowMoreColumnsOn120By34() {
        assertThat(shown(shop, 120, 34)).isEqualTo("""
            !orders  pid 4711  up 00:01:00  degraded
             cpu 135%  memory 256 MiB  published 4.00 k msg/s  145 KiB/s  read 4.00 KiB/s  written 0 B/s
             tasks 500/s  failed 1  refused 0  blocked 2  delayed 12  queued critical 0, normal 40
             pool 10 hits/s  0 misses/s  lent 3  leaked 0  reloads 4  refused 1
            #LANES 2                                                   msg/s   bytes/s refused/s readers capacity  messages     bytes
               orders.us#2                                            3.00 k  46.9 KiB         0       1 64.0 KiB     180 k  2.75 MiB
               orders.eu#1                                            1.00 k  97.7 KiB         1       2 1.00 MiB    60.0 k  5.72 MiB

            #SUBSCRIBERS 2                                     msg/s       lag  messages    time     lost blocking   lost/s  received
            !  orders.eu#2                                       900   768 KiB    7.86 k  7.86 s   6.00 k        0      100    54.0 k
               orders.**#1                                    4.00 k     512 B         8 12.0 us        0        0        0     240 k

            #LATENCY 3                                                     count/s     p50     p90     p99   p99.9     max     count
               start delay critical                                              1  900 ns  900 ns  900 ns  900 ns  900 ns         1
               delivery orders.**#1                                              1 30.0 us 30.0 us 30.0 us 30.0 us 30.0 us         1
               handler orders.**#1                                               1  250 ns  250 ns  250 ns  250 ns  250 ns         1

            #WORKERS 2                                                      cpu  busy  used   tasks/s  stolen/s   parks/s   running
               worker 0                                                       0   42%   70%       400         0        20         0
               worker 1                                                       1   11%   15%       100         5        30   2.50 ms

            #MEMORY 1                                                      reserved      used      live   process
               node 0                                                      64.0 MiB  10.0 MiB  2.00 MiB   256 MiB

            #ERRORS 1                                                         count per second
            !  handler                                                           60          1







            #sorted by lag  q quit  ? help  p pause  a all rows
            """);
    }

    @Test
    void shouldLeaveOutWhatDoesNotFitASmallTerminal() {
        assertThat(shown(shop, 80, 12)).isEqualTo("""
            !orders  pid 4711  up 00:01:00  degraded
             cpu 135%  memory 256 MiB  published 4.00 k msg/s  145 KiB/s  read 4.00 KiB/s
             tasks 500/s  failed 1  refused 0  blocked 2  delayed 12  queued 0/40
             pool 10 hits/s  0 misses/s  lent 3  leaked 0  reloads 4  refused 1
            #LANES 2                     msg/s   bytes/s refused/s readers capacity  messages
               orders.us#2              3.00 k  46.9 KiB         0       1 64.0 KiB     180 k
               orders.eu#1              1.00 k  97.7 KiB         1       2 1.00 MiB    60.0 k

            #SUBSCRIBERS 2                msg/s       lag  messages    time     lost blocking
            !  orders.eu#2                  900   768 KiB    7.86 k  7.86 s   6.00 k        0
               orders.**#1               4.00 k     512 B         8 12.0 us        0        0
            #sorted by lag  q quit  ? help  p pause  a all rows
            """);
    }

    /** Also where nothing useful fits. */
    @ParameterizedTest
    @CsvSource({"80, 24", "120, 40", "200, 60", "40, 10", "20, 3", "10, 1", "1, 1", "500, 200"})
    void shouldNeverBeLargerThanTheTerminal(final int width, final int height) {
        for (final int key : new int[] {'n', 'a', Keys.END, Keys.PAGE_UP, '?'}) {
            view.press(key);
            final List<Line> lines = view.lines(shop, width, height);
            assertThat(lines).hasSize(height).allSatisfy(line -> assertThat(line.text().length()).isLessThanOrEqualTo(width));
        }
    }

    @Test
    void shouldScrollLineByLineAndPageByPage() {
        final Picture many = many();
        assertThat(shown(many, 80, 24)).contains("LANES 100", "  ... 81 more");
        view.press(Keys.DOWN);
        assertThat(shown(many, 80, 24)).doesNotContain("LANES 100").contains("  lane#99 ").contains("line 2");
        view.press(Keys.PAGE_DOWN);
        final String page = shown(many, 80, 24);
        assertThat(page).contains("line 23").doesNotContain("  lane#79 ").contains("  lane#78 ");
        view.press(Keys.UP);
        assertThat(shown(many, 80, 24)).contains("line 22", "  lane#79 ");
        view.press(Keys.END);
        assertThat(shown(many, 80, 24)).contains("  lane#0 ").contains("line 81").doesNotContain("  lane#21 ");
        view.press(Keys.DOWN);
        assertThat(shown(many, 80, 24)).contains("line 81");
        view.press(Keys.PAGE_UP);
        assertThat(shown(many, 80, 24)).contains("line 60");
        view.press(Keys.HOME);
        assertThat(shown(many, 80, 24)).contains("LANES 100").doesNotContain("line ");
    }

    private static Picture many() {
        final MadeUp lanes = new MadeUp();
        for (int i = 0; i < 100; i++) {
            lanes.with(Metric.LANE_MESSAGES, "lane#" + i, i);
        }
        return Picture.of(new Interval(new MadeUp().at(0), lanes.at(1)));
    }

    @Test
    void shouldShowAllRowsOnDemandAndTheTopRowsAgain() {
        view.press('a');
        assertThat(shown(many(), 80, 200)).contains("  lane#0 ", "a top rows");
        view.press('a');
        assertThat(shown(many(), 80, 24)).contains("  ... 81 more", "a all rows");
    }

    @Test
    void shouldKeepItsPlaceWhenRowsGo() {
        view.press(Keys.END);
        view.lines(many(), 80, 24);
        assertThat(shown(shop, 80, 40)).contains("line 1 ", "LANES 2");
    }

    @Test
    void shouldSortByEachKey() {
        for (final SortKey key : SortKey.values()) {
            assertThat(view.press(key.key())).isTrue();
            assertThat(shown(shop, 80, 24)).contains("#sorted by " + key.label() + " ");
        }
        view.press('b');
        assertThat(shown(shop, 80, 24)).containsSubsequence("orders.eu#1", "orders.us#2", "SUBSCRIBERS");
    }

    @Test
    void shouldPauseAndGoOn() {
        view.press('p');
        assertThat(view.isPaused()).isTrue();
        assertThat(shown(shop, 80, 24)).contains("#PAUSED ");
        view.press(' ');
        assertThat(view.isPaused()).isFalse();
    }

    @Test
    void shouldExplainItsKeysUntilTheNextOne() {
        view.press('?');
        assertThat(shown(shop, 80, 40)).startsWith(" kaelix top\n").contains("q           quit", "o           sort by lost")
                .doesNotContain("4711");
        assertThat(view.press('n')).isTrue();
        assertThat(shown(shop, 80, 40)).contains("4711", "sorted by lag");
    }

    @ParameterizedTest
    @CsvSource({"113", "81", "3", "4"})
    void shouldQuitByTheKeysThatMeanIt(final int key) {
        assertThat(view.press(key)).isFalse();
    }

    @Test
    void shouldIgnoreKeysThatMeanNothing() {
        final String before = shown(shop, 80, 24);
        for (final int key : new int[] {'x', '1', Keys.OTHER, 0x20AC, 0}) {
            assertThat(view.press(key)).isTrue();
        }
        assertThat(shown(shop, 80, 24)).isEqualTo(before);
    }

    @Test
    void shouldSayThatTheProcessHasEnded() {
        assertThat(shown(shop.ended(), 80, 24)).startsWith("!orders  pid 4711  up 00:01:00  ENDED: this is its last picture\n")
                .contains("orders.us#2              3.00 k");
    }

    @Test
    void shouldSayThatThereIsNothingYet() {
        final Picture nothing = Picture.of(new Interval(new MadeUp().at(1), new MadeUp().at(1)));
        assertThat(shown(nothing, 80, 24)).contains("\n published - msg/s  -/s\n", "This process tells nothing yet.");
    }

    @Test
    void shouldSendNoOrdersOfOthersToTheTerminal() {
        final MadeUp hostile = new MadeUp().named("x\u001b[2Jy").with(Metric.LANE_MESSAGES, "a\u001b]0;title\u0007#1", 1)
                .with(Metric.ERRORS, "\u4e2d\ud83d\ude00\n\u009b", 1)
                .with(Metric.SCHEDULER_QUEUE_DEPTH, "\r", 1);
        final Picture picture = Picture.of(new Interval(hostile.at(0), hostile.at(1)));
        assertThat(shown(picture, 120, 24)).contains("x?[2Jy  pid", "a?]0;title?#1", "  ????").matches("[ -~\n]+");
    }

    @Test
    void shouldCutNamesInTheMiddle() {
        final MadeUp long1 = new MadeUp().with(Metric.LANE_MESSAGES, "orders.europe.west.frontend.desk#17", 1);
        assertThat(shown(Picture.of(new Interval(long1.at(0), long1.at(1))), 80, 24)).contains("  orders.eu..nd.desk#17 ");
    }

    /** One whose other end is gone, and one that loses nothing. */
    @Test
    void shouldShowLinksOfBridges() {
        final String shown = shown(Picture.of(new Interval(links(1, 0), links(2, 5))), 200, 24);
        assertThat(shown).contains("#BRIDGES 2 ").containsPattern("!  out berlin +0 +5 ").containsPattern("   in rome +2 +100 ")
                .containsPattern("own +resent +position\\n").containsPattern("in rome .* 30 +4.00 KiB\\n");
    }

    /** Its last error is below a kind that tells it, and others have their count alone. */
    @Test
    void shouldShowTheLastErrorOfAKind() {
        final MadeUp wrong = new MadeUp().with(Metric.ERRORS, "handler", 1).with(Metric.ERRORS, "bridge in rome", 7)
                .with(Metric.ERRORS_LAST, "bridge in rome: no Archive answers", MadeUp.STARTED.plusSeconds(48).toEpochMilli());
        final String shown = shown(Picture.of(new Interval(wrong.at(59), wrong.at(60))), 100, 24);
        assertThat(shown).contains("#ERRORS 2 ").containsPattern("  handler +1 .*\n   bridge in rome +7 .*\n     12.* s ago: no Archive answers\n");
    }

    private static Readings links(final long seconds, final long sent) {
        return new MadeUp().with(Metric.BRIDGE_PEERS, "out berlin", 0).with(Metric.BRIDGE_MESSAGES, "out berlin", sent)
                .with(Metric.BRIDGE_PEERS, "in rome", 2).with(Metric.BRIDGE_MESSAGES, "in rome", 100 * seconds)
                .with(Metric.BRIDGE_RETRANSMITS, "in rome", 30).with(Metric.BRIDGE_POSITION, "in rome", 4096).at(seconds);
    }
}
