// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Kaelix MemoryStreamer: topics, publishers and subscribers over lanes in native memory.
 *
 * <p>Users see {@code io.kaelix}; {@code io.kaelix.launch}, which makes a program out of a configuration; and of the rooms behind it those
 * of settings, tasks, places of threads and memory, counters, and the topology of the machine. The command line and the second platform,
 * which are ours, see the door to kernels and memory as well; bridges to other hosts see lanes as sessions do.
 */
module io.kaelix {
    requires io.kaelix.natives;
    requires static java.logging;
    requires static java.management;
    requires static jdk.jfr;
    requires org.tomlj;

    exports io.kaelix;
    exports io.kaelix.config;
    exports io.kaelix.launch;
    exports io.kaelix.memory to io.kaelix.cli;
    exports io.kaelix.message to io.kaelix.aeron;
    exports io.kaelix.net to io.kaelix.aeron;
    exports io.kaelix.numa;
    exports io.kaelix.platform to io.kaelix.cli, io.kaelix.jna;
    exports io.kaelix.platform.topology;
    exports io.kaelix.runtime;
    exports io.kaelix.shared to io.kaelix.cli;
    exports io.kaelix.telemetry;

    uses io.kaelix.MappedPayload.Mapper;
    uses io.kaelix.MemoryStreamer.Engine;
    uses io.kaelix.MessageBuilder.Factory;
    uses io.kaelix.launch.BridgeProvider;
    uses io.kaelix.platform.PlatformProvider;
    provides io.kaelix.MappedPayload.Mapper with io.kaelix.message.FileMapper;
    provides io.kaelix.MemoryStreamer.Engine with io.kaelix.engine.LocalEngine;
    provides io.kaelix.MessageBuilder.Factory with io.kaelix.message.FrameBuilders;
}
