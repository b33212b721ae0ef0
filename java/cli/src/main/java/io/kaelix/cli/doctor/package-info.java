// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * What this machine allows and what it costs: {@code kaelix doctor}.
 *
 * <p>A {@link io.kaelix.cli.doctor.Check} looks at a {@link io.kaelix.cli.doctor.Host} and makes a {@link io.kaelix.cli.doctor.Finding}; a
 * {@link io.kaelix.cli.doctor.Remedy} holds what to type, and the {@link io.kaelix.cli.doctor.Change} behind it, of which both the text
 * and the deed are made: what is shown is what is done. All that is read and written is below the root of the host, so that any machine
 * can be rebuilt in a folder.
 */
package io.kaelix.cli.doctor;
