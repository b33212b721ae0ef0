// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.shared;

import java.io.IOException;
import java.nio.file.Path;

/** A process that hangs in the middle of a change of a directory. */
final class LockHolder {

    private LockHolder() {
    }

    public static void main(final String[] args) throws IOException {
        final SharedDirectory directory = SharedDirectory.attach(Path.of(args[0]), 12288);
        directory.lock();
        directory.begin();
        System.out.println("locked");
        System.out.flush();
        System.in.read();
    }
}
