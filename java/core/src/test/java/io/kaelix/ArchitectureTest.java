// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.kaelix.memory.NativeMemory;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Which room may use which, as the design's table has it; the table is closed: a new room states its neighbours here. */
class ArchitectureTest {

    private static final String ROOT = "io.kaelix";

    /** Of {@code io.kaelix.engine}: every room. */
    private static final Set<String> ALL = Set.of("net", "stream", "runtime", "numa", "lane", "message", "memory", "telemetry",
            "config", "platform", "shared");

    /** What each room may use, besides itself and the API, whose room is the empty name. */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("", Set.of()),
            Map.entry("engine", ALL),
            // It reaches the engine as users do.
            Map.entry("launch", Set.of("runtime", "numa", "memory", "telemetry", "config", "platform", "shared")),
            Map.entry("net", Set.of("lane", "message", "stream", "memory", "runtime", "config", "telemetry")),
            Map.entry("stream", Set.of("lane", "message", "memory", "telemetry")),
            Map.entry("runtime", Set.of("numa", "memory", "telemetry", "platform")),
            Map.entry("numa", Set.of("lane", "memory", "platform")),
            Map.entry("lane", Set.of("message", "memory", "telemetry")),
            Map.entry("message", Set.of("memory", "platform")),
            Map.entry("memory", Set.of("platform", "telemetry")),
            Map.entry("shared", Set.of("memory", "platform", "telemetry")),
            Map.entry("telemetry", Set.of("platform")),
            Map.entry("config", Set.of()),
            // The generated bindings are part of it: nobody else may know them.
            Map.entry("platform", Set.of()));

    private static final JavaClasses CLASSES = importMainClasses();

    /** Those that {@link MemoryStreamer} lies among: no tests, no libraries. */
    private static JavaClasses importMainClasses() {
        try {
            return new ClassFileImporter()
                    .importPath(Path.of(MemoryStreamer.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
        } catch (final URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String room(final JavaClass type) {
        final String name = type.getPackageName();
        return name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1).split("\\.")[0];
    }

    private static boolean isOurs(final JavaClass type) {
        return type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + ".");
    }

    @Test
    void shouldUseOnlyTheRoomsThatTheTableAllows() {
        final Set<String> violations = new TreeSet<>();
        for (final JavaClass type : CLASSES) {
            assertThat(isOurs(type)).as("%s lies outside of %s", type.getName(), ROOT).isTrue();
            assertThat(MAY_USE).as("room of %s", type.getName()).containsKey(room(type));
            for (final Dependency dependency : type.getDirectDependenciesFromSelf()) {
                final JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (isOurs(target) && !room(target).isEmpty() && !room(target).equals(room(type))
                        && !MAY_USE.get(room(type)).contains(room(target))) {
                    violations.add(dependency.getDescription());
                }
            }
        }
        assertThat(violations).isEmpty();
        assertThat(CLASSES.stream().map(ArchitectureTest::room)).contains("", "engine", "lane", "message", "memory", "platform");
    }

    @Test
    void shouldHideTheBindingsBehindThePlatform() {
        noClasses().that().resideOutsideOfPackage("io.kaelix.platform..")
                .should().dependOnClassesThat().resideInAPackage("io.kaelix.platform.bindings..").check(CLASSES);
    }

    @Test
    void shouldCallNativeCodeThroughThePlatformAlone() {
        noClasses().that().resideOutsideOfPackage("io.kaelix.platform..")
                .should().dependOnClassesThat().belongToAnyOf(Linker.class, SymbolLookup.class).check(CLASSES);
        noClasses().that().resideOutsideOfPackage("io.kaelix.platform..")
                .should().callMethod(System.class, "loadLibrary", String.class)
                .orShould().callMethod(System.class, "load", String.class).check(CLASSES);
    }

    @Test
    void shouldReachNativeMemoryFromTheDataPathAlone() {
        noClasses().that().resideOutsideOfPackages("io.kaelix.memory..", "io.kaelix.lane..", "io.kaelix.stream..",
                        "io.kaelix.message..", "io.kaelix.telemetry..")
                .should().dependOnClassesThat().belongToAnyOf(NativeMemory.class).check(CLASSES);
        noClasses().that().resideOutsideOfPackages("io.kaelix.memory..", "io.kaelix.platform..")
                .should().callMethod(MemorySegment.class, "reinterpret", long.class).check(CLASSES);
    }

    @Test
    void shouldHaveNoCircles() {
        slices().matching("io.kaelix.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void shouldUseNothingThatTheJvmWarnsAbout() {
        noClasses().should().dependOnClassesThat().resideInAnyPackage("sun..", "jdk.internal..", "com.sun..").check(CLASSES);
    }

    @Test
    void shouldLogThroughSystemLoggerAlone() {
        noClasses().should().dependOnClassesThat().resideInAnyPackage("org.slf4j..").check(CLASSES);
        // Levels are set where they are kept; it logs nothing there.
        noClasses().that().haveNameNotMatching("io\\.kaelix\\.launch\\.LogLevel(\\$.*)?")
                .should().dependOnClassesThat().resideInAnyPackage("java.util.logging..").check(CLASSES);
        // The generated bindings can trace to the console; nothing that is ours does.
        noClasses().that().resideOutsideOfPackage("io.kaelix.platform.bindings..").should().accessField(System.class, "out")
                .orShould().accessField(System.class, "err").check(CLASSES);
    }

    @Test
    void shouldTellTheFlightRecorderThroughTelemetryAlone() {
        // The module may be absent: who would use it elsewhere would have to ask for that there, too.
        noClasses().that().resideOutsideOfPackage("io.kaelix.telemetry").should().dependOnClassesThat().resideInAPackage("jdk.jfr..")
                .check(CLASSES);
    }

    @Test
    void shouldNameThingsForWhatTheyAre() {
        noClasses().should().haveNameMatching(".*(Utils?|Manager|Helper|Impl|Data|Info)(\\$.*)?").check(CLASSES);
    }

    @Test
    void shouldShowUsersInterfacesAndValuesAlone() {
        final Set<String> others = new TreeSet<>();
        for (final JavaClass type : CLASSES) {
            // A set of CPUs is a value whose components are its own affair.
            if (room(type).isEmpty() && type.getModifiers().contains(JavaModifier.PUBLIC) && !type.isInterface() && !type.isRecord()
                    && !type.isEnum() && !type.isAssignableTo(RuntimeException.class)
                    && !type.getName().equals(CpuSet.class.getName())) {
                others.add(type.getName());
            }
        }
        assertThat(others).isEmpty();
    }
}
