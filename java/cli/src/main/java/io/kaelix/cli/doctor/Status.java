// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

/** How a check ended. */
public enum Status {

    /** As wanted. */
    OK,

    /** Costs latency or throughput, or what an operator sees; nothing that is asked of the library fails for it. */
    ADVICE,

    /** Something that is asked of the library will fail, or is not in use although it was installed. */
    PROBLEM,

    /** It could not be read; what was found says why. */
    UNKNOWN
}
