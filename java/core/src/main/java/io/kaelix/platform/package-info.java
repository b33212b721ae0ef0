// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * The only native door of the library: memory where it should be, threads where they should be, kernels over batches.
 *
 * <pre>
 *   other rooms ──► Platforms.current() ──► Platform
 *                                             ├── FfmPlatform ──► NativeCalls ──► FfmCalls ──► generated bindings ──► libkaelix.so
 *                     Arguments,              │     ├── FfmKernels      (critical calls, batches only)
 *                     MappingReason           │     └── NumaTopology    (/sys and /proc; LibNuma is its second witness)
 *                                             ├── PortablePlatform ──► JavaKernels
 *                                             └── ProvidedPlatform: places memory and threads as FfmPlatform does, by the NativeCalls of a
 *                                                   PlatformProvider (artifact kaelix-jna); the rest is PortablePlatform's
 *
 *   FfmPlatform.open:  NativeLibrary (which file) ──► LibraryCache (a safe copy) ──► Abi (is it the right one)
 * </pre>
 *
 * <p><b>One choice, once.</b> {@link io.kaelix.platform.Platforms} takes the platform that is forced by the system
 * property {@code kaelix.platform}, or the best that can be had. A fallback is one warning with its reason and remedy;
 * the normal case is silent (DEBUG). Native access is required before anything else, on every platform, since ring
 * memory is reached by address: its absence is one clear exception and never a warning of the JVM.
 *
 * <p><b>A result, not an exception.</b> What the machine lacks (hugepages, nodes, permission to pin) is told in the
 * result: {@link io.kaelix.platform.MappedMemory#reason} names what was obtained, why each better rung was not, and
 * what to do about it; {@link io.kaelix.platform.topology.NumaTopology#unknowns} says what the kernel does not tell; {@link
 * io.kaelix.platform.Platform#pin} returns the CPUs that the thread may really use. An exception means that a request
 * cannot be served at all.
 *
 * <p><b>What makes it safe.</b>
 * <ul>
 * <li>Arguments are checked once, in Java, right above the call. C checks the contract of its header, not our sizes.
 * <li>Before the first call, the library must state the ABI version and the struct layouts that the bindings were made
 * for.
 * <li>Only memory that was mapped here, and not yet unmapped, is ever given back to the kernel.
 * <li>A critical call holds up a safepoint: only kernels are critical, on bounded input, and never a system call.
 * <li>Code is loaded only from files that the user named or installed, or from a folder that nobody else can write.
 * </ul>
 *
 * <p><b>Naming.</b> A class named {@code Ffm…} calls libkaelix, {@code Java…} and {@code Portable…} call nothing. The
 * bindings keep the names of C.
 */
package io.kaelix.platform;
