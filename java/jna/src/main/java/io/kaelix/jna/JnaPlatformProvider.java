// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.jna;

import com.sun.jna.Native;
import io.kaelix.KaelixException;
import io.kaelix.platform.NativeCalls;
import io.kaelix.platform.PlatformProvider;
import io.kaelix.platform.Platforms;
import java.nio.file.Path;

/** The platform {@code jna}, for {@code -Dkaelix.platform=jna}. */
public final class JnaPlatformProvider implements PlatformProvider {

    @Override
    public String name() {
        return "jna";
    }

    @Override
    public NativeCalls bind(final Path libkaelix) {
        // Asked before JNA loads its own library: the JVM would print a warning then, or refuse.
        Platforms.requireNativeAccess(Native.class.getModule());
        Platforms.requireNativeAccess(JnaPlatformProvider.class.getModule());
        try {
            Native.register(Libkaelix.class, libkaelix.toString());
        } catch (final LinkageError unusable) {
            throw new KaelixException("JNA cannot call " + libkaelix + ": " + oneLine(unusable) + "; JNA extracts a library of its own: name a "
                    + "folder that is not mounted noexec with -Djna.tmpdir=<folder>, or leave out -D" + Platforms.PROPERTY, unusable);
        }
        return new JnaCalls();
    }

    private static String oneLine(final LinkageError unusable) {
        return String.valueOf(unusable.getMessage()).strip().replaceAll("\\s+", " ");
    }
}
