// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/** The platform {@code jna}. Exports nothing; it is found as a service when {@code -Dkaelix.platform=jna} asks for it. */
module io.kaelix.jna {
    requires io.kaelix;
    requires com.sun.jna;

    provides io.kaelix.platform.PlatformProvider with io.kaelix.jna.JnaPlatformProvider;
}
