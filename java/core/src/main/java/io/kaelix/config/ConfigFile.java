// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseOptions;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/**
 * A file that was read and parsed, and not yet checked: {@link ConfigLoader#load(ConfigFile)} does that. Whatever is wrong with the file
 * is kept, to be reported together with all else. The language is TOML 1.1.
 *
 * {@snippet :
 * ConfigFile file = ConfigFile.read(Path.of("kaelix.toml"));
 * KaelixConfig config = ConfigLoader.of().load(file);
 * }
 *
 * <p>Holds the parsed tree: let go of it after loading. For one thread at a time.
 */
public final class ConfigFile {

    /** Most bytes of a file: 1 MiB. A larger one is refused before it is parsed. */
    public static final int MOST_BYTES = 1 << 20;

    /** Deepest nesting of tables and arrays; keys have three levels. */
    private static final int DEEPEST = 16;

    private static final String DEFAULTS = "kaelix.toml";

    private static final TomlParseOptions OPTIONS = TomlParseOptions.sourceless().withVersion(TomlVersion.V1_1_0).withMaxNestingDepth(DEEPEST);

    private final String name;
    private final TomlTable tree;
    private final Problems problems;
    private final boolean hasTrueSections;

    private ConfigFile(final String name, final TomlTable tree, final Problems problems, final boolean hasTrueSections) {
        this.name = name;
        this.tree = tree;
        this.problems = problems;
        this.hasTrueSections = hasTrueSections;
    }

    /** Reads and parses a file. Blocks for as long as reading takes; never opens what is not a regular file. */
    public static ConfigFile read(final Path path) {
        final FileText file = FileText.read(path, MOST_BYTES);
        if (file.problem() == null) {
            return parse(path.toString(), file.text());
        }
        final Problems problems = new Problems();
        problems.add(file.problem());
        return new ConfigFile(path.toString(), null, problems, false);
    }

    /** Parses a text, which problems and origins will call by this name. */
    public static ConfigFile parse(final String name, final String text) {
        Objects.requireNonNull(name, "name");
        final Problems problems = new Problems();
        if (text.length() > MOST_BYTES) {
            problems.add(new ConfigProblem(name, 0, 0, "", "is too large for a configuration: it has " + text.length()
                    + " characters, and at most " + MOST_BYTES + " are read"));
            return new ConfigFile(name, null, problems, false);
        }
        final TomlParseResult result = Toml.parse(text, OPTIONS);
        boolean hasTrueSections = true;
        for (final TomlParseError error : result.errors()) {
            final int line = error.position().line();
            problems.add(new ConfigProblem(name, line, error.position().column(), "", Syntax.explain(error.getMessage())));
            hasTrueSections = hasTrueSections && !problems.isFull() && !Syntax.isHeading(text, line);
        }
        return new ConfigFile(name, result, problems, hasTrueSections);
    }

    /** The file that comes with the library: every key, commented out, with what it means, takes and is without being set. */
    public static String commentedDefaults() {
        try (InputStream in = Objects.requireNonNull(ConfigFile.class.getResourceAsStream(DEFAULTS), DEFAULTS)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Path or name that it was made with. */
    public String name() {
        return name;
    }

    /** The parsed tree, null if there is none that can be trusted to have its keys below the right headings. */
    TomlTable tree() {
        return hasTrueSections ? tree : null;
    }

    /** What is wrong with it so far. */
    Problems problems() {
        return problems;
    }
}
