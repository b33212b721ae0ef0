// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import io.kaelix.platform.Isa;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import io.kaelix.platform.bindings.kaelix.kaelix_h;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Which instruction set the kernels of a fork use. The library chooses once per process, from the environment variable
 * {@code KAELIX_FORCE_ISA}; JMH gives its forks no environment of their own, so the fork sets the variable before it asks for the
 * platform.
 */
final class KernelIsa {

    /** Name of the JMH parameter. */
    static final String PARAMETER = "isa";

    private KernelIsa() {
    }

    /** Labels of what this machine can run: the Java loops of the portable platform first, then what this CPU and this build have. */
    static List<String> available() {
        final List<String> labels = new ArrayList<>(List.of(Isa.JAVA.label()));
        if (Platforms.current().kernels().isa() != Isa.JAVA) {
            addIfRunnable(labels, kaelix_h.KAELIX_ISA_SCALAR(), Isa.SCALAR);
            addIfRunnable(labels, kaelix_h.KAELIX_ISA_AVX2(), Isa.AVX2);
            addIfRunnable(labels, kaelix_h.KAELIX_ISA_AVX512(), Isa.AVX512);
            addIfRunnable(labels, kaelix_h.KAELIX_ISA_NEON(), Isa.NEON);
        }
        return labels;
    }

    private static void addIfRunnable(final List<String> labels, final int code, final Isa isa) {
        try (Arena arena = Arena.ofConfined()) {
            final int status = kaelix_h.kaelix_filter_int64_isa(code, MemorySegment.NULL, 0, kaelix_h.KAELIX_COMPARE_EQ(), 0,
                    MemorySegment.NULL, arena.allocate(ValueLayout.JAVA_LONG));
            if (status == kaelix_h.KAELIX_OK()) {
                labels.add(isa.label());
            }
        }
    }

    /**
     * The platform of this process, its kernels on this instruction set. The first call of a process decides.
     *
     * @throws IllegalStateException if it cannot be had
     */
    static Platform platform(final String label) {
        if (label.equals(Isa.JAVA.label())) {
            System.setProperty("kaelix.platform", "portable");
        } else {
            System.setProperty("kaelix.platform", "ffm");
            setEnvironment("KAELIX_FORCE_ISA", label);
        }
        final Platform platform = Platforms.current();
        if (!platform.kernels().isa().label().equals(label)) {
            throw new IllegalStateException("asked for kernels on " + label + ", got " + platform.kernels().isa().label()
                    + ": this CPU lacks it, or JMH does not fork; use -p " + PARAMETER + '=' + String.join(",", available())
                    + " and no -f 0");
        }
        return platform;
    }

    /** For C: Java's own view of the environment does not change. */
    private static void setEnvironment(final String name, final String value) {
        final Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            final int status = (int) linker.downcallHandle(linker.defaultLookup().find("setenv").orElseThrow(),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
                    .invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
            if (status != 0) {
                throw new IllegalStateException("setenv refused " + name + '=' + value);
            }
        } catch (final RuntimeException | Error known) {
            throw known;
        } catch (final Throwable impossible) {
            throw new AssertionError("a downcall throws no checked exception", impossible);
        }
    }
}
