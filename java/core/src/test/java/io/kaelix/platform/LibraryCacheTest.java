// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryCacheTest {

    private static final byte[] LIBRARY = "code".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path root;

    private Path folder;
    private int user;
    private LibraryCache cache;

    @BeforeEach
    void makeACacheThatHasNoFolderYet() throws IOException {
        folder = root.resolve("cache/kaelix");
        user = (Integer) Files.getAttribute(root, "unix:uid");
        cache = new LibraryCache(folder, user);
    }

    private void assertRefused(final String why) throws IOException {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> cache.store(LIBRARY))
                .withMessage(folder + " is not used, because it " + why);
    }

    @Test
    void shouldStoreInAFolderOfTheUserAlone() throws IOException {
        final Path copy = cache.store(LIBRARY);
        assertThat(copy).hasParent(folder).hasBinaryContent(LIBRARY);
        assertThat(copy.getFileName().toString()).matches("libkaelix-[0-9a-f]{16}\\.so");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder))).isEqualTo("rwx------");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(copy);
        }
    }

    @Test
    void shouldKeepACopyThatIsIntact() throws IOException {
        final Object first = Files.readAttributes(cache.store(LIBRARY), "unix:ino,ctime");
        assertThat(Files.readAttributes(cache.store(LIBRARY), "unix:ino,ctime")).isEqualTo(first);
    }

    @Test
    void shouldKeepOtherVersionsApart() throws IOException {
        final Path first = cache.store(LIBRARY);
        final byte[] other = "other code".getBytes(StandardCharsets.UTF_8);
        assertThat(cache.store(other)).isNotEqualTo(first).hasBinaryContent(other);
        assertThat(first).hasBinaryContent(LIBRARY);
    }

    @Test
    void shouldReplaceACopyThatWasTamperedWith() throws IOException {
        final Path copy = cache.store(LIBRARY);
        Files.writeString(copy, "Code");
        assertThat(cache.store(LIBRARY)).isEqualTo(copy).hasBinaryContent(LIBRARY);
        Files.writeString(copy, "");
        assertThat(cache.store(LIBRARY)).isEqualTo(copy).hasBinaryContent(LIBRARY);
    }

    @Test
    void shouldReplaceACopyThatOthersCanWrite() throws IOException {
        final Path copy = cache.store(LIBRARY);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(cache.store(LIBRARY)).isEqualTo(copy);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy))).isEqualTo("rw-------");
    }

    @Test
    void shouldReplaceALinkInPlaceOfTheCopyAndLeaveItsTargetAlone() throws IOException {
        final Path copy = cache.store(LIBRARY);
        final Path target = Files.writeString(root.resolve("target"), "precious");
        Files.delete(copy);
        Files.createSymbolicLink(copy, target);
        assertThat(cache.store(LIBRARY)).isEqualTo(copy).hasBinaryContent(LIBRARY);
        assertThat(copy).matches(path -> !Files.isSymbolicLink(path));
        assertThat(target).hasContent("precious");
    }

    @Test
    void shouldRefuseAFolderThatOthersCanWrite() throws IOException {
        Files.createDirectories(folder);
        for (final String open : List.of("rwxrwx---", "rwx----w-", "rwxrwxrwx")) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(open));
            assertRefused("can be written by others (" + open + "): chmod 700 it");
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void shouldUseAFolderThatOthersCanOnlyRead() throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(cache.store(LIBRARY)).hasBinaryContent(LIBRARY);
    }

    @Test
    void shouldRefuseALinkInPlaceOfTheFolder() throws IOException {
        final Path elsewhere = Files.createDirectories(root.resolve("elsewhere"));
        Files.createDirectories(folder.getParent());
        Files.createSymbolicLink(folder, elsewhere);
        assertRefused("is a symbolic link");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void shouldRefuseAFolderOfSomebodyElse() throws IOException {
        Files.createDirectories(folder);
        cache = new LibraryCache(folder, user + 1);
        assertRefused("is owned by user " + user + ", not " + (user + 1));
    }

    @Test
    void shouldRefuseAFileInPlaceOfTheFolder() throws IOException {
        Files.createDirectories(folder.getParent());
        Files.writeString(folder, "");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rw-------"));
        assertRefused("is no folder");
    }

    @Test
    void shouldLetManyStoreTheSameCopyAtOnce() throws Exception {
        final byte[] large = new byte[1 << 20];
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            final List<Future<Path>> copies = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                copies.add(threads.submit(() -> assertThat(cache.store(large)).hasBinaryContent(large).actual()));
            }
            for (final Future<Path> copy : copies) {
                assertThat(copy.get()).isEqualTo(copies.getFirst().get());
            }
        }
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }
}
