// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.aeron.Aeron;
import io.kaelix.MemoryStreamer;
import io.kaelix.aeron.AeronBridge;
import io.kaelix.bench.scenario.Catalogue;
import io.kaelix.bench.scenario.Versions;
import io.netty.channel.Channel;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import net.openhft.chronicle.queue.ChronicleQueue;
import org.zeromq.ZMQ;

/** The systems that take messages from one process to another. */
public enum Subject {

    /** A streamer that listens, and a client; on each side a worker that does all. */
    KAELIX("kaelix", MemoryStreamer.class, true, List.of(), Exchange.NETWORK, KaelixLink::new),
    /** UDP, with the media driver called by the thread that sends and receives. */
    AERON_UDP("aeron-udp", Aeron.class, true, Options.AGRONA, Options.MESSAGES, () -> new AeronLink(true, true)),
    /** UDP, with a thread for the media driver on each side. */
    AERON_UDP_DRIVER("aeron-udp-driver", Aeron.class, false, Options.AGRONA, Options.MESSAGES, () -> new AeronLink(true, false)),
    /** Each message a buffer that is written to the channel. */
    NETTY("netty", Channel.class, true, Options.UNSAFE, Options.MESSAGES, () -> new NettyLink(false)),
    /** So many messages in one buffer as 64 KiB hold, put there by the user. */
    NETTY_PACKED("netty-packed", Channel.class, true, Options.UNSAFE, List.of(Exchange.STREAM), () -> new NettyLink(true)),
    /** A thread of the user's and one of the system's on each side. */
    JEROMQ("jeromq", ZMQ.class, false, List.of(), Options.MESSAGES, ZeroLink::new),

    /** Through a directory that both processes have; a thread on each side that polls. */
    KAELIX_SHARED("kaelix-shared", MemoryStreamer.class, true, List.of(), Exchange.IPC, SharedLink::new),
    /** IPC, with the media driver of both in the server's process, called by its thread. */
    AERON_IPC("aeron-ipc", Aeron.class, true, Options.AGRONA, Exchange.IPC, () -> new AeronLink(false, true)),
    /** IPC, with a thread for the media driver in the server's process. */
    AERON_IPC_DRIVER("aeron-ipc-driver", Aeron.class, false, Options.AGRONA, Exchange.IPC, () -> new AeronLink(false, false)),
    /** A queue in files for each direction. */
    CHRONICLE_QUEUE("chronicle-queue", ChronicleQueue.class, true, Options.CHRONICLE, List.of(Exchange.PING_PONG), ChronicleLink::new),

    /** Two streamers and a bridge on each side, whose duty is called by the thread that publishes and polls. */
    KAELIX_BRIDGE("kaelix-bridge", AeronBridge.class, true, Options.AGRONA, Exchange.BRIDGE, BridgeLink::new),
    /** Bare Aeron set up as the bridge sets it up, each message for itself. */
    AERON_BARE("aeron", Aeron.class, true, Options.AGRONA, Exchange.BRIDGE, () -> new BareLink(false)),
    /** The same with as many messages in a packet as the bridge has there, put there by the user. */
    AERON_PACKED("aeron-packed", Aeron.class, true, Options.AGRONA, List.of(Exchange.SHORT), () -> new BareLink(true));

    /** Between hosts. */
    public static final List<Subject> NETWORK = List.of(KAELIX, AERON_UDP, AERON_UDP_DRIVER, NETTY, NETTY_PACKED, JEROMQ);
    /** Between processes that share memory. */
    public static final List<Subject> IPC = List.of(KAELIX_SHARED, AERON_IPC, AERON_IPC_DRIVER, CHRONICLE_QUEUE);
    /** Over a bridge. */
    public static final List<Subject> BRIDGE = List.of(KAELIX_BRIDGE, AERON_BARE, AERON_PACKED);

    private final String label;
    private final Class<?> type;
    private final boolean pinned;
    private final List<String> jvmOptions;
    private final List<Exchange> modes;
    private final Supplier<Link> link;

    Subject(final String label, final Class<?> type, final boolean pinned, final List<String> jvmOptions, final List<Exchange> modes,
            final Supplier<Link> link) {
        this.label = label;
        this.type = type;
        this.pinned = pinned;
        this.jvmOptions = jvmOptions;
        this.modes = modes;
        this.link = link;
    }

    /** What more than one system has. */
    private static final class Options {

        static final List<Exchange> MESSAGES = List.of(Exchange.PING_PONG, Exchange.STREAM, Exchange.BULK);
        static final List<String> UNSAFE = Catalogue.unsafeOptions();
        static final List<String> AGRONA = Catalogue.agronaOptions();
        static final List<String> CHRONICLE = Catalogue.chronicleOptions();

        private Options() {
        }
    }

    /** As results have it. */
    public String label() {
        return label;
    }

    /** Of the artifact that it is from. */
    public String version() {
        return Versions.of(type);
    }

    /** That its documentation asks for on a current JDK. */
    public List<String> jvmOptions() {
        return jvmOptions;
    }

    /** Whether it is measured in a mode. */
    public boolean has(final Exchange mode) {
        return modes.contains(mode);
    }

    /** Whether it is the library itself. */
    public boolean isOwn() {
        return label.startsWith(KAELIX.label);
    }

    /** With this label. */
    static Subject of(final String label) {
        return Arrays.stream(values()).filter(subject -> subject.label.equals(label)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("no system '" + label + "'"));
    }

    /** Whether each side has one busy thread, which is pinned. */
    boolean isPinned() {
        return pinned;
    }

    Link link() {
        return link.get();
    }
}
