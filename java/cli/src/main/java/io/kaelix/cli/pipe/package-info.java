// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * Streams in pipes: what {@code kaelix pub} and {@code kaelix sub} do between standard input or output and an {@link
 * io.kaelix.cli.pipe.Exchange}, which is a server, a directory, or in tests a streamer.
 *
 * <pre>
 *   lines ──► LineReader ──► LinePublisher ──► Exchange ──► MessagePrinter ──► MessageFormat ──► BlockOutput ──► lines
 * </pre>
 */
package io.kaelix.cli.pipe;
