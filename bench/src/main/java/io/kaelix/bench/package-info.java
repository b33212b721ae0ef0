// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Measures the library through its public API. {@link io.kaelix.bench.jmh.Benchmarks} runs what its arguments name, as JMH has them:
 *
 * <pre>
 *   mvn -q -DskipTests package
 *   java -cp 'bench/target/classes:bench/target/lib/*' io.kaelix.bench.jmh.Benchmarks                      everything
 *   java -cp 'bench/target/classes:bench/target/lib/*' io.kaelix.bench.jmh.Benchmarks OneThread -p length=16
 * </pre>
 */
package io.kaelix.bench;
