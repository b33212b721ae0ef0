// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory as a Java process gets it where the system gives less: every case ends in a stated lower step. */
class MemoryProcessTest {

    private static final int NOT_POSSIBLE_HERE = 77;

    /** Built beside the library; see its source for what it does. */
    private static final Path REFUSE = Path.of("../../native/target/cmake/native/tests/refuse");

    @TempDir
    private Path folder;

    /** Runs {@link MemoryProbe} behind a command that changes its surroundings; skips where that command says it cannot. */
    private String probe(final String... before) throws Exception {
        final Path out = folder.resolve("out");
        final List<String> command = new ArrayList<>(List.of(before));
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "-Xmx64m", "--enable-native-access=ALL-UNNAMED", "-Dkaelix.platform=ffm", "-cp",
                System.getProperty("java.class.path"), MemoryProbe.class.getName()));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile()).start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        final String printed = Files.readString(out);
        assumeTrue(process.exitValue() != NOT_POSSIBLE_HERE, printed);
        assertThat(process.exitValue()).as(printed).isZero();
        assertThat(printed).contains("refused: asked for 1048576 bytes on node 1000: there is no such node");
        return printed;
    }

    @Test
    void shouldGiveMemoryAndClaimNoPlaceWherePlacingIsRefused() throws Exception {
        assumeTrue(Files.isExecutable(REFUSE), "the launcher that refuses system calls is built with the native layer");
        final String printed = probe(REFUSE.toString(), "mbind,set_mempolicy,get_mempolicy,move_pages");
        assertThat(printed).containsPattern("BIND node -1: .*; not bound to node 0 \\(EPERM\\): the system refused mbind")
                .containsPattern("PREFER node -1: .*; not preferably on node 0 \\(EPERM\\)")
                .containsPattern("INTERLEAVE node -1: .*; not interleaved over all nodes \\(EPERM\\)")
                .containsPattern("LOCAL node -1: .*; not preferably on the caller's node \\(EPERM\\)");
    }

    @Test
    void shouldPlaceMemoryWhereLibnumaIsMissing() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/unshare")), "no unshare");
        assumeTrue(new ProcessBuilder("/usr/bin/unshare", "-m", "true").start().waitFor() == 0, "this process may not unshare");
        final String printed = probe("/usr/bin/unshare", "-m", "/bin/sh", "-c",
                "for file in $(ldconfig -p | sed -n 's/.*libnuma.so.1.* => //p'); do mount --bind /dev/null \"$file\" || exit 77; done; exec \"$@\"",
                "sh");
        assertThat(printed).contains("topology: ").contains("libnuma.so.1 cannot be loaded (").contains("BIND node ").contains("INTERLEAVE node ");
    }
}
