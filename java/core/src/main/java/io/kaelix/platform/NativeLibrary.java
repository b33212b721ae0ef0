// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import io.kaelix.KaelixException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Finds libkaelix and loads it, from the first of these that has it:
 *
 * <ol>
 * <li>the system property {@value #PATH_PROPERTY}: the file, or the folder that holds {@value #FILE}. Whoever sets it
 *     means it: if that file cannot be loaded, no other is tried;
 * <li>each folder of {@code java.library.path};
 * <li>the copy that travels in the jar of the module {@code io.kaelix.natives}, extracted to a {@link LibraryCache} in
 *     {@code $XDG_CACHE_HOME/kaelix} (else {@code ~/.cache/kaelix}), or, if that will not do (read-only, mounted
 *     noexec, not the user's own), in {@code kaelix-<user id>} of the folder for temporary files.
 * </ol>
 */
final class NativeLibrary {

    static final String PATH_PROPERTY = "kaelix.native.path";
    static final String FILE = "libkaelix.so";

    private static final byte[] ELF_MAGIC = {0x7F, 'E', 'L', 'F'};

    private static final String REMEDY = "; name a " + FILE + " for this machine with -D" + PATH_PROPERTY
            + "=<file or folder>, on a file system that is not mounted noexec";

    /**
     * The process around the loader.
     *
     * @param property reads a system property, null if it is not set
     * @param variable reads an environment variable, null if it is not set
     * @param resource opens a resource of the jars, null if there is none
     * @param proc root of the proc file system, which tells the user id
     * @param load loads an absolute path, or throws {@link UnsatisfiedLinkError}
     */
    record Surroundings(UnaryOperator<String> property, UnaryOperator<String> variable,
            Function<String, InputStream> resource, Path proc, Consumer<Path> load) {

        static Surroundings ofThisProcess() {
            final ClassLoader loader = NativeLibrary.class.getClassLoader();
            // META-INF is no package, so a module does not encapsulate it: the class loader finds it on either path.
            // The load is called from this class, whose class loader is the one that the bindings look symbols up in.
            return new Surroundings(System::getProperty, System::getenv, loader::getResourceAsStream, Path.of("/proc"),
                    file -> System.load(file.toString()));
        }
    }

    private final Surroundings around;
    private final List<String> failures = new ArrayList<>();

    NativeLibrary(final Surroundings around) {
        this.around = around;
    }

    /**
     * Loads the library.
     *
     * @return the file that was loaded
     * @throws KaelixException if none can be; one line with what was tried, and the remedy
     */
    Path load() {
        final String named = around.property.apply(PATH_PROPERTY);
        final Path loaded = named != null && !named.isEmpty() ? loadNamed(named) : loadFound();
        if (loaded == null) {
            throw new KaelixException("libkaelix cannot be loaded: " + String.join("; ", failures) + REMEDY);
        }
        return loaded;
    }

    private Path loadNamed(final String named) {
        try {
            final Path path = Path.of(named).toAbsolutePath();
            final Path file = Files.isDirectory(path) ? path.resolve(FILE) : path;
            if (Files.isRegularFile(file)) {
                return tryLoad(file);
            }
            failures.add(PATH_PROPERTY + '=' + named + ": there is no file " + file);
        } catch (final InvalidPathException malformed) {
            failures.add(PATH_PROPERTY + '=' + named + " is no path: " + malformed.getReason());
        }
        return null;
    }

    private Path loadFound() {
        final Path installed = loadInstalled();
        return installed != null ? installed : loadPacked();
    }

    private Path loadInstalled() {
        final String path = around.property.apply("java.library.path");
        for (final String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
            try {
                final Path file = Path.of(folder, FILE).toAbsolutePath();
                if (!folder.isEmpty() && Files.isRegularFile(file)) {
                    final Path loaded = tryLoad(file);
                    if (loaded != null) {
                        return loaded;
                    }
                }
            } catch (final InvalidPathException malformed) {
                failures.add("java.library.path: " + folder + " is no path");
            }
        }
        return null;
    }

    private Path loadPacked() {
        final String name = "META-INF/native/" + target() + '/' + FILE;
        try (InputStream resource = around.resource.apply(name)) {
            if (resource == null) {
                failures.add("no jar has " + name + " (add kaelix-native for this machine)");
                return null;
            }
            final byte[] library = resource.readAllBytes();
            final int user = (Integer) Files.getAttribute(around.proc.resolve("self"), "unix:uid");
            for (final Path folder : cacheFolders(user)) {
                final Path loaded = tryStored(new LibraryCache(folder, user), library);
                if (loaded != null) {
                    return loaded;
                }
            }
        } catch (final IOException | UnsupportedOperationException | IllegalArgumentException unreadable) {
            failures.add(name + " of the jar cannot be extracted: " + oneLine(unreadable));
        }
        return null;
    }

    private List<Path> cacheFolders(final int user) {
        final List<Path> folders = new ArrayList<>();
        final String cache = around.variable.apply("XDG_CACHE_HOME");
        final String home = around.property.apply("user.home");
        // The XDG specification has relative paths ignored; the JVM calls a home that it cannot find '?'.
        if (cache != null && cache.startsWith("/")) {
            folders.add(Path.of(cache, "kaelix"));
        } else if (home != null && home.startsWith("/") && Files.isDirectory(Path.of(home))) {
            // One that is not there (a daemon's, an unmapped user's) is not made: it would be left behind for somebody else.
            folders.add(Path.of(home, ".cache", "kaelix"));
        }
        folders.add(Path.of(around.property.apply("java.io.tmpdir"), "kaelix-" + user).toAbsolutePath());
        return folders;
    }

    private Path tryStored(final LibraryCache cache, final byte[] library) {
        try {
            return tryLoad(cache.store(library));
        } catch (final IOException refused) {
            failures.add(oneLine(refused));
            return null;
        }
    }

    private Path tryLoad(final Path file) {
        try {
            if (isElf(file)) {
                around.load.accept(file);
                return file;
            }
            failures.add(file + ": it is no ELF library");
            return null;
        } catch (final IOException | UnsatisfiedLinkError refused) {
            // Dynamic linker and JVM each put the path in front once more.
            failures.add(file + ": " + oneLine(refused).replace(file + ": ", ""));
            return null;
        }
    }

    /** Asked before the JVM is, which warns on stderr about a file that is none. */
    private static boolean isElf(final Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            return Arrays.equals(ELF_MAGIC, content.readNBytes(ELF_MAGIC.length));
        }
    }

    private String target() {
        final String system = around.property.apply("os.name").toLowerCase(Locale.ROOT).replace(' ', '-');
        final String machine = around.property.apply("os.arch");
        return system + '-' + ("amd64".equals(machine) ? "x86_64" : machine);
    }

    private static String oneLine(final Throwable failure) {
        final String message = failure.getMessage();
        final String kind = failure.getClass().getSimpleName();
        return switch (failure) {
            // These say only a path; what befell it is in their name.
            case FileSystemException bare when bare.getReason() == null -> kind + ": " + message;
            default -> message == null ? kind : message.replaceAll("\\s+", " ");
        };
    }
}
