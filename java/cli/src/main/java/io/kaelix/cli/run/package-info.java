// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * One run: publishers and subscribers on threads of their own, in one streamer.
 *
 * <pre>
 *   file ──► LineReader ──► LineSender 1..n ──► lanes ──► LineReceiver 1..m      the first of them ──► LineOutput
 *                           LoadSender 1..n ──► lanes ──► LoadReceiver 1..m
 * </pre>
 *
 * <p>{@link io.kaelix.cli.run.Run} wires them, {@link io.kaelix.cli.run.Workers} holds the threads: the first one that fails ends all.
 * Both kinds of work keep on either side what {@link io.kaelix.cli.verify} compares at the end.
 */
package io.kaelix.cli.run;
