// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform.topology;

import io.kaelix.CpuSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The kernel's small text files under one root: whatever is there, an answer or its absence, and a note of why. */
final class KernelFiles {

    private final Path root;

    // By what is unknown: a machine of 500 CPUs without caches is one line.
    private final Map<String, String> unknowns = new LinkedHashMap<>();

    /** With the folder that holds {@code sys} and {@code proc}. */
    KernelFiles(final Path root) {
        this.root = root;
    }

    /** The file's text without blanks around it; empty if there is none that can be read. */
    Optional<String> text(final String file) {
        try {
            // Bytes of any kind, as a strange file may hold.
            return Optional.of(new String(Files.readAllBytes(root.resolve(file)), StandardCharsets.ISO_8859_1).strip());
        } catch (final IOException | SecurityException absent) {
            return Optional.empty();
        }
    }

    /** Its lines; none if it cannot be read. */
    List<String> lines(final String file) {
        return text(file).map(text -> text.lines().toList()).orElse(List.of());
    }

    /** A file that holds one number, not negative. */
    OptionalLong number(final String file) {
        return text(file).map(KernelFiles::parseNumber).orElse(OptionalLong.empty());
    }

    /** A file that holds CPU or node numbers in the kernel's list format. */
    Optional<List<Integer>> list(final String file) {
        return text(file).flatMap(KernelFiles::parseList);
    }

    /** Names in a folder, such as {@code index0}, that are this prefix and a number: the numbers, ascending. */
    List<Integer> numbered(final String folder, final String prefix) {
        final List<Integer> numbers = new ArrayList<>();
        for (final String name : names(folder)) {
            if (name.startsWith(prefix) && name.length() > prefix.length()) {
                final OptionalLong number = parseNumber(name.substring(prefix.length()));
                if (number.isPresent() && number.getAsLong() <= CpuSet.MAX_CPU) {
                    numbers.add((int) number.getAsLong());
                }
            }
        }
        return numbers.stream().sorted().toList();
    }

    /** Names in a folder, sorted; none if it cannot be read. */
    List<String> names(final String folder) {
        try (Stream<Path> entries = Files.list(root.resolve(folder))) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (final IOException | UncheckedIOException | SecurityException absent) {
            return List.of();
        }
    }

    /** Text in the kernel's list format. */
    static Optional<List<Integer>> parseList(final String text) {
        try {
            return Optional.of(CpuSet.parse(text).stream().boxed().toList());
        } catch (final IllegalArgumentException strange) {
            return Optional.empty();
        }
    }

    /** A number in text; none if it is anything else. */
    static OptionalLong parseNumber(final String text) {
        try {
            final long value = Long.parseLong(text);
            return value < 0 ? OptionalLong.empty() : OptionalLong.of(value);
        } catch (final NumberFormatException strange) {
            return OptionalLong.empty();
        }
    }

    /** Notes that something is not known; the first reason for each thing is kept. */
    void unknown(final String what, final String reason) {
        unknowns.putIfAbsent(what, reason);
    }

    /** What was noted, in order. */
    List<String> unknowns() {
        return unknowns.entrySet().stream().map(entry -> entry.getKey() + ": " + entry.getValue()).toList();
    }
}
