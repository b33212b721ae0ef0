// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.message;

import io.kaelix.MappedPayload;
import java.nio.file.Path;

/** One reference to bytes of a file. */
final class MappedPayloadHandle extends PayloadHandle implements MappedPayload {

    private final MappedBytes mapped;

    private MappedPayloadHandle(final MappedBytes bytes, final long offset, final long length, final LeakReports reports) {
        super(bytes, offset, length, reports);
        mapped = bytes;
    }

    /** The first one, which takes over the reference that the bytes began with. */
    static MappedPayloadHandle over(final MappedBytes bytes, final LeakReports reports) {
        final MappedPayloadHandle handle = new MappedPayloadHandle(bytes, 0, bytes.length(), reports);
        handle.watchMaybe("mapped");
        return handle;
    }

    @Override
    PayloadHandle another(final long from, final long bytes, final LeakReports reports) {
        return new MappedPayloadHandle(mapped, from, bytes, reports);
    }

    @Override
    public Path file() {
        check();
        return mapped.path();
    }

    @Override
    public long position() {
        check();
        return mapped.position() + offset();
    }

    @Override
    public MappedPayload share() {
        return (MappedPayload) super.share();
    }

    @Override
    public MappedPayload slice(final long from, final long to) {
        return (MappedPayload) super.slice(from, to);
    }
}
