// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.kernel;

/**
 * One kernel over one kind of data.
 *
 * @param name as the table has it
 * @param unit what is counted: {@code values} or {@code bytes}
 * @param items in one batch
 * @param kernel runs the library's kernel on the batch of this number; what it answers keeps the work from being left out
 * @param loops the same by plain Java over arrays, in each way that may be the fastest
 */
record Workload(String name, String unit, int items, Batch kernel, Batch... loops) {

    /** How many batches of data there are: so many that a CPU's branch prediction does not know them by heart. */
    static final int BATCHES = 16;

    /** Runs on the batch of a number below {@link #BATCHES}. */
    interface Batch {
        long run(int number);
    }
}
