// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform.topology;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A fixture of {@code capture.sh}: the kernel's files of another machine. */
public final class CapturedMachine {

    private static final String BEGIN = "==> ";
    private static final String END = " <==";

    private final Map<String, String> texts = new LinkedHashMap<>();

    private CapturedMachine() {
    }

    /** The machine of this name among the resources. */
    public static CapturedMachine named(final String name) {
        final CapturedMachine machine = new CapturedMachine();
        try (InputStream in = CapturedMachine.class.getResourceAsStream("/topology/" + name + ".txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            String file = "README";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(BEGIN) && line.endsWith(END)) {
                    file = line.substring(BEGIN.length(), line.length() - END.length());
                    machine.texts.put(file, "");
                } else {
                    machine.texts.merge(file, line + '\n', String::concat);
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return machine;
    }

    /** The same with one file of another text, or without it if that is null. */
    CapturedMachine with(final String file, final String text) {
        final CapturedMachine other = new CapturedMachine();
        other.texts.putAll(texts);
        if (text == null) {
            other.texts.remove(file);
        } else {
            other.texts.put(file, text);
        }
        return other;
    }

    /** The same with one folder of another name. */
    CapturedMachine renumbered(final String folder, final String name) {
        final CapturedMachine other = new CapturedMachine();
        texts.forEach((file, text) -> other.texts.put(file.replace("/" + folder + "/", "/" + name + "/"), text));
        return other;
    }

    /** The names of its files. */
    Iterable<String> files() {
        return texts.keySet();
    }

    /** Writes the files below this folder, and reads the topology from there. */
    public NumaTopology readIn(final Path folder) {
        try {
            for (final Map.Entry<String, String> entry : texts.entrySet()) {
                final Path file = folder.resolve(entry.getKey());
                Files.createDirectories(file.getParent());
                Files.writeString(file, entry.getValue());
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return NumaTopology.read(folder);
    }
}
