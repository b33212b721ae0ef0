// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import io.kaelix.KaelixException;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used, with all that is wrong with it. Nothing of it has been applied. */
public final class ConfigException extends KaelixException {

    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    /**
     * With these problems, at least one.
     *
     * @throws IllegalArgumentException if there is none
     */
    public ConfigException(final List<ConfigProblem> problems) {
        super(problems.stream().map(ConfigProblem::message).collect(Collectors.joining("\n")));
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("there must be a problem");
        }
        this.problems = List.copyOf(problems);
    }

    /** In the order of the file, then of the environment and of code; the message has them one a line. Not kept by serialisation. */
    public List<ConfigProblem> problems() {
        return problems == null ? List.of() : problems;
    }
}
