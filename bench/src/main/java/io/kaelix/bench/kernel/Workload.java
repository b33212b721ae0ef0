// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.kernel;

/**
 * One kernel over one kind of data.
 *
 * @param name as the table has it
 * @param unit what is counted: {@code values} or {@code bytes}
 * @param items in one batch
 * @param goal how many times as fast as the fastest loop the kernel is meant to be
 * @param kernel runs the library's kernel on the batch of this number; what it answers keeps the work from being left out
 * @param vector the same by the Vector API over arrays; null where it is not compared with, or not there
 * @param loops the same by plain Java over arrays, in each way that may be the fastest
 */
record Workload(String name, String unit, int items, double goal, Batch kernel, Batch vector, Batch... loops) {

    private static final int ALL_VALUES = 80_000;

    /**
     * How many batches of data there are. So many that a CPU's branch prediction does not know them by heart: 16,000 random outcomes it
     * does. And as many values in all whatever the size of a batch is, so that all lie in the same cache.
     */
    static int batches(final int values) {
        return Math.max(2, ALL_VALUES / values);
    }

    /** Runs on the batch of a number below {@link #batches}. */
    interface Batch {
        long run(int number);
    }

    /** One call of a kernel, on {@code length} items of a batch from {@code at} on. */
    interface Call {
        long run(int number, int at, int length);
    }

    /** A batch in as many calls as it takes where one call takes {@code most} of its items. */
    static Batch inCalls(final int items, final int most, final Call call) {
        return number -> {
            long sum = 0;
            for (int at = 0; at < items; at += most) {
                sum += call.run(number, at, Math.min(most, items - at));
            }
            return sum;
        };
    }
}
