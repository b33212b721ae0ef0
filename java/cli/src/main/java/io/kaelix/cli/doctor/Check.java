// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.doctor;

import java.util.function.Function;

/**
 * One question to a host.
 *
 * @param id stable, for scripts: {@code family.name}
 * @param why what it costs if it is not as wanted, in one line
 * @param source where to read more: a page of the manual, or of the kernel's documentation
 * @param examine reads only
 */
public record Check(String id, String why, String source, Function<Host, Finding> examine) {

    /** What a host answers, now. */
    public Finding of(final Host host) {
        return examine.apply(host);
    }
}
