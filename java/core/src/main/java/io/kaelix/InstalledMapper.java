// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.util.ServiceLoader;

/** Found once and kept, as the builders are. */
interface InstalledMapper {

    /** Maps files for {@link Payload#map}. */
    MappedPayload.Mapper MAPPER = ServiceLoader.load(MappedPayload.Mapper.class, MappedPayload.Mapper.class.getClassLoader())
            .findFirst()
            .orElseThrow(() -> new KaelixException("nothing found that maps files: the artifact 'kaelix' is not complete on the path"));
}
