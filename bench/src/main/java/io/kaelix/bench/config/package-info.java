// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * What a configuration costs, and how soon a changed file is in force.
 *
 * <pre>
 *   this thread: rename ──► kernel ──► the JDK's thread ──► kaelix-config: read, parse, check, publish ──► this thread sees it
 * </pre>
 */
package io.kaelix.bench.config;
