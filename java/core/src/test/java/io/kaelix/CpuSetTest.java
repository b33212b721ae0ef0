// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuSetTest {

    @Test
    void shouldReadNumbersAndRanges() {
        assertThat(CpuSet.parse("0-3,8,10-11").stream()).containsExactly(0, 1, 2, 3, 8, 10, 11);
    }

    @Test
    void shouldReadEmptyTextAsTheEmptySet() {
        assertThat(CpuSet.parse("")).isEqualTo(CpuSet.of());
        assertThat(CpuSet.parse("").isEmpty()).isTrue();
        assertThat(CpuSet.of()).hasToString("");
    }

    @Test
    void shouldReadTheLargestCpuNumber() {
        assertThat(CpuSet.parse("1023,8191").stream()).containsExactly(1023, CpuSet.MAX_CPU);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"3,2,1,2|1-3", "0-1|0-1", "0,2,4|0,2,4", "5-5|5", "63-64|63-64",
        "0-9,3-12|0-12"})
    void shouldWriteAsTheKernelDoes(final String list, final String written) {
        assertThat(CpuSet.parse(list)).hasToString(written);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "4-2|column 1: the range 4-2 runs backwards",
        "0,7-3|column 3: the range 7-3 runs backwards",
        "0,|column 3: a CPU number is expected",
        ",1|column 1: a CPU number is expected",
        "1-|column 3: a CPU number is expected",
        "-1|column 1: a CPU number is expected",
        "1--2|column 3: a CPU number is expected",
        "1-2-3|column 4: a comma is expected in place of '-'",
        "1;2|column 2: a comma is expected in place of ';'",
        "0, 1|column 3: a CPU number is expected",
        "all|column 1: a CPU number is expected",
        "8192|column 1: a CPU number is at most 8191",
        "0-99999999999|column 3: a CPU number is at most 8191",
        "\u0661|column 1: a CPU number is expected"})
    void shouldRejectBadTextWithColumnAndRemedy(final String list, final String what) {
        assertThatIllegalArgumentException().isThrownBy(() -> CpuSet.parse(list))
                .withMessageContaining('"' + list + '"').withMessageContaining(what)
                .withMessageContaining("such as 0-3,8");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 8192, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void shouldRejectNumbersThatNoCpuHas(final int cpu) {
        assertThatIllegalArgumentException().isThrownBy(() -> CpuSet.of(cpu))
                .withMessageContaining(Integer.toString(cpu));
        assertThat(CpuSet.of(0).contains(cpu)).isFalse();
    }

    @Test
    void shouldRejectWordsBeyondTheLargestCpu() {
        final long[] words = new long[129];
        words[128] = 1;
        assertThatIllegalArgumentException().isThrownBy(() -> CpuSet.ofWords(words)).withMessageContaining("8192");
    }

    @Test
    void shouldLeaveOutCpusBeyondTheWordsAskedFor() {
        assertThat(CpuSet.of(1, 64, 1024).toWords(2)).containsExactly(2, 1);
        assertThat(CpuSet.of(1).toWords(16)).hasSize(16).startsWith(2, 0);
    }

    @Test
    void shouldNotChangeWithTheWordsItWasMadeOf() {
        final long[] words = {1};
        final CpuSet set = CpuSet.ofWords(words);
        words[0] = 2;
        assertThat(set).isEqualTo(CpuSet.of(0));
    }

    @Property
    void shouldReadBackWhatItWrote(@ForAll final Set<@IntRange(max = CpuSet.MAX_CPU) Integer> cpus) {
        final CpuSet set = of(cpus);
        assertThat(CpuSet.parse(set.toString())).isEqualTo(set).hasSameHashCodeAs(set);
        assertThat(CpuSet.ofWords(set.toWords(128))).isEqualTo(set);
        assertThat(set.stream().boxed()).containsExactlyElementsOf(new TreeSet<>(cpus));
        assertThat(set.size()).isEqualTo(cpus.size());
        assertThat(set.isEmpty()).isEqualTo(cpus.isEmpty());
        assertThat(cpus).allMatch(set::contains);
    }

    @Property
    void shouldReadBackRuns(@ForAll final Set<@IntRange(max = 130) Integer> cpus) {
        final CpuSet set = of(cpus);
        assertThat(CpuSet.parse(set.toString())).isEqualTo(set);
    }

    @Property
    void shouldIntersectAsSetsDo(@ForAll final Set<@IntRange(max = 200) Integer> left,
            @ForAll final Set<@IntRange(max = 200) Integer> right) {
        final Set<Integer> both = new TreeSet<>(left);
        both.retainAll(right);
        final CpuSet first = of(left);
        assertThat(first.intersect(of(right))).isEqualTo(of(both));
        assertThat(first).isEqualTo(of(left));
    }

    @Property
    void shouldUniteAndSubtractAsSetsDo(@ForAll final Set<@IntRange(max = 200) Integer> left,
            @ForAll final Set<@IntRange(max = 200) Integer> right) {
        final CpuSet first = of(left);
        final CpuSet second = of(right);
        final Set<Integer> either = new TreeSet<>(left);
        either.addAll(right);
        final Set<Integer> rest = new TreeSet<>(left);
        rest.removeAll(right);
        assertThat(first.union(second)).isEqualTo(of(either));
        assertThat(first.minus(second)).isEqualTo(of(rest));
        assertThat(first.containsAll(second)).isEqualTo(left.containsAll(right));
        assertThat(first.union(second).containsAll(first)).isTrue();
        assertThat(first).isEqualTo(of(left));
        assertThat(second).isEqualTo(of(right));
    }

    private static CpuSet of(final Set<Integer> cpus) {
        return CpuSet.of(cpus.stream().mapToInt(Integer::intValue).toArray());
    }
}
