// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.aeron.Aeron;
import io.aeron.AvailableImageHandler;
import io.aeron.CncFileDescriptor;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.UnavailableImageHandler;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.driver.status.SystemCounterDescriptor;
import io.aeron.exceptions.AeronException;
import io.kaelix.KaelixException;
import io.kaelix.config.BridgeConfig;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.NoOpLock;
import org.agrona.concurrent.status.CountersReader;

/**
 * Aeron, as a bridge uses it: a driver, embedded or elsewhere, and one client of it, whose conductor is the bridge's thread.
 *
 * <p>One thread at a time: whoever opens it, then the bridge's.
 */
final class AeronClient implements AutoCloseable {

    /** Bytes of each of the three terms of a publication's log: what waits to be sent, or repeated, lies there. */
    static final int TERM_LENGTH = 4 << 20;

    /** Bytes of the counters of an embedded driver: 8,192 of them. Aeron's default takes 35 MiB more of shared memory, names included. */
    private static final int COUNTERS_LENGTH = 1 << 20;
    private static final String JDK_PACKAGE = "jdk.internal.misc";
    private static final int DRIVER_TURNS = 8;
    private static final int FULL_PACKET = 1 << 10;
    /** A driver that has not been heard for longer is gone. */
    private static final long ACTIVE_MILLIS = 2_000;

    private final MediaDriver driver;
    private final AgentInvoker driverInvoker;
    private final String directory;
    private final Consumer<String> errors;
    private Aeron aeron;
    private AgentInvoker clientInvoker;
    private int resent;
    private int asked;

    private AeronClient(final MediaDriver driver, final String directory, final Consumer<String> errors) {
        this.driver = driver;
        this.driverInvoker = driver == null ? null : driver.sharedAgentInvoker();
        this.directory = directory;
        this.errors = errors;
        connect();
    }

    private void connect() {
        final Aeron.Context context = new Aeron.Context().aeronDirectoryName(directory)
                .useConductorAgentInvoker(true).clientLock(NoOpLock.INSTANCE)
                .errorHandler(told(errors)).subscriberErrorHandler(told(errors));
        if (driverInvoker != null) {
            context.driverAgentInvoker(driverInvoker);
        }
        aeron = Aeron.connect(context);
        clientInvoker = aeron.conductorAgentInvoker();
        resent = counter(SystemCounterDescriptor.RETRANSMITS_SENT);
        asked = counter(SystemCounterDescriptor.NAK_MESSAGES_SENT);
    }

    /** Whether it has ended by itself: its driver is gone, or this process was not run for ten seconds. All that was opened is closed then. */
    boolean isClosed() {
        return aeron.isClosed();
    }

    /** Connects once more, unless the driver is gone still. Does not wait for one. @throws KaelixException if it can't */
    boolean reconnect() {
        if (driverInvoker != null) {
            driverInvoker.invoke();
        }
        try {
            if (!isBegun() || !CommonContext.isDriverActive(new File(directory), ACTIVE_MILLIS, text -> { })) {
                return false;
            }
            connect();
            return true;
        } catch (final RuntimeException | IOException e) {
            throw new KaelixException("Aeron does not start again: " + text(e), e);
        }
    }

    /** Whether a driver's file has a version. One that has not is of a driver that begins, or did not come further: Aeron would wait for it. */
    private boolean isBegun() throws IOException {
        final Path file = Path.of(directory, CncFileDescriptor.CNC_FILE);
        if (!Files.exists(file)) {
            return false;
        }
        final ByteBuffer version = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
        try (FileChannel channel = FileChannel.open(file)) {
            channel.read(version, CncFileDescriptor.cncVersionOffset(0));
        }
        return !version.hasRemaining() && version.getInt(0) != 0;
    }

    private int counter(final SystemCounterDescriptor which) {
        final int[] found = {CountersReader.NULL_COUNTER_ID};
        aeron.countersReader().forEach((counter, type, key, label) -> {
            if (type == SystemCounterDescriptor.SYSTEM_COUNTER_TYPE_ID && key.getInt(0) == which.id()) {
                found[0] = counter;
            }
        });
        return found[0];
    }

    /** Packets that the driver has sent again, for whomever. */
    long resent() {
        return value(resent);
    }

    /** Requests of the driver for what was missing, for whomever. */
    long asked() {
        return value(asked);
    }

    private long value(final int counter) {
        // Without its driver, Aeron closes itself in the conductor's turn, and the counters are gone with it.
        return counter == CountersReader.NULL_COUNTER_ID || aeron.isClosed() ? 0 : aeron.countersReader().getCounterValue(counter);
    }

    /**
     * Starts a driver, unless it is elsewhere, and connects.
     *
     * @param link of which its driver, threading and mtu are asked
     * @param ownThread whether others than the bridge's worker have clients of an embedded driver, so that it needs a thread
     * @param peerTimeout after so long without a sign the other end counts as gone
     * @param errors is told what goes wrong, in one line
     * @throws KaelixException if it can't; it says why, and the remedy
     */
    static AeronClient open(final BridgeConfig link, final boolean ownThread, final Duration peerTimeout, final Consumer<String> errors) {
        checkAccess();
        MediaDriver driver = null;
        try {
            if (link.driver().isEmpty()) {
                driver = launch(link, ownThread, peerTimeout, errors);
            }
            return new AeronClient(driver, driver == null ? link.driver() : driver.aeronDirectoryName(), errors);
        } catch (final RuntimeException e) {
            CloseHelper.quietClose(driver);
            throw new KaelixException("Aeron does not start: " + text(e)
                    + (link.driver().isEmpty() ? "" : "; is a media driver running in " + link.driver() + "?"), e);
        }
    }

    /** Aeron would end with an error that names none of this. */
    private static void checkAccess() {
        final Module agrona = DirectBuffer.class.getModule();
        if (!Object.class.getModule().isExported(JDK_PACKAGE, agrona)) {
            throw new KaelixException("Aeron needs a package of the JDK that is closed: start java with --add-opens java.base/" + JDK_PACKAGE + "="
                    + (agrona.isNamed() ? agrona.getName() : "ALL-UNNAMED"));
        }
    }

    private static MediaDriver launch(final BridgeConfig link, final boolean ownThread, final Duration peerTimeout,
            final Consumer<String> errors) {
        final DriverFolders folders = DriverFolders.ofThisMachine();
        folders.clean();
        final MediaDriver.Context context = new MediaDriver.Context()
                .aeronDirectoryName(folders.another().toString())
                .threadingMode(switch (threading(link.threading(), Runtime.getRuntime().availableProcessors())) {
                    case INVOKER, AUTO -> ownThread ? ThreadingMode.SHARED : ThreadingMode.INVOKER;
                    case SHARED -> ThreadingMode.SHARED;
                    case SHARED_NETWORK -> ThreadingMode.SHARED_NETWORK;
                    case DEDICATED -> ThreadingMode.DEDICATED;
                })
                .dirDeleteOnStart(true).dirDeleteOnShutdown(true)
                .publicationTermBufferLength(TERM_LENGTH).counterValuesBufferLength(COUNTERS_LENGTH)
                .imageLivenessTimeoutNs(peerTimeout.toNanos())
                .publicationConnectionTimeoutNs(peerTimeout.toNanos())
                .sharedIdleStrategy(new BackoffIdleStrategy()).sharedNetworkIdleStrategy(new BackoffIdleStrategy())
                .errorHandler(told(errors));
        if (link.mtu() != 0) {
            context.mtuLength(link.mtu()).ipcMtuLength(link.mtu());
        }
        return MediaDriver.launchEmbedded(context);
    }

    /** What is asked for; fitted to the CPUs if that is nothing. */
    static BridgeConfig.Threading threading(final BridgeConfig.Threading asked, final int cpus) {
        if (asked != BridgeConfig.Threading.AUTO) {
            return asked;
        }
        return cpus <= 2 ? BridgeConfig.Threading.INVOKER : cpus <= 4 ? BridgeConfig.Threading.SHARED : BridgeConfig.Threading.SHARED_NETWORK;
    }

    /** Folder of the driver. */
    String directory() {
        return directory;
    }

    /** Tells what goes wrong within Aeron, in one line. Not how it ends itself: whoever finds it closed says so. */
    static ErrorHandler told(final Consumer<String> errors) {
        return failure -> {
            if (!(failure instanceof AgentTerminationException)) {
                errors.accept(text(failure));
            }
        };
    }

    /** One line. */
    static String text(final Throwable failure) {
        final String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        return message.lines().findFirst().orElse(message).replaceFirst("^(ERROR|WARN|FATAL) - ", "");
    }

    /** @throws KaelixException if the channel is none, or cannot be sent on */
    ExclusivePublication publication(final String link, final String channel, final int stream) {
        try {
            return aeron.addExclusivePublication(channel, stream);
        } catch (final AeronException | IllegalArgumentException | IllegalStateException e) {
            throw refused(link, channel, stream, e);
        }
    }

    /** @throws KaelixException if the channel is none, or cannot be listened on */
    Subscription subscription(final String link, final String channel, final int stream, final AvailableImageHandler available,
            final UnavailableImageHandler unavailable) {
        try {
            return aeron.addSubscription(channel, stream, available, unavailable);
        } catch (final AeronException | IllegalArgumentException | IllegalStateException e) {
            throw refused(link, channel, stream, e);
        }
    }

    private static KaelixException refused(final String link, final String channel, final int stream, final RuntimeException why) {
        return new KaelixException("link " + link + ": Aeron does not take channel " + channel + ", stream " + stream + ": " + text(why),
                why);
    }

    /** Work of the driver, if this thread is its, and of the conductor. @return how much was done */
    int invoke() {
        int done = 0;
        if (driverInvoker != null) {
            // It sends two packets or receives one at a time, and says how many bytes: where a packet was about full, more may wait.
            int more = FULL_PACKET;
            for (int i = 0; i < DRIVER_TURNS && more >= FULL_PACKET; i++) {
                more = driverInvoker.invoke();
                done += more;
            }
        }
        return done + clientInvoker.invoke();
    }

    /** Ends what was opened, as if it had ended by itself. */
    void disconnect() {
        CloseHelper.quietClose(aeron);
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(aeron, driver);
    }
}
