// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** Reads from artifacts which version they are, so that a report names what ran and not what was meant to. */
public final class Versions {

    /** What stands for the version of classes that lie about unpackaged. */
    static final String UNKNOWN = "unknown";

    private Versions() {
    }

    /** Version of the artifact that a class is from; of the JDK for its own. The class is not initialised. */
    public static String of(final Class<?> type) {
        final CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null) {
            return Runtime.version().toString();
        }
        try {
            final Path location = Path.of(source.getLocation().toURI());
            return Files.isDirectory(location) ? ofClasses(location) : ofJar(location);
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot read the version of " + type.getName() + " from " + source.getLocation(), e);
        } catch (final URISyntaxException e) {
            throw new IllegalStateException("the class path has an entry that is no file: " + source.getLocation(), e);
        }
    }

    private static String ofJar(final Path path) throws IOException {
        try (JarFile jar = new JarFile(path.toFile())) {
            final JarEntry properties = jar.stream()
                    .filter(entry -> entry.getName().startsWith("META-INF/maven/") && entry.getName().endsWith("/pom.properties"))
                    .findFirst().orElse(null);
            if (properties != null) {
                try (InputStream in = jar.getInputStream(properties)) {
                    return ofProperties(in);
                }
            }
            if (jar.getManifest() == null) {
                return UNKNOWN;
            }
            final Attributes attributes = jar.getManifest().getMainAttributes();
            final String implementation = attributes.getValue(Attributes.Name.IMPLEMENTATION_VERSION);
            final String version = implementation == null ? attributes.getValue("Bundle-Version") : implementation;
            return version == null ? UNKNOWN : version;
        }
    }

    /** Maven leaves the properties beside target/classes when it packages them. */
    private static String ofClasses(final Path classes) throws IOException {
        final Path properties = classes.resolveSibling("maven-archiver").resolve("pom.properties");
        if (!Files.exists(properties)) {
            return UNKNOWN;
        }
        try (InputStream in = Files.newInputStream(properties)) {
            return ofProperties(in);
        }
    }

    private static String ofProperties(final InputStream in) throws IOException {
        final Properties properties = new Properties();
        properties.load(in);
        return properties.getProperty("version", UNKNOWN);
    }
}
