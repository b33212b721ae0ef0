// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrailTest {

    @TempDir
    private Path made;
    private Path folder;

    @BeforeEach
    void leaveNoSymlinkAbove() throws IOException {
        folder = made.toRealPath();
    }

    private static Map<Path, Set<String>> names(final Trail trail) {
        final Map<Path, Set<String>> names = new TreeMap<>();
        trail.folders().values().forEach(each -> names.put(each.path(), each.names()));
        return names;
    }

    @Test
    void shouldKnowTheFolderOfAFile() throws IOException {
        final Path file = Files.writeString(folder.resolve("kaelix.toml"), "x");

        final Trail trail = Trail.of(file);

        assertThat(names(trail)).isEqualTo(Map.of(folder, Set.of("kaelix.toml")));
        assertThat(trail.end()).isEqualTo(file);
        assertThat(trail.stamp().size()).isEqualTo(1);
    }

    @Test
    void shouldGoThroughSymlinksOfAConfigMap() throws IOException {
        final Path version = Files.createDirectory(folder.resolve("..2026_11_26"));
        final Path real = Files.writeString(version.resolve("kaelix.toml"), "x");
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_11_26"));
        final Path file = Files.createSymbolicLink(folder.resolve("kaelix.toml"), Path.of("..data/kaelix.toml"));

        final Trail trail = Trail.of(file);

        assertThat(names(trail)).isEqualTo(Map.of(folder, Set.of("kaelix.toml", "..data"), version, Set.of("kaelix.toml")));
        assertThat(trail.end()).isEqualTo(real);
    }

    @Test
    void shouldGoThroughSymlinksOfFoldersAbsoluteOnesAndDots() throws IOException {
        final Path release = Files.createDirectories(folder.resolve("releases/2.1"));
        final Path real = Files.writeString(release.resolve("real.toml"), "x");
        Files.createSymbolicLink(folder.resolve("current"), release);
        Files.createSymbolicLink(release.resolve("kaelix.toml"), Path.of("../2.1/./real.toml"));

        final Trail trail = Trail.of(folder.resolve("releases/../current/kaelix.toml"));

        assertThat(names(trail)).isEqualTo(Map.of(folder, Set.of("current"), release, Set.of("kaelix.toml", "real.toml")));
        assertThat(trail.end()).isEqualTo(real);
    }

    @Test
    void shouldEndWhereSomethingIsMissing() throws IOException {
        assertThat(names(Trail.of(folder.resolve("kaelix.toml")))).isEqualTo(Map.of(folder, Set.of("kaelix.toml")));
        assertThat(names(Trail.of(folder.resolve("a/b/kaelix.toml")))).isEqualTo(Map.of(folder, Set.of("a")));
        Files.writeString(folder.resolve("file"), "no folder");
        assertThat(names(Trail.of(folder.resolve("file/kaelix.toml")))).isEmpty();
        assertThat(Trail.of(folder.resolve("kaelix.toml")).end()).isNull();
        assertThat(Trail.of(folder.resolve("kaelix.toml")).stamp()).isNull();
    }

    @Test
    void shouldGiveUpOnSymlinksInACircle() throws IOException {
        final Path one = folder.resolve("one");
        Files.createSymbolicLink(one, Path.of("two"));
        Files.createSymbolicLink(folder.resolve("two"), Path.of("one"));

        final Trail trail = Trail.of(one);

        assertThat(names(trail)).isEqualTo(Map.of(folder, Set.of("one", "two")));
        assertThat(trail.end()).isNull();
    }

    @Test
    void shouldTellAnotherWayFromAnotherFile() throws IOException {
        final Path file = Files.writeString(folder.resolve("kaelix.toml"), "x");
        final Trail before = Trail.of(file);
        Files.writeString(file, "longer");
        final Trail written = Trail.of(file);
        Files.delete(file);

        assertThat(written.isWayOf(before)).isTrue();
        assertThat(written.stamp()).isNotEqualTo(before.stamp());
        assertThat(Trail.of(file).isWayOf(before)).isFalse();
    }

    @Test
    void shouldKnowAFileByARelativePath() {
        final Path relative = Path.of("no such file.toml");

        assertThat(names(Trail.of(relative)).values()).containsExactly(Set.of("no such file.toml"));
    }
}
