// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

/** Names of the system errors that placing memory and pinning threads can meet on Linux. */
final class Errno {

    static final int EINVAL = 22;

    private Errno() {
    }

    /** As {@code errno} names it, such as {@code ENOMEM}; the number where it is none of the usual ones. */
    static String name(final int number) {
        return switch (number) {
            case 1 -> "EPERM";
            case 2 -> "ENOENT";
            case 3 -> "ESRCH";
            case 5 -> "EIO";
            case 11 -> "EAGAIN";
            case 12 -> "ENOMEM";
            case 13 -> "EACCES";
            case 14 -> "EFAULT";
            case 16 -> "EBUSY";
            case EINVAL -> "EINVAL";
            case 38 -> "ENOSYS";
            case 95 -> "EOPNOTSUPP";
            default -> "errno " + number;
        };
    }
}
