// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import java.util.Objects;

/**
 * The media driver of Aeron that a bridge uses. Immutable.
 *
 * @param directory of a driver that runs elsewhere; empty, the default, for one that is embedded
 * @param threading of an embedded driver; {@link Threading#AUTO} by default
 * @param mtu bytes of a packet of an embedded driver, with Aeron's header: a multiple of 32 from 1,024 to 65,504, or 0, the default, for
 *     Aeron's, which is 1,408. What is longer than the network's takes fragments of IP, or is dropped
 */
public record DriverConfig(String directory, Threading threading, int mtu) {

    private static final int MIN_MTU = 1 << 10;
    private static final int MAX_MTU = 65_504;
    private static final int MTU_ALIGNMENT = 32;
    private static final DriverConfig DEFAULTS = new DriverConfig("", Threading.AUTO, 0);

    /** Who does the work of an embedded driver. */
    public enum Threading {
        /** {@link #INVOKER} on one or two CPUs, {@link #SHARED} on three or four, else {@link #SHARED_NETWORK}. */
        AUTO,
        /** The bridge's own worker, in its turns: no thread more, and none to hand over to. */
        INVOKER,
        /** One thread. */
        SHARED,
        /** Two threads: one for the network, one for all else. */
        SHARED_NETWORK,
        /** Three threads, which spin. */
        DEDICATED;

        Threading on(final int cpus) {
            if (this != AUTO) {
                return this;
            }
            return cpus <= 2 ? INVOKER : cpus <= 4 ? SHARED : SHARED_NETWORK;
        }
    }

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one is out of range, or they contradict each other
     */
    public DriverConfig {
        Objects.requireNonNull(threading, "threading");
        if (mtu != 0 && (mtu < MIN_MTU || mtu > MAX_MTU || mtu % MTU_ALIGNMENT != 0)) {
            throw new IllegalArgumentException("mtu must be 0, or a multiple of 32 from " + MIN_MTU + " to " + MAX_MTU + ", not " + mtu);
        }
        if (!directory.isEmpty() && (threading != Threading.AUTO || mtu != 0)) {
            throw new IllegalArgumentException("threading and mtu are those of an embedded driver; the one in " + directory
                    + " has its own");
        }
    }

    /** An embedded driver, with all else as above. */
    public static DriverConfig defaults() {
        return DEFAULTS;
    }

    /** The driver that runs in a directory. */
    public static DriverConfig external(final String directory) {
        return new DriverConfig(directory, Threading.AUTO, 0);
    }

    /** With another threading. */
    public DriverConfig withThreading(final Threading threading) {
        return new DriverConfig(directory, threading, mtu);
    }

    /** With packets of another length. */
    public DriverConfig withMtu(final int mtu) {
        return new DriverConfig(directory, threading, mtu);
    }
}
