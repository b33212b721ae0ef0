// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.aeron;

import io.kaelix.MemoryStreamer;
import io.kaelix.config.BridgeConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process with the receiving end of a recorded link, in a directory of others: arguments are directory, channel and state folder. */
final class ReceiverProcess {

    private ReceiverProcess() {
    }

    public static void main(final String[] arguments) throws InterruptedException {
        final MemoryStreamer streamer = MemoryStreamer.attach(Path.of(arguments[0]));
        AeronBridge.open(streamer, BridgeConfig.in("in", arguments[1])
                .replayedTo("aeron:udp?endpoint=127.0.0.1:0", Path.of(arguments[2])));
        Thread.currentThread().join();
    }

    static Process start(final Path log, final Object... arguments) throws IOException {
        final List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                ReceiverProcess.class.getName()));
        for (final Object argument : arguments) {
            command.add(argument.toString());
        }
        return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
    }
}
