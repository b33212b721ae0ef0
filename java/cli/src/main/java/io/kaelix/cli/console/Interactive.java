// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.console;

/**
 * Which of the standard streams are a terminal: Java cannot tell, the launcher script can.
 *
 * @param in whether somebody may answer
 * @param out whether colours are seen
 */
public record Interactive(boolean in, boolean out) {

    /** Of this process. */
    public static Interactive ofProcess() {
        // By the convention of no-color.org, a user who sets it to anything wants none.
        final String plain = System.getenv("NO_COLOR");
        return new Interactive(Boolean.getBoolean("kaelix.stdin.tty"),
                Boolean.getBoolean("kaelix.stdout.tty") && (plain == null || plain.isEmpty()));
    }
}
