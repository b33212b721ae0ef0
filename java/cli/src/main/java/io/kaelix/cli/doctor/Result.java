// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

/**
 * A check and what it saw.
 *
 * @param check what was asked
 * @param finding what was answered
 */
public record Result(Check check, Finding finding) {
}
