// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.kaelix.KaelixException;
import io.kaelix.config.BridgeConfig;
import io.kaelix.config.ConfigLoader;
import io.kaelix.config.KaelixConfig;
import io.kaelix.telemetry.Metric;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tomlj.Toml;

/** Who opens the bridges of a configuration, and when. */
class BridgeProviderTest {

    private static final String[] BRIDGES = {"[bridge.to-berlin]", "direction = \"out\"", "channel = \"aeron:ipc\"", "[bridge.from-berlin]",
        "direction = \"in\"", "channel = \"aeron:ipc\""};

    @TempDir
    private Path folder;

    @BeforeEach
    void forget() {
        RecordedBridges.EVENTS.clear();
        RecordedBridges.refusal = null;
        RecordedBridges.lastError = "it rains";
    }

    @Test
    void shouldOpenBridgesBehindTheListenersAndCloseThemBeforeTheStreamer() {
        try (Kaelix kaelix = new Program(folder).write(BRIDGES).launch()) {
            assertThat(RecordedBridges.EVENTS).containsExactly("open [to-berlin, from-berlin]");
            assertThat(RecordedBridges.streamer).isSameAs(kaelix.streamer());
            assertThat(kaelix.bridges()).isPresent();
        }
        assertThat(RecordedBridges.EVENTS).containsExactly("open [to-berlin, from-berlin]", "close, the streamer takes publishers: true");
    }

    @Test
    void shouldShowFiguresOfLinks() {
        try (Kaelix kaelix = new Program(folder).write(BRIDGES).launch()) {
            Program.await("those that were sent", () -> Program.value(kaelix, Metric.BRIDGE_MESSAGES, "out to-berlin").orElse(0) == 10);
            assertThat(Program.value(kaelix, Metric.BRIDGE_PEERS, "out to-berlin")).hasValue(1);
            assertThat(Program.value(kaelix, Metric.BRIDGE_LOST, "in from-berlin")).hasValue(2);
            assertThat(Program.value(kaelix, Metric.BRIDGE_LAG, "out to-berlin")).hasValue(128);
            assertThat(Program.value(kaelix, Metric.BRIDGE_POSITION, "out to-berlin")).hasValue(4096);
            assertThat(Program.value(kaelix, Metric.BRIDGE_RETRANSMITS, "out to-berlin")).hasValue(6);
            assertThat(Program.value(kaelix, Metric.ERRORS, "bridge in from-berlin")).hasValue(7);
            assertThat(Program.value(kaelix, Metric.ERRORS, "bridge out to-berlin")).isEmpty();
            assertThat(Program.value(kaelix, Metric.ERRORS_LAST, "bridge in from-berlin: it rains")).hasValue(1_000);
            RecordedBridges.lastError = "it snows";
            Program.await("another one", () -> Program.value(kaelix, Metric.ERRORS_LAST, "bridge in from-berlin: it snows").isPresent());
            Program.await("alone", () -> Program.value(kaelix, Metric.ERRORS_LAST, "bridge in from-berlin: it rains").isEmpty());
        }
    }

    @Test
    void shouldAskNobodyWhereThereAreNone() {
        try (Kaelix kaelix = new Program(folder).write("").launch()) {
            assertThat(kaelix.bridges()).isEmpty();
        }
        assertThat(RecordedBridges.EVENTS).isEmpty();
    }

    @Test
    void shouldFailAsAWholeIfABridgeCannotBeOpened() {
        RecordedBridges.refusal = "[bridge.to-berlin] cannot be opened: the port is taken";
        final Program program = new Program(folder).write(BRIDGES);
        assertThatThrownBy(program::launch).isInstanceOf(KaelixException.class).hasMessage(RecordedBridges.refusal);
        assertThat(program.counters()).as("telemetry was closed, with its file").isEmptyDirectory();
    }

    @Test
    void shouldNameTheArtifactThatIsMissing() throws Exception {
        final List<URL> libraries = new ArrayList<>();
        for (final Class<?> of : List.of(Kaelix.class, Toml.class)) {
            libraries.add(of.getProtectionDomain().getCodeSource().getLocation());
        }
        // This library and what reads files, without the provider of these tests.
        try (URLClassLoader alone = new URLClassLoader(libraries.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            final Class<?> bridges = alone.loadClass(BridgeConfig.class.getName());
            final Class<?> loaders = alone.loadClass(ConfigLoader.class.getName());
            final Object bridge = bridges.getMethod("of", String.class, Map.class).invoke(null, "to-berlin",
                    Map.of("direction", "out", "channel", "aeron:ipc"));
            final Object loader = loaders.getMethod("with", String.class, Object.class).invoke(loaders.getMethod("of").invoke(null),
                    "bridge", List.of(bridge));
            final Object config = loaders.getMethod("load").invoke(loader);
            final Throwable failure = catchThrowable(() -> alone.loadClass(Kaelix.class.getName())
                    .getMethod("launch", alone.loadClass(KaelixConfig.class.getName())).invoke(null, config)).getCause();
            assertThat(failure.getClass().getName()).isEqualTo(KaelixException.class.getName());
            assertThat(failure).hasMessage("[bridge.to-berlin] needs the artifact io.kaelix:kaelix-aeron, which is neither on the class path"
                    + " nor on the module path: add it, or take the bridges out of the configuration");
        }
    }
}
