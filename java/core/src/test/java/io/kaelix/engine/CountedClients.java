// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.ClientConfig;
import io.kaelix.KaelixClient;
import io.kaelix.Workers;
import io.kaelix.platform.Platform;
import io.kaelix.platform.Platforms;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients whose regions are counted: how many are mapped now, and were ever. */
public final class CountedClients {

    private final AtomicInteger mapped = new AtomicInteger();
    private final AtomicInteger ever = new AtomicInteger();
    private final Platform platform = (Platform) Proxy.newProxyInstance(CountedClients.class.getClassLoader(), new Class<?>[] {Platform.class},
            (proxy, method, arguments) -> {
        try {
            final Object answer = method.invoke(Platforms.current(), arguments);
            if (method.getName().equals("map")) {
                mapped.incrementAndGet();
                ever.incrementAndGet();
            } else if (method.getName().equals("unmap")) {
                mapped.decrementAndGet();
            }
            return answer;
        } catch (final InvocationTargetException e) {
            throw e.getCause();
        }
    });

    public KaelixClient connect(final ClientConfig config, final Workers workers) {
        return RemoteClient.connect(config, platform, workers);
    }

    /** Regions that are mapped. */
    public int mapped() {
        return mapped.get();
    }

    /** Regions that were. */
    public int ever() {
        return ever.get();
    }
}
