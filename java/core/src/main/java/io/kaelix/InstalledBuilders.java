// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.util.ServiceLoader;

/** Found once and kept: looking for services takes tens of microseconds. */
interface InstalledBuilders {

    /** Makes the builders that {@link Message#builder()} hands out. */
    MessageBuilder.Factory FACTORY = ServiceLoader.load(MessageBuilder.Factory.class, MessageBuilder.Factory.class.getClassLoader())
            .findFirst()
            .orElseThrow(() -> new KaelixException("no message builder found: the artifact 'kaelix' is not complete on the path"));
}
