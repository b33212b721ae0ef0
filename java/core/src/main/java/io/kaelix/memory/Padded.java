// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.memory;

/**
 * An object whose own fields begin two cache lines behind its start, because the JVM lays a superclass's fields out first.
 *
 * <p>What one thread writes with every message must not share a line with what another one uses: objects that are made together lie together
 * in the heap, and their lines would travel between the cores as those of the ring do. Two lines, because CPUs fetch them in pairs.
 * All that is written on a hot path extends this, and what all threads read there.
 */
public abstract class Padded {

    /** Lies in the four bytes behind the header, where the JVM would put a subclass's first small field, ahead of all that follows. */
    int gap;
    long p00;
    long p01;
    long p02;
    long p03;
    long p04;
    long p05;
    long p06;
    long p07;
    long p08;
    long p09;
    long p10;
    long p11;
    long p12;
    long p13;
    long p14;
    long p15;

    /** For what is written on a hot path. */
    protected Padded() {
    }
}
