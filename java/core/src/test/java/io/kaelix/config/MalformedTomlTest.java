// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that are not TOML, one of each kind: refused where they are wrong, for that reason and not for an unknown key. */
class MalformedTomlTest {

    private static Arguments broken(final String kind, final String text, final int line) {
        return Arguments.of(kind, text, line);
    }

    static Stream<Arguments> texts() {
        return Stream.of(
                broken("array that is not closed", "a = [1, 2\nb = 3", 1),
                broken("array without a comma", "a = [1 2]", 1),
                broken("array with two commas", "a = [1,, 2]", 1),
                broken("array that begins with a comma", "a = [, 1]", 1),
                broken("array of tables over a table", "[a]\n[[a]]", 2),
                broken("array of tables over an array", "a = [1]\n[[a]]", 2),
                broken("array of tables with one bracket too few", "[[a]\nb = 1", 1),
                broken("truth in capitals", "a = True", 1),
                broken("truth that goes on", "a = falsey", 1),
                broken("control character", "a = 1\nb = \"\u0001\"", 2),
                broken("control character in a comment", "# \u0007\na = 1", 1),
                broken("carriage return alone", "a = 1\rb = 2", 1),
                broken("byte order mark in the middle", "a = 1\n\uFEFFb = 2", 2),
                broken("NUL", "\0", 1),
                broken("month that is not", "a = 2026-13-01", 1),
                broken("day that is not", "a = 2026-02-30", 1),
                broken("hour that is not", "a = 2026-01-01T24:00:00Z", 1),
                broken("time that is cut", "a = 12:", 1),
                broken("offset that is not", "a = 2026-01-01T00:00:00+25:00", 1),
                broken("fraction without digits", "a = 1.", 1),
                broken("fraction that begins with a dot", "a = .5", 1),
                broken("fraction with a zero too many", "a = 01.5", 1),
                broken("exponent without digits", "a = 1e", 1),
                broken("infinity in capitals", "a = Inf", 1),
                broken("number with a zero too many", "a = 007", 1),
                broken("number with two underscores", "a = 1__0", 1),
                broken("number that ends with an underscore", "a = 1_", 1),
                broken("number with two signs", "a = +-1", 1),
                broken("number that no long holds", "a = 9223372036854775808", 1),
                broken("hexadecimal in capitals", "a = 0XFF", 1),
                broken("hexadecimal with a sign", "a = -0xFF", 1),
                broken("binary with a two", "a = 0b12", 1),
                broken("inline table that is not closed", "a = {b = 1", 1),
                broken("inline table without a comma", "a = {b = 1 c = 2}", 1),
                broken("inline table that is added to", "a = {b = 1}\na.c = 2", 2),
                broken("inline table with a key twice", "a = {b = 1, b = 2}", 1),
                broken("inline table as a heading", "a = {}\n[a]", 2),
                broken("key without a value", "a =", 1),
                broken("key alone", "a", 1),
                broken("key that is missing", "= 1", 1),
                broken("key that is two", "a b = 1", 1),
                broken("key that ends with a dot", "a. = 1", 1),
                broken("key with two dots", "a..b = 1", 1),
                broken("key twice", "a = 1\na = 2", 2),
                broken("key that is a table and a value", "a.b = 1\na = 2", 2),
                broken("key below a value", "a = 1\na.b = 2", 2),
                broken("key in a text of many lines", "\"\"\"a\"\"\" = 1", 1),
                broken("key with a letter that must be quoted", "\u00e4 = 1", 1),
                broken("two in a line", "a = 1 b = 2", 1),
                broken("value on the next line", "a =\n1", 1),
                broken("text that is not closed", "a = \"b\nc = 1", 1),
                broken("text in apostrophes that is not closed", "a = 'b\nc = 1", 1),
                broken("text of many lines that is not closed", "a = \"\"\"b\nc = 1", 2),
                broken("text with an escape that is not", "a = \"\\q\"", 1),
                broken("text with a character that is not", "a = \"\\ud800\"", 1),
                broken("text with a character beyond all", "a = \"\\U00110000\"", 1),
                broken("text with six quotes at its end", "a = \"\"\"b\"\"\"\"\"\"", 1),
                broken("text without quotes", "a = b", 1),
                broken("heading twice", "[a]\n[b]\n[a]", 3),
                broken("heading that is empty", "[]", 1),
                broken("heading that is not closed", "[a\nb = 1", 1),
                broken("heading with a value behind", "[a] b = 1", 1),
                broken("heading over a value", "a = 1\n[a]", 2),
                broken("heading over a dotted key", "a.b = 1\n[a]", 2),
                broken("nesting beyond all use", "a = " + "[".repeat(90_000), 1),
                broken("tables nested beyond all use", "a = " + "{a = ".repeat(45_000), 1),
                broken("key of too many parts", "a.".repeat(90_000) + "a = 1", 1),
                broken("heading of too many parts", "[" + "a.".repeat(90_000) + "a]", 1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("texts")
    void shouldRefuseWhereItIsWrong(final String kind, final String text, final int line) {
        assertThat(catchThrowable(() -> ConfigLoader.of().load(ConfigFile.parse("k.toml", text))))
                .isInstanceOfSatisfying(ConfigException.class, e -> {
                    assertThat(e.problems()).anySatisfy(problem -> {
                        assertThat(problem.text()).doesNotStartWith("there is no key");
                        assertThat(problem.line()).isEqualTo(line);
                        assertThat(problem.column()).isPositive();
                    });
                });
    }

    @Test
    void shouldFindTheErrorsOfAllLines() {
        final ConfigFile file = ConfigFile.parse("k.toml", "# head\n\na = @\n\n# more\nb = @\n");
        assertThat(catchThrowable(() -> ConfigLoader.of().load(file)).getMessage())
                .contains("k.toml:3:5: ", "k.toml:6:5: ");
    }

    /** What the parser quotes may look like what it says itself. */
    @Test
    void shouldNotBeMisledByKeysThatNameLines() {
        final String key = "\"line 0, column 1\"";
        final ConfigFile file = ConfigFile.parse("k.toml", "\n\n" + key + " = 1\n\n" + key + " = 2\n");
        assertThat(catchThrowable(() -> ConfigLoader.of().load(file))).isInstanceOf(ConfigException.class)
                .hasMessageContaining("k.toml:5:1: ").hasMessageContaining("previously defined at line 3, column 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00A0[runtime]", "\uFEFF[runtime]", "x [runtime]", "[runtime", "\"runtime]\" [runtime]"})
    void shouldSayNothingOfKeysBelowALineThatMayBeAHeading(final String heading) {
        final ConfigFile file = ConfigFile.parse("k.toml", "# head\n" + heading + "\nworker_threads = 1\n");
        assertThat(catchThrowable(() -> ConfigLoader.of().load(file))).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("k.toml:2:").hasMessageNotContaining("worker_threads");
    }

    /** Whatever is done to a file, what comes of it is a configuration or a list of problems. */
    @Test
    void shouldSurviveAnyChangeOfAFile() {
        final Random random = new Random(7);
        final String whole = ConfigFile.commentedDefaults().replaceAll("(?m)^#(?=[a-z])", "");
        final String marks = "\"'[]{}=,.#\\\n\r\t \0_-+:eEx0";
        for (int round = 0; round < 300; round++) {
            final StringBuilder text = new StringBuilder(whole);
            for (int change = random.nextInt(6); change >= 0 && text.length() > 1; change--) {
                final int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, marks.charAt(random.nextInt(marks.length())));
                    default -> text.setLength(Math.max(1, at));
                }
            }
            final Throwable thrown = catchThrowable(() -> ConfigLoader.of().load(ConfigFile.parse("k.toml", text.toString())));
            assertThat(thrown == null || thrown instanceof ConfigException).as("%s of%n%s", thrown, text).isTrue();
        }
    }
}
