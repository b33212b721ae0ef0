// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kaelix.KaelixException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlatformsTest {

    private final RecordingLogger log = new RecordingLogger();
    private final Platform best = new PortablePlatform(ProcessStatus.ofThisProcess());
    private final Platform portable = new PortablePlatform(ProcessStatus.ofThisProcess());

    private final List<Platforms.Candidate> fit = List.of(
            new Platforms.Candidate("ffm", () -> best), new Platforms.Candidate("portable", () -> portable));
    private final List<Platforms.Candidate> unfit = List.of(
            new Platforms.Candidate("ffm", () -> {
                throw new KaelixException("it is broken; mend it");
            }),
            new Platforms.Candidate("portable", () -> portable));

    @Test
    void shouldTakeTheBestQuietly() {
        assertThat(Platforms.choose(null, fit, log)).isSameAs(best);
        assertThat(Platforms.choose("", fit, log)).isSameAs(best);
        assertThat(log.lines).hasSize(2).allMatch(line -> line.startsWith("DEBUG platform "));
    }

    @Test
    void shouldWarnOnceWithReasonAndRemedyWhenItFallsBack() {
        assertThat(Platforms.choose(null, unfit, log)).isSameAs(portable);
        assertThat(log.lines).containsExactly("WARNING platform portable is in use (slower, one node, normal pages); "
                + "ffm is not available: it is broken; mend it; or accept it with -Dkaelix.platform=portable");
    }

    @Test
    void shouldTakeTheOneThatIsForced() {
        assertThat(Platforms.choose("portable", fit, log)).isSameAs(portable);
        assertThat(log.lines).hasSize(1).allMatch(line -> line.startsWith("DEBUG platform portable"));
    }

    @Test
    void shouldNotFallBackFromTheOneThatIsForced() {
        assertThatExceptionOfType(KaelixException.class).isThrownBy(() -> Platforms.choose("ffm", unfit, log))
                .withMessage("-Dkaelix.platform=ffm asks for a platform that is not available: it is broken; mend it");
        assertThat(log.lines).isEmpty();
    }

    @Test
    void shouldNameThePlatformsThereAreWhenAnUnknownOneIsForced() {
        assertThatExceptionOfType(KaelixException.class).isThrownBy(() -> Platforms.choose("quick", fit, log))
                .withMessage("-Dkaelix.platform=quick names no platform; use ffm or portable, or leave it out for the "
                        + "best that can be had");
    }

    @Test
    void shouldNameTheArtifactOfAPlatformThatIsInNoJar() {
        assertThatExceptionOfType(KaelixException.class).isThrownBy(() -> Platforms.openProvided("jna", List.of()))
                .withMessage("no jar has it; add the artifact io.kaelix:kaelix-jna of this version to the class path or the module path");
    }

    @Test
    void shouldOpenNoProviderOfAnotherName() {
        final PlatformProvider other = new PlatformProvider() {
            @Override
            public String name() {
                return "other";
            }

            @Override
            public NativeCalls bind(final Path libkaelix) {
                throw new AssertionError("nobody asked for it");
            }
        };
        assertThatExceptionOfType(KaelixException.class).isThrownBy(() -> Platforms.openProvided("jna", List.of(other)))
                .withMessageStartingWith("no jar has it");
    }

    @Test
    void shouldBeTheSameEveryTime() {
        assertThat(Platforms.current()).isSameAs(Platforms.current());
    }

    @Test
    void shouldNameTheModuleThatLacksNativeAccess() {
        assertThatExceptionOfType(KaelixException.class)
                .isThrownBy(() -> Platforms.requireNativeAccess(java.sql.Driver.class.getModule()))
                .withMessage("native access is not enabled for the module java.sql; start Java with "
                        + "--enable-native-access=java.sql");
    }
}
