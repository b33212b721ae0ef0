// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.kaelix.platform.bindings.kaelix.kaelix_h;
import io.kaelix.platform.bindings.kaelix.kaelix_ladder_step;
import io.kaelix.platform.bindings.kaelix.kaelix_region;
import io.kaelix.platform.bindings.kaelix.kaelix_region_request;
import java.lang.foreign.Arena;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the two sides of the native door must agree on before anything else is called.
 *
 * @param version of the ABI
 * @param layout of every struct in the order of the header: its size, then the offset of each member
 */
record Abi(int version, List<Integer> layout) {

    // Far more than the header will ever hold; a library that has more is another one.
    private static final int MAX_LAYOUT_VALUES = 1024;

    // What makes it our library, and the newest functions of this version: a library that has it has all of them.
    private static final List<String> TELLING_SYMBOLS = List.of("kaelix_abi_version", "kaelix_filter_int64",
            "kaelix_thread_set_scheduling", "kaelix_walk");

    Abi {
        layout = List.copyOf(layout);
    }

    /** What the generated bindings were made for. */
    static Abi ofBindings() {
        final List<Integer> values = new ArrayList<>();
        for (final GroupLayout struct : List.of(kaelix_region_request.layout(), kaelix_ladder_step.layout(),
                kaelix_region.layout())) {
            values.add((int) struct.byteSize());
            long offset = 0;
            for (final MemoryLayout member : struct.memberLayouts()) {
                if (!(member instanceof PaddingLayout)) {
                    values.add((int) offset);
                }
                offset += member.byteSize();
            }
        }
        return new Abi(kaelix_h.KAELIX_ABI_VERSION(), values);
    }

    /**
     * To be asked first, because a binding that once failed to find its symbol stays broken.
     *
     * @throws LinkageError if the library that is loaded lacks the functions that tell its ABI
     */
    static void requireSymbols() {
        for (final String symbol : TELLING_SYMBOLS) {
            if (SymbolLookup.loaderLookup().find(symbol).isEmpty()) {
                throw new UnsatisfiedLinkError("it has no symbol " + symbol);
            }
        }
    }

    /** What the library that is loaded was built for. */
    static Abi ofLibrary(final NativeCalls calls) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment version = arena.allocate(JAVA_INT);
            final MemorySegment values = arena.allocate(JAVA_INT, MAX_LAYOUT_VALUES);
            final MemorySegment count = arena.allocate(JAVA_INT);
            final int versionStatus = calls.abiVersion(version);
            final int layoutStatus = calls.abiLayout(values, MAX_LAYOUT_VALUES, count);
            if (versionStatus != kaelix_h.KAELIX_OK() || layoutStatus != kaelix_h.KAELIX_OK()) {
                throw new UnsatisfiedLinkError("it does not tell its ABI: status " + versionStatus + ", "
                        + layoutStatus);
            }
            final int[] layout = values.asSlice(0, (long) count.get(JAVA_INT, 0) * Integer.BYTES).toArray(JAVA_INT);
            return new Abi(version.get(JAVA_INT, 0), Arrays.stream(layout).boxed().toList());
        }
    }

    /** How the library differs from this, as the end of a sentence about it; empty if it does not. */
    String differenceOf(final Abi library) {
        if (version != library.version) {
            return "it has ABI version " + library.version + ", but this jar needs " + version;
        }
        return layout.equals(library.layout) ? "" : "it lays out its structs as " + library.layout
                + ", but this jar expects " + layout;
    }
}
