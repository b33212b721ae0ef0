// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

/** Rungs of the memory ladder, best first. The order and numbers are those of {@code KAELIX_RUNG_*} in kaelix.h. */
public enum Rung {
    /** 1 GiB pages that the administrator reserved; only if asked for. */
    HUGETLB_1G("1 GiB hugetlb pages"),
    /** 2 MiB pages that the administrator reserved ({@code vm.nr_hugepages}). */
    HUGETLB_2M("2 MiB hugetlb pages"),
    /** Hugepages that the kernel assembles when asked with {@code madvise}. */
    TRANSPARENT("transparent hugepages"),
    /** The system's base pages. */
    NORMAL("normal pages");

    private final String label;

    Rung(final String label) {
        this.label = label;
    }

    /** As reports name it. */
    public String label() {
        return label;
    }
}
