// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract as users meet it, of both sets together, and which of them is asked. */
class SizedKernelsTest extends KernelsContract {

    private final Kernels kernels = FfmPlatform.open(new RecordingLogger()).kernels();

    private final List<String> asked = new ArrayList<>();
    private final KernelSet sized = new SizedKernels(recording("java"), recording("c"), false);

    @Override
    Kernels kernels() {
        return kernels;
    }

    private KernelSet recording(final String name) {
        return (KernelSet) Proxy.newProxyInstance(KernelSet.class.getClassLoader(), new Class<?>[] {KernelSet.class},
                (proxy, method, arguments) -> {
                    asked.add(name + "." + method.getName());
                    return method.getReturnType() == boolean.class ? (Object) true : (Object) 0;
                });
    }

    @Test
    void shouldLeaveToJavaWhatIsShorterThanTheLimit() {
        final MemorySegment none = MemorySegment.NULL;
        for (final int shorter : new int[] {1, 0}) {
            final String expected = shorter == 1 ? "java." : "c.";
            final int filtered = SizedKernels.FILTER_VALUES - shorter;
            final int gathered = SizedKernels.GATHER_VALUES - shorter;
            final int aggregated = SizedKernels.AGGREGATE_VALUES - shorter;
            asked.clear();
            sized.filterLongs(none, 0, filtered, Comparison.EQ, 0, none);
            sized.filterInts(none, 0, filtered, Comparison.EQ, 0, none);
            sized.filterDoubles(none, 0, filtered, Comparison.EQ, 0, none);
            sized.filterLongRange(none, 0, filtered, 0, 0, none);
            sized.filterIntRange(none, 0, filtered, 0, 0, none);
            sized.filterDoubleRange(none, 0, filtered, 0, 0, none);
            sized.filterIds(none, 0, filtered, none, 0, none);
            sized.gatherLongs(none, none, gathered, 0, none);
            sized.gatherInts(none, none, gathered, 0, none);
            sized.aggregateLongs(none, 0, 1000, none, aggregated, none);
            sized.aggregateDoubles(none, 0, 1000, none, SizedKernels.AGGREGATE_DOUBLES - shorter, none);
            sized.newlines(none, 0, SizedKernels.NEWLINES_BYTES - shorter, none, 1);
            sized.validAscii(none, 0, SizedKernels.ASCII_BYTES - shorter, none);
            sized.validUtf8(none, 0, SizedKernels.UTF8_BYTES - shorter, none);
            sized.walk(none, 0, 0, SizedKernels.WALK_FRAMES - shorter, null, none, null, 0, 0, none);
            assertThat(asked).containsExactly(List.of("filterLongs", "filterInts", "filterDoubles", "filterLongRange", "filterIntRange",
                    "filterDoubleRange", "filterIds", "gatherLongs", "gatherInts", "aggregateLongs", "aggregateDoubles", "newlines",
                    "validAscii", "validUtf8", "walk").stream().map(expected::concat).toArray(String[]::new));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "3, 255, c", "3, 256, java", "1, 255, c", "1, 256, java",
        "4, 256, c", "4, 1023, c", "4, 1024, java", "256, 1023, c", "256, 1024, java",
        "257, 1024, c",
    })
    void shouldLeaveToTheJdkWhatIsLongOrFew(final int count, final int bytes, final String expected) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment lengths = arena.allocateFrom(JAVA_INT, IntStream.range(0, count).map(i -> bytes).toArray());
            sized.crc32c(MemorySegment.NULL, lengths, lengths, count, MemorySegment.NULL);
            assertThat(asked).containsExactly(expected + ".crc32c");
            asked.clear();
            new SizedKernels(recording("java"), recording("c"), true).crc32c(MemorySegment.NULL, lengths, lengths, count, MemorySegment.NULL);
            assertThat(asked).containsExactly("c.crc32c");
        }
    }

    @Test
    void shouldTakeALengthForUnsigned() {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment lengths = arena.allocateFrom(JAVA_INT, -1);
            sized.crc32c(MemorySegment.NULL, lengths, lengths, 1, MemorySegment.NULL);
            assertThat(asked).containsExactly("java.crc32c");
        }
    }
}
