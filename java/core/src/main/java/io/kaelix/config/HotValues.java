// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import java.util.List;

/** What becomes of a configuration in a running program: of a newer one it takes the hot values alone. */
final class HotValues {

    private HotValues() {
    }

    /**
     * The running configuration with the hot values of another.
     *
     * @throws ConfigException if those contradict what is running
     */
    static KaelixConfig of(final KaelixConfig running, final KaelixConfig wanted, final MachineLimits machine) {
        final Problems problems = new Problems();
        final Draft draft = new Draft(problems);
        for (final ConfigKey key : ConfigKey.settings()) {
            draft.keep((key.hot() ? wanted : running).setting(key));
        }
        Contradictions.find(draft, machine);
        // What is running may contradict a machine that has shrunk meanwhile: that is not the file's fault.
        final List<String> before = problemsOf(running, machine).stream().map(ConfigProblem::key).toList();
        final List<ConfigProblem> caused = problems.list().stream().filter(problem -> !before.contains(problem.key()))
                .map(HotValues::explain).toList();
        if (!caused.isEmpty()) {
            throw new ConfigException(caused);
        }
        return new KaelixConfig(draft);
    }

    private static List<ConfigProblem> problemsOf(final KaelixConfig running, final MachineLimits machine) {
        final Problems problems = new Problems();
        final Draft draft = new Draft(problems);
        running.settings().forEach(draft::keep);
        Contradictions.find(draft, machine);
        return problems.list();
    }

    private static ConfigProblem explain(final ConfigProblem problem) {
        return new ConfigProblem(problem.where(), problem.line(), problem.column(), problem.key(),
                problem.text() + "; keys that need a restart count as they are now");
    }
}
