// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * What a process does, redrawn in place: the counters that it writes to a file, read from outside.
 *
 * <pre>
 *   counter file ──► Readings, two of them ──► Interval ──► Picture ──► View: Drawing, Section ──► Ansi ──► Screen
 *                                                           │            ▲ keys
 *                                                           └──► PictureJson
 * </pre>
 *
 * <p>{@link io.kaelix.cli.top.LiveView} turns the wheel on one thread. All but {@code TerminalScreen} and {@code Watched}, which finds the
 * file, is a function of its arguments, so that a test sees the very text that a terminal gets.
 */
package io.kaelix.cli.top;
