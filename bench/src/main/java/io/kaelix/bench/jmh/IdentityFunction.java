// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.jmh;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;

/** {@code int64_t kaelix_bench_identity(int64_t)} of {@code bench/jni}, which returns its argument, through each door that Java has. */
final class IdentityFunction {

    private static final String LIBRARY = "libkaelix-bench-jni.so";
    private static final String SYMBOL = "kaelix_bench_identity";
    private static final FunctionDescriptor TYPE = FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);

    static final MethodHandle FFM;
    static final MethodHandle FFM_CRITICAL;
    static final JnaInterface JNA_INTERFACE;

    static {
        final Path library = library();
        System.load(library.toString());
        final MemorySegment symbol = SymbolLookup.loaderLookup().find(SYMBOL).orElseThrow();
        FFM = Linker.nativeLinker().downcallHandle(symbol, TYPE);
        FFM_CRITICAL = Linker.nativeLinker().downcallHandle(symbol, TYPE, Linker.Option.critical(false));
        JNA_INTERFACE = Native.load(library.toString(), JnaInterface.class);
    }

    private IdentityFunction() {
    }

    /** Through the shim in the same library: what JNI calls has to have a name and arguments of JNI's. */
    static native long jni(long value);

    /** JNA by a proxy: each call looks the function up and boxes its arguments. */
    interface JnaInterface extends Library {

        long kaelix_bench_identity(long value);
    }

    /** JNA by a native method that JNA has bound to the function, without a proxy. */
    static final class JnaDirect {

        static {
            Native.register(JnaDirect.class, library().toString());
        }

        private JnaDirect() {
        }

        static native long kaelix_bench_identity(long value);
    }

    /** Built next to this class. */
    private static Path library() {
        final URL resource = IdentityFunction.class.getResource(LIBRARY);
        if (resource == null || !resource.getProtocol().equals("file")) {
            throw new IllegalStateException(LIBRARY + " is not beside the classes (" + (resource == null ? "nowhere" : resource)
                    + "): build it with 'mvn -DskipTests package -pl bench -am' and run from bench/target/classes");
        }
        try {
            return Path.of(new URI(resource.toString()));
        } catch (final URISyntaxException e) {
            throw new IllegalStateException(resource + " is no path", e);
        }
    }
}
