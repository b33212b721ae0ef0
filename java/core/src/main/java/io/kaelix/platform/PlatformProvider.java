// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import java.nio.file.Path;

/**
 * Another way to call libkaelix, which an artifact of its own brings: found as a service, when {@value Platforms#PROPERTY} names it.
 *
 * <p>It brings the calls alone. Finding and checking the library, what is asked and how results are worded, is the same for all;
 * kernels run in plain Java.
 */
public interface PlatformProvider {

    /** As the system property {@value Platforms#PROPERTY} has it, such as {@code jna}. */
    String name();

    /**
     * Binds the functions of libkaelix.
     *
     * @param libkaelix absolute path of the library, which is loaded already and fits
     * @throws io.kaelix.KaelixException if they cannot be called in this way here; one line with the remedy
     */
    NativeCalls bind(Path libkaelix);
}
