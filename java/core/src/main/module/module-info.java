// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Kaelix MemoryStreamer: topics, publishers and subscribers over lanes in native memory.
 *
 * <p>Users see {@code io.kaelix}, the topology of the machine, {@code io.kaelix.numa} for the places of threads and memory,
 * {@code io.kaelix.config} for settings, and {@code io.kaelix.telemetry} for counters; the command line and the second platform, which are ours, also the door to kernels and memory.
 */
module io.kaelix {
    requires io.kaelix.natives;
    requires org.tomlj;

    exports io.kaelix;
    exports io.kaelix.config;
    exports io.kaelix.memory to io.kaelix.cli;
    exports io.kaelix.numa;
    exports io.kaelix.platform to io.kaelix.cli, io.kaelix.jna;
    exports io.kaelix.platform.topology;
    exports io.kaelix.runtime;
    exports io.kaelix.telemetry;

    uses io.kaelix.MappedPayload.Mapper;
    uses io.kaelix.MemoryStreamer.Engine;
    uses io.kaelix.MessageBuilder.Factory;
    uses io.kaelix.platform.PlatformProvider;
    provides io.kaelix.MappedPayload.Mapper with io.kaelix.message.FileMapper;
    provides io.kaelix.MemoryStreamer.Engine with io.kaelix.engine.LocalEngine;
    provides io.kaelix.MessageBuilder.Factory with io.kaelix.message.FrameBuilders;
}
