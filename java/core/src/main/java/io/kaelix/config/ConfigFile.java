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
 * <p>A file of more than {@link #MOST_BYTES}, {@link #MOST_LINES} or {@link #MOST_PARTS}, or with more than a hundred blank lines in a text
 * of many lines, is refused before it is parsed, so that whatever is named by mistake takes neither much time nor much memory.
 *
 * <p>Holds the parsed tree: let go of it after loading. For one thread at a time.
 */
public final class ConfigFile {

    /** Most bytes of a file: 1 MiB. A larger one is refused before it is parsed. */
    public static final int MOST_BYTES = 1 << 20;

    /** Most lines, but for blank ones and comments: 10,000. Each can be wrong by itself, and the parser finds all that are. */
    public static final int MOST_LINES = 10_000;

    /** Most commas, dots, equals signs and brackets outside of strings: 100,000. What the parser takes of memory follows them. */
    public static final int MOST_PARTS = 100_000;

    /** Most blank lines and comments between three quotes, where no value of a configuration has any: 100. */
    private static final int MOST_BLANKS = 100;

    /** Deepest nesting of tables and arrays; keys have three levels. */
    private static final int DEEPEST = 16;

    private static final String DEFAULTS = "kaelix.toml";

    private static final TomlParseOptions OPTIONS = TomlParseOptions.sourceless().withVersion(TomlVersion.V1_1_0)
            .withMaxNestingDepth(DEEPEST);

    private final String name;
    private final TomlTable tree;
    private final TomlLines lines;
    private final Problems problems;

    private ConfigFile(final String name, final TomlTable tree, final TomlLines lines, final Problems problems) {
        this.name = name;
        this.tree = tree;
        this.lines = lines;
        this.problems = problems;
    }

    /** Reads and parses a file. Blocks for as long as reading takes, five seconds at most; never opens what is not a regular file. */
    public static ConfigFile read(final Path path) {
        final FileText file = FileText.read(path, MOST_BYTES);
        if (file.problem() == null) {
            return parse(path.toString(), file.text());
        }
        final Problems problems = new Problems();
        problems.add(file.problem());
        return new ConfigFile(path.toString(), null, null, problems);
    }

    /** Parses a text, which problems and origins will call by this name. */
    public static ConfigFile parse(final String name, final String text) {
        Objects.requireNonNull(name, "name");
        final Problems problems = new Problems();
        final TomlLines lines = text.length() > MOST_BYTES ? null : TomlLines.of(text);
        final String excess = lines == null ? excess(text.length(), MOST_BYTES, " characters")
                : lines.count() > MOST_LINES ? excess(lines.count(), MOST_LINES, " lines besides blank ones and comments")
                : lines.blanks() > MOST_BLANKS ? excess(lines.blanks(), MOST_BLANKS, " blank lines or comments in a text of many lines")
                : lines.parts() > MOST_PARTS ? excess(lines.parts(), MOST_PARTS, " commas, dots, equals signs and brackets") : null;
        if (excess != null) {
            problems.add(new ConfigProblem(name, 0, 0, "", excess));
            return new ConfigFile(name, null, null, problems);
        }
        final String toParse = lines.text();
        final TomlParseResult result = Toml.parse(toParse, OPTIONS);
        boolean hasTrueSections = true;
        for (final TomlParseError error : result.errors()) {
            final int line = error.position().line();
            problems.add(new ConfigProblem(name, lines.inFile(line), error.position().column(), "",
                    Syntax.explain(error.getMessage(), lines)));
            hasTrueSections = hasTrueSections && !problems.isFull() && !Syntax.mayBeHeading(toParse, line);
        }
        return new ConfigFile(name, hasTrueSections ? result : null, lines, problems);
    }

    private static String excess(final int found, final int most, final String what) {
        return "is too large for a configuration: it has " + found + what + ", and at most " + most + " are read; is it the right file?";
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
        return tree;
    }

    /** The line of the file that a line of the tree was. */
    int inFile(final int line) {
        return lines.inFile(line);
    }

    /** What is wrong with it so far. */
    Problems problems() {
        return problems;
    }
}
