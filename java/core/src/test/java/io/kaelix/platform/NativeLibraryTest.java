// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kaelix.KaelixException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {

    private static final byte[] PACKED = "\177ELF: not really a library".getBytes(StandardCharsets.UTF_8);
    private static final String RESOURCE = "META-INF/native/linux-x86_64/libkaelix.so";

    @TempDir
    private Path root;

    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, String> variables = new HashMap<>();
    private final Map<String, byte[]> resources = new HashMap<>();
    private final List<Path> tried = new ArrayList<>();
    private Predicate<Path> loadable = file -> true;

    @BeforeEach
    void describeAProcess() throws IOException {
        Files.createDirectory(root.resolve("home"));
        properties.put("os.name", "Linux");
        properties.put("os.arch", "amd64");
        properties.put("user.home", root.resolve("home").toString());
        properties.put("java.io.tmpdir", root.resolve("tmp").toString());
        properties.put("java.library.path", "/nonexistent::" + root.resolve("lib"));
        resources.put(RESOURCE, PACKED);
    }

    private Path load() {
        final NativeLibrary.Surroundings around = new NativeLibrary.Surroundings(properties::get, variables::get,
                name -> resources.containsKey(name) ? new ByteArrayInputStream(resources.get(name)) : null,
                Path.of("/proc"), file -> {
                    tried.add(file);
                    if (!loadable.test(file)) {
                        throw new UnsatisfiedLinkError(file + ": failed to map\n segment from shared object");
                    }
                });
        return new NativeLibrary(around).load();
    }

    private String failure() {
        final String[] message = new String[1];
        assertThatExceptionOfType(KaelixException.class).isThrownBy(this::load)
                .satisfies(e -> message[0] = e.getMessage());
        assertThat(message[0]).startsWith("libkaelix cannot be loaded: ").doesNotContain("\n")
                .contains("-Dkaelix.native.path=<file or folder>");
        return message[0];
    }

    private Path install(final String folder) throws IOException {
        final Path file = root.resolve(folder).resolve("libkaelix.so");
        Files.createDirectories(file.getParent());
        return Files.write(file, PACKED);
    }

    private Path temporaryFolder() throws IOException {
        return root.resolve("tmp/kaelix-" + Files.getAttribute(root, "unix:uid"));
    }

    // ---- order ----

    @Test
    void shouldLoadTheFileThatThePropertyNames() throws IOException {
        install("lib");
        final Path file = Files.write(root.resolve("mine.so"), PACKED);
        properties.put("kaelix.native.path", file.toString());
        assertThat(load()).isEqualTo(file);
        assertThat(tried).containsExactly(file);
    }

    @Test
    void shouldLoadFromTheFolderThatThePropertyNames() throws IOException {
        final Path file = install("mine");
        properties.put("kaelix.native.path", file.getParent().toString());
        assertThat(load()).isEqualTo(file);
    }

    @Test
    void shouldTryNothingElseWhenTheNamedFileIsMissing() throws IOException {
        install("lib");
        properties.put("kaelix.native.path", root.resolve("missing").toString());
        assertThat(failure()).contains("there is no file " + root.resolve("missing"));
        assertThat(tried).isEmpty();
    }

    @Test
    void shouldTryNothingElseWhenTheNamedFileCannotBeLoaded() throws IOException {
        install("lib");
        final Path file = install("mine");
        properties.put("kaelix.native.path", file.toString());
        loadable = path -> !path.equals(file);
        assertThat(failure()).containsOnlyOnce(file + ": ").contains(": failed to map segment from shared object;");
    }

    @Test
    void shouldExplainAPropertyThatIsNoPath() {
        properties.put("kaelix.native.path", "a\0b");
        assertThat(failure()).contains("is no path");
    }

    @Test
    void shouldPreferTheLibraryPathToTheJar() throws IOException {
        final Path file = install("lib");
        properties.put("kaelix.native.path", "");
        assertThat(load()).isEqualTo(file);
    }

    @Test
    void shouldFallBackToTheJarWhenTheInstalledOneCannotBeLoaded() throws IOException {
        final Path file = install("lib");
        loadable = path -> !path.equals(file);
        assertThat(load()).startsWith(root.resolve("home/.cache/kaelix"));
        assertThat(tried).hasSize(2).startsWith(file);
    }

    @Test
    void shouldNameTheResourceThatNoJarHas() {
        properties.put("os.arch", "riscv64");
        assertThat(failure()).contains("no jar has META-INF/native/linux-riscv64/libkaelix.so");
    }

    // ---- extraction ----

    @Test
    void shouldExtractToAFolderOfTheUserAlone() throws IOException {
        final Path copy = load();
        assertThat(copy.getParent()).isEqualTo(root.resolve("home/.cache/kaelix"));
        assertThat(copy.getFileName().toString()).matches("libkaelix-[0-9a-f]{16}\\.so");
        assertThat(Files.readAllBytes(copy)).isEqualTo(PACKED);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy.getParent())))
                .isEqualTo("rwx------");
        try (var files = Files.list(copy.getParent())) {
            assertThat(files).containsExactly(copy);
        }
    }

    @Test
    void shouldFollowTheXdgVariable() {
        variables.put("XDG_CACHE_HOME", root.resolve("xdg").toString());
        assertThat(load().getParent()).isEqualTo(root.resolve("xdg/kaelix"));
    }

    @Test
    void shouldIgnoreAnXdgVariableThatIsRelative() {
        variables.put("XDG_CACHE_HOME", "xdg");
        assertThat(load().getParent()).isEqualTo(root.resolve("home/.cache/kaelix"));
    }

    @Test
    void shouldUseTheTemporaryFolderWhereThereIsNoHome() throws IOException {
        properties.put("user.home", "?");
        assertThat(load().getParent()).isEqualTo(temporaryFolder());
    }

    @Test
    void shouldNotMakeAHomeThatIsNotThere() throws IOException {
        Files.delete(root.resolve("home"));
        assertThat(load().getParent()).isEqualTo(temporaryFolder());
        assertThat(root.resolve("home")).doesNotExist();
    }

    @Test
    void shouldNotUseAFolderThatOthersCanWrite() throws IOException {
        final Path folder = Files.createDirectories(root.resolve("home/.cache/kaelix"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(load().getParent()).isEqualTo(temporaryFolder());
        assertThat(folder).isEmptyDirectory();
        loadable = path -> false;
        assertThat(failure())
                .contains(folder + " is not used, because it can be written by others (rwxrwxrwx): chmod 700 it");
    }

    @Test
    void shouldTryTheNextFolderWhenOneIsMountedNoexec() throws IOException {
        loadable = path -> !path.startsWith(root.resolve("home"));
        assertThat(load().getParent()).isEqualTo(temporaryFolder());
        assertThat(tried).hasSize(2);
    }

    @Test
    void shouldTellEveryFolderThatWasTriedWhenNoneWillDo() throws IOException {
        loadable = path -> false;
        assertThat(failure()).contains(root.resolve("home/.cache/kaelix").toString())
                .contains(temporaryFolder().toString()).contains("failed to map segment").contains("noexec");
    }

    @Test
    void shouldTellWhyAFolderCannotBeMade() throws IOException {
        Files.writeString(root.resolve("home/.cache"), "a file in the way");
        Files.writeString(root.resolve("tmp"), "a file in the way");
        assertThat(failure()).contains("home");
        assertThat(tried).isEmpty();
    }

    // ---- the real loader ----

    private String realFailure(final Path named) {
        properties.put("kaelix.native.path", named.toString());
        final NativeLibrary library = new NativeLibrary(new NativeLibrary.Surroundings(properties::get, variables::get,
                name -> null, Path.of("/proc"), NativeLibrary.Surroundings.ofThisProcess().load()));
        final String[] message = new String[1];
        assertThatExceptionOfType(KaelixException.class).isThrownBy(library::load)
                .satisfies(e -> message[0] = e.getMessage());
        return message[0];
    }

    @Test
    void shouldNotHandTheJvmAFileThatIsNoLibrary() throws IOException {
        final Path file = Files.writeString(root.resolve("text.so"), "some text");
        assertThat(realFailure(file)).contains(file + ": it is no ELF library").contains("-Dkaelix.native.path");
        assertThat(realFailure(Files.writeString(root.resolve("empty.so"), ""))).contains("it is no ELF library");
    }

    @Test
    void shouldSayWhatTheSystemSaysOfALibraryForAnotherMachine() throws IOException {
        final byte[] foreign = Files.readAllBytes(Path.of(System.getProperty("java.home"), "lib", "libjsig.so"));
        final int machine = 18; // offset of e_machine in the ELF header
        foreign[machine] = 2; // SPARC
        foreign[machine + 1] = 0;
        final Path file = Files.write(root.resolve("foreign.so"), foreign);
        assertThat(realFailure(file)).contains(file.toString()).doesNotContain("\n").contains("-Dkaelix.native.path");
    }
}
