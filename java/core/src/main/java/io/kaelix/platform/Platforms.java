// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.platform;

import io.kaelix.KaelixException;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Chooses the platform that this process uses, once, when it is first asked for.
 *
 * <p>The system property {@value #PROPERTY} forces one by its name; one that is forced and cannot be had is an error.
 * If it is empty or absent, the best that can be had is taken: {@code ffm}, else {@code portable} with one warning that
 * says why. {@code jna} is taken only if it is named: it is in an artifact of its own, and found as a {@link PlatformProvider}.
 */
public final class Platforms {

    /** Names the platform to use. */
    public static final String PROPERTY = "kaelix.platform";

    private static final System.Logger LOG = System.getLogger("io.kaelix.platform");

    private static final String JNA = "jna";

    private static volatile Platform current;

    /**
     * A platform that may be had.
     *
     * @param name as {@value Platforms#PROPERTY} has it
     * @param open makes it, or throws {@link KaelixException} with the reason why it cannot be had here
     */
    record Candidate(String name, Supplier<Platform> open) {
    }

    private Platforms() {
    }

    /**
     * The platform of this process. Keep it in a field; any thread may call this.
     *
     * @throws KaelixException if native access is not enabled, or the platform that is forced cannot be had
     */
    public static Platform current() {
        final Platform chosen = current;
        return chosen != null ? chosen : chooseOnce();
    }

    /**
     * Why the platform in use is not the best there is, in one line, for who looks for what is wrong: it is tried anew. Empty if it is
     * the best, or {@value #PROPERTY} asks for it.
     *
     * @throws KaelixException as {@link #current()}
     */
    public static String missed() {
        final String forced = System.getProperty(PROPERTY);
        if (forced != null && !forced.isEmpty() || !current().name().equals(PortablePlatform.NAME)) {
            return "";
        }
        try {
            FfmPlatform.open(LOG);
            return "";
        } catch (final KaelixException unavailable) {
            return unavailable.getMessage();
        }
    }

    /**
     * Checks that the JVM lets this library call native code and reach native memory, before anything tries: each try
     * would be an exception, or a warning of the JVM on the console.
     *
     * @throws KaelixException if it does not; the message has the option to start Java with
     */
    public static void requireNativeAccess() {
        requireNativeAccess(Platforms.class.getModule());
    }

    /**
     * The same for another module that calls native code.
     *
     * @throws KaelixException if the JVM does not let it; the message has the option to start Java with
     */
    public static void requireNativeAccess(final Module module) {
        if (!module.isNativeAccessEnabled()) {
            final String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
            throw new KaelixException("native access is not enabled for "
                    + (module.isNamed() ? "the module " + name : "the class path")
                    + "; start Java with --enable-native-access=" + name);
        }
    }

    /**
     * Opens the candidate that is forced, or else the first that can be had.
     *
     * @param forced name of a candidate, or null or empty for none
     * @param candidates best first
     * @param log told once which is in use: at WARNING if it is not the best, since somebody may want to do something
     *     about it
     */
    static Platform choose(final String forced, final List<Candidate> candidates, final System.Logger log) {
        if (forced != null && !forced.isEmpty()) {
            return openForced(forced, candidates, log);
        }
        final StringBuilder missed = new StringBuilder();
        for (final Candidate candidate : candidates) {
            try {
                final Platform platform = candidate.open.get();
                tell(platform, missed, log);
                return platform;
            } catch (final KaelixException unavailable) {
                missed.append(candidate.name).append(" is not available: ").append(unavailable.getMessage())
                        .append("; ");
            }
        }
        throw new KaelixException("no platform can be had: " + missed);
    }

    private static Platform openForced(final String forced, final List<Candidate> candidates, final System.Logger log) {
        for (final Candidate candidate : candidates) {
            if (candidate.name.equals(forced)) {
                try {
                    final Platform platform = candidate.open.get();
                    log.log(System.Logger.Level.DEBUG, "platform {0}, kernels {1}: -D{2} asks for it", platform.name(),
                            platform.kernels().isa().label(), PROPERTY);
                    return platform;
                } catch (final KaelixException unavailable) {
                    throw new KaelixException("-D" + PROPERTY + '=' + forced
                            + " asks for a platform that is not available: " + unavailable.getMessage(), unavailable);
                }
            }
        }
        throw new KaelixException("-D" + PROPERTY + '=' + forced + " names no platform; use "
                + candidates.stream().map(Candidate::name).collect(Collectors.joining(" or "))
                + ", or leave it out for the best that can be had");
    }

    private static void tell(final Platform platform, final StringBuilder missed, final System.Logger log) {
        if (missed.isEmpty()) {
            log.log(System.Logger.Level.DEBUG, "platform {0}, kernels {1}: the best there is", platform.name(),
                    platform.kernels().isa().label());
        } else {
            log.log(System.Logger.Level.WARNING, "platform {0} is in use (slower, one node, normal pages); {1}"
                    + "or accept it with -D{2}={0}", platform.name(), missed, PROPERTY);
        }
    }

    private static synchronized Platform chooseOnce() {
        if (current == null) {
            requireNativeAccess();
            // SYNC: the volatile store publishes the platform to the read in current().
            current = choose(System.getProperty(PROPERTY), candidates(System.getProperty(PROPERTY)), LOG);
        }
        return current;
    }

    /** Best first; with the one that is never chosen unless it is named only if one is named. */
    private static List<Candidate> candidates(final String forced) {
        final Candidate ffm = new Candidate(FfmPlatform.NAME, () -> FfmPlatform.open(LOG));
        final Candidate portable = new Candidate(PortablePlatform.NAME, () -> new PortablePlatform(ProcessStatus.ofThisProcess()));
        return forced == null || forced.isEmpty()
                ? List.of(ffm, portable)
                : List.of(ffm, new Candidate(JNA, () -> openProvided(JNA, providers())), portable);
    }

    private static Iterable<PlatformProvider> providers() {
        // By the loader of this class: an application's context loader may not see what lies beside this library.
        return ServiceLoader.load(PlatformProvider.class, Platforms.class.getClassLoader());
    }

    static Platform openProvided(final String name, final Iterable<PlatformProvider> providers) {
        try {
            for (final PlatformProvider provider : providers) {
                if (provider.name().equals(name)) {
                    return ProvidedPlatform.open(provider);
                }
            }
        } catch (final ServiceConfigurationError unusable) {
            throw new KaelixException("the platform " + name + " cannot be loaded: " + unusable.getMessage(), unusable);
        }
        throw new KaelixException("no jar has it; add the artifact io.kaelix:kaelix-" + name
                + " of this version to the class path or the module path");
    }
}
