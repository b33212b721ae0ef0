// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Streams of Kaelix between hosts, over Aeron: {@link io.kaelix.aeron.AeronBridge}.
 */
@SuppressWarnings("requires-automatic")
module io.kaelix.aeron {
    requires transitive io.kaelix;
    requires io.aeron.archive;
    requires io.aeron.client;
    requires io.aeron.driver;
    requires org.agrona;

    exports io.kaelix.aeron;

    provides io.kaelix.launch.BridgeProvider with io.kaelix.aeron.ConfiguredBridges;
}
