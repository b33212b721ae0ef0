// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.jna;

/**
 * Functions of {@code kaelix.h}, with its names, bound by JNA's direct mapping: native methods, so that no proxy and no boxing comes with
 * each call. Pointers are addresses, which the header allows on every machine that it knows; so JNA converts nothing.
 */
final class Libkaelix {

    private Libkaelix() {
    }

    static native int kaelix_abi_version(long version);

    static native int kaelix_abi_layout(long values, int capacity, long count);

    static native int kaelix_region_map(long request, long region, long systemError);

    static native int kaelix_region_unmap(long address, long bytes, long systemError);

    static native int kaelix_page_nodes(long address, long pageBytes, int count, long nodes, long systemError);

    static native int kaelix_thread_set_affinity(long mask, long effective, long systemError);

    static native int kaelix_thread_get_affinity(long mask, long systemError);

    static native int kaelix_thread_location(long cpu, long node, long systemError);

    static native int kaelix_thread_set_scheduling(int policy, int priority, long systemError);

    static native int kaelix_thread_get_scheduling(long policy, long priority, long systemError);
}
