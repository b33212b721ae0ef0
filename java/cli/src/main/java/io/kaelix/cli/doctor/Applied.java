// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

/**
 * A remedy that was agreed to.
 *
 * @param id of the check
 * @param command as it was shown
 * @param done whether the machine took it
 * @param now what was read back, or why it was refused
 */
public record Applied(String id, String command, boolean done, String now) {
}
