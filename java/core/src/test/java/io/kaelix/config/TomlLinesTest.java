// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which lines of a text say nothing. */
class TomlLinesTest {

    @Test
    void shouldLeaveOutBlankLinesAndCommentsAndRememberTheOthers() {
        final TomlLines lines = TomlLines.of("\n# one\na = 1 # two\n \t\r\n  # three\r\nb = [\n\n# four\n1]\n");
        assertThat(lines.text()).isEqualTo("a = 1 # two\nb = [\n1]\n");
        assertThat(lines.count()).isEqualTo(3);
        assertThat(lines.inFile(1)).isEqualTo(3);
        assertThat(lines.inFile(2)).isEqualTo(6);
        assertThat(lines.inFile(3)).isEqualTo(9);
        assertThat(lines.inFile(4)).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "a = \"\"\"\n\n# no comment\n\"\"\"\n",
        "a = '''\n\n# no comment\n'''\n",
        "a = \"\"\"x\\\"\"\"\n\n\"\"\"\n",
        "a = \"\"\"x\\\\\"\"\" # y\nb = \"\"\"\n\n\"\"\"\n",
        "a = \"\"\"\"\n\n\"\"\"\"\"\n",
        "a = '''''\n\n''''' # '''\nb = 1\n",
        "a = ['', \"\", '\"', \"'\", '''\n\n''']\n",
        "a = \"#\" # '''\nb = '#' # \"\"\"\nc = 1\n",
        "a = 'x\\'\nb = '''\n\n'''\n",
        "# \u0007\n#\u007f\n"})
    void shouldKeepWhatIsInsideOfStringsAndWhatTheParserMustRefuse(final String text) {
        assertThat(TomlLines.of(text).text()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a = \"\"\"\"\"\"\n\nb = 1\n", "a = '''x'''\n\nb = 1\n", "a = \"\\\"\"\n\nb = 1\n", "a = '\\'\n\nb = 1\n",
        "a = \"open\n\nb = 1\n", "a = \"\"\"x\"\"\"\"\"\n\nb = 1\n"})
    void shouldKnowWhereStringsEnd(final String text) {
        assertThat(TomlLines.of(text).text()).isEqualTo(text.replace("\n\n", "\n"));
    }

    @Test
    void shouldCountWhatTheParserMakesPartsOf() {
        assertThat(TomlLines.of("a.b = [1, {c = 2}] # ,,,\nd = ',,,'\n").parts()).isEqualTo(9);
        assertThat(TomlLines.of("").count()).isZero();
        assertThat(TomlLines.of("a").text()).isEqualTo("a");
    }
}
