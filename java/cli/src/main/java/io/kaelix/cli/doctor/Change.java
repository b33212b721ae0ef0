// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A change of a host that lasts until it is started again: a text to type, a deed, and what is there afterwards. */
public sealed interface Change {

    /** What to type in a shell, as a user who may use sudo. */
    String shell();

    /**
     * Does the same, as root.
     *
     * @throws IOException if the host refuses; the message is one line
     */
    void apply(Host host) throws IOException;

    /** What is there now, as read from the host. */
    String readBack(Host host);

    /**
     * A value for files of the kernel.
     *
     * @param files absolute, at least one
     * @param pattern of a shell that stands for exactly these files
     * @param value without a line end
     */
    record Write(List<String> files, String pattern, String value) implements Change {

        public Write {
            files = List.copyOf(files);
        }

        static Write to(final String file, final String value) {
            return new Write(List.of(file), file, value);
        }

        /** The redirection of a shell is not done by sudo: hence tee. */
        @Override
        public String shell() {
            return "echo " + value + " | sudo tee " + pattern;
        }

        @Override
        public void apply(final Host host) throws IOException {
            for (final String file : files) {
                host.files().write(file, value);
            }
        }

        @Override
        public String readBack(final Host host) {
            return files.stream().map(file -> host.files().read(file)).map(read -> read.known() ? read.text() : read.failure()).distinct()
                    .collect(Collectors.joining(", "));
        }
    }

    /**
     * A program to run.
     *
     * @param words its name and arguments, none of which needs quotes in a shell
     * @param look tells what there is afterwards
     */
    record Run(List<String> words, Function<Host, String> look) implements Change {

        public Run {
            words = List.copyOf(words);
        }

        @Override
        public String shell() {
            return "sudo " + String.join(" ", words);
        }

        @Override
        public void apply(final Host host) throws IOException {
            host.around().run().run(words);
        }

        @Override
        public String readBack(final Host host) {
            return look.apply(host);
        }
    }
}
