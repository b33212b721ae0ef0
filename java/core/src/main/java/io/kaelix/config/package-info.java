// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * What can be set, from where, and what is wrong with it.
 *
 * <pre>
 *   defaults ──► profile ──► file (TOML) ──► environment ──► code        each laid over those before: ConfigLoader
 *                                  │
 *                              ConfigFile  read with a bound, parsed
 *                                  ▼
 *     ConfigKey ──────────────► Draft      value and origin of each key so far, problems
 *     (one list: range, unit,      │
 *      default, hot or not)        ▼
 *                             KaelixConfig  immutable: one record for each section, topic and bridge, one Setting for each key
 * </pre>
 *
 * <p>{@link io.kaelix.config.ConfigKey} is the one list of keys: validation, {@code kaelix config show}, and the commented file that comes
 * with the library ({@link io.kaelix.config.ConfigFile#commentedDefaults()}) follow it. Everything that is wrong with a configuration is
 * told at once ({@link io.kaelix.config.ConfigException}), each thing with its place, what is allowed, and the nearest known key.
 *
 * <p>While the program runs, {@link io.kaelix.config.ConfigReloader} loads the file again whenever it has changed, and publishes a snapshot of
 * what may change without a restart:
 *
 * <pre>
 *   kernel ──► FolderWatch: which names on the Trail? ──► FileWatch: complete? ──► ConfigReloader: load, HotValues, publish, tell
 * </pre>
 *
 * <p>Units stand in the names of keys ({@code target_latency_us}); sizes are bytes, as a number or as {@code "64KiB"}.
 */
package io.kaelix.config;
