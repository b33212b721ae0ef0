// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * What a process does, redrawn in place: the counters that it writes to a file, read from outside.
 *
 * <pre>
 *   counter file ──► Watched ──► Readings, two of them ──► Interval ──► Picture ──► Drawing ──► Viewport ──► Screen
 *                                                                         └──► PictureJson        ▲
 *                                                                              keys ──► View ─────┘
 * </pre>
 *
 * <p>{@link io.kaelix.cli.top.LiveView} turns the wheel on one thread. All but {@code Watched} and {@code TerminalScreen} is a function of
 * its arguments, so that a test sees the very text that a terminal gets.
 */
package io.kaelix.cli.top;
