// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * The platform {@code jna}: places memory and threads by libkaelix, called through JNA.
 *
 * <pre>
 *   Platforms ──ServiceLoader──► JnaPlatformProvider ──► JnaCalls ──► Libkaelix (native methods that JNA binds) ──► libkaelix.so
 * </pre>
 *
 * <p>For who must not, or does not want to, make downcalls through the Foreign Function and Memory API: memory is mapped and bound, threads
 * are pinned as ever, at several times the price of a call (the benchmark of downcalls has the figures). None of these calls is made for a
 * message. Kernels over batches run in plain Java.
 *
 * <p>JNA is native code of its own: a JVM of 24 or newer asks for {@code --enable-native-access} for it, too.
 */
package io.kaelix.jna;
