// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import java.util.Objects;
import java.util.Optional;

/**
 * What to do about a finding.
 *
 * @param now what to type, to have it until the next start; empty if it takes a restart
 * @param permanent what to type to have it from the next start on; empty if there is nothing to add
 * @param words what else will do, or has to be done, where that is no command; empty if there is nothing
 * @param change what {@code --apply} does, the same as {@code now}; empty if that is not for it to do
 */
public record Remedy(String now, String permanent, String words, Optional<Change> change) {

    public Remedy {
        Objects.requireNonNull(now, "now");
        Objects.requireNonNull(permanent, "permanent");
        Objects.requireNonNull(words, "words");
        Objects.requireNonNull(change, "change");
    }

    static Remedy of(final Change change, final String permanent) {
        return new Remedy(change.shell(), permanent, "", Optional.of(change));
    }

    /** Not for {@code --apply}: the options of a container or of the JVM, the environment of a program. */
    static Remedy byHand(final String now, final String words) {
        return new Remedy(now, "", words, Optional.empty());
    }

    /** Takes a restart. */
    static Remedy atNextStart(final String permanent) {
        return new Remedy("", permanent, "then restart the machine", Optional.empty());
    }

    /** No command does it. */
    static Remedy inWords(final String words) {
        return new Remedy("", "", words, Optional.empty());
    }

    Remedy withWords(final String more) {
        return new Remedy(now, permanent, more, change);
    }

    /** The same, as root types it. */
    Remedy asRoot() {
        return new Remedy(asRoot(now), asRoot(permanent), words, change);
    }

    private static String asRoot(final String command) {
        return command.replaceAll("\\bsudo ", "");
    }

    /** A sysctl, such as {@code vm.swappiness}; the file of its own that keeps it may be removed to undo it. */
    static Remedy sysctl(final String name, final String value) {
        return of(Change.Write.to("/proc/sys/" + name.replace('.', '/'), value), keepSysctl(name, value));
    }

    static String keepSysctl(final String name, final String value) {
        return "echo " + name + "=" + value + " | sudo tee /etc/sysctl.d/90-kaelix-" + name + ".conf";
    }

    /** A file of sysfs, of which there is no sysctl: systemd writes it at each start. */
    static Remedy sysfs(final Change.Write write, final String name) {
        return of(write, keepSysfs(write.pattern(), write.value(), name));
    }

    static String keepSysfs(final String pattern, final String value, final String name) {
        return "echo 'w " + pattern + " - - - - " + value + "' | sudo tee /etc/tmpfiles.d/kaelix-" + name + ".conf";
    }
}
