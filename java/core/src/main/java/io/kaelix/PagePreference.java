// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

/** Pages that lanes should live in; each falls back to the next where it can't be had, and the placement says why. */
public enum PagePreference {
    /** 1 GiB pages reserved by the administrator. */
    HUGE_1G,
    /** 2 MiB pages reserved by the administrator ({@code sysctl vm.nr_hugepages}). */
    HUGE_2M,
    /** Transparent hugepages. */
    TRANSPARENT,
    /** The system's base pages. */
    NORMAL
}
