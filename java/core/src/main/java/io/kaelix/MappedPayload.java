// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix;

import java.nio.file.Path;

/**
 * A file, or a part of one, as a payload: its pages are those of the file, read when somebody reads the message.
 *
 * {@snippet :
 * try (MappedPayload film = Payload.map(java.nio.file.Path.of("film.mp4"), 4096, 8192)) {
 *     publisher.offer(film);
 * }
 * }
 *
 * <p>It may be longer than a message; {@link #slice} it to send it. It is never written.
 *
 * <p><b>The file must not become shorter</b> while it is mapped, nor be written by others: to replace it, write another one and rename
 * that. Where this library copies bytes of a file that was cut, it throws a {@link KaelixException} that names it: in
 * {@link Message#copyTo}, {@link Message#toByteArray} and {@link Message#asString}, in an offer that copies, and out of a poll whose
 * handler read there by other ways. Who reads a segment of it himself, or numbers out of a retained message, gets Java's
 * {@link InternalError}, or zeros. The JVM does not crash.
 */
public interface MappedPayload extends Payload {

    /** The file. */
    Path file();

    /** Offset in the file of the first byte. */
    long position();

    @Override
    MappedPayload share();

    @Override
    MappedPayload slice(long from, long to);

    /** What {@link Payload#map} finds as a service: implemented by the library, of no use to others. */
    interface Mapper {

        /** Maps a whole file. */
        MappedPayload map(Path file);

        /** Maps a part. */
        MappedPayload map(Path file, long from, long to);
    }
}
