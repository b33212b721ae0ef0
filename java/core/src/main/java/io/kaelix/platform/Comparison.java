// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

/** How {@link Kernels#filter} compares a value with the operand: {@code value < operand} and so on, as signed integers. */
public enum Comparison {
    /** Less than. */
    LT,
    /** Less than or equal to. */
    LE,
    /** Greater than. */
    GT,
    /** Greater than or equal to. */
    GE,
    /** Equal to. */
    EQ,
    /** Not equal to. */
    NE
}
