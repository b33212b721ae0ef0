// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * A connection that is encrypted by TLS 1.3.
 *
 * <pre>
 *            read                                     write
 *   into ◄── unwrap ◄── in ◄── socket     from ──► wrap ──► out ──► socket
 *     ▲                  │
 *     └──── plain ◄──────┘  only for a record that is longer than the room in 'into'
 * </pre>
 *
 * <p>Buffers of its own are direct and made once: 145 KiB for each connection. The engine of the JDK makes a few short-lived objects for
 * each record of up to 16 KiB; nothing is allocated here.
 *
 * <p>TLS 1.3 knows no renegotiation. New keys are taken and answered within read; a peer that sends records without payload, of which there
 * is never need for many, is cut off after {@value #MOST_EMPTY} in a row. The end of the socket without the goodbye of TLS (close_notify)
 * is an error, since anybody on the way can cause it.
 */
final class TlsChannel implements Transport {

    /** Records without payload that a peer may send in a row. */
    static final int MOST_EMPTY = 64;

    private static final int BUFFER = 64 << 10;

    /** Type, version and length of a record: without them, the engine need not be asked. */
    private static final int RECORD_HEADER = 5;

    private final ByteChannel channel;
    private final SSLEngine engine;
    private final String peer;

    /** Encrypted, from position to limit. */
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER).limit(0);

    /** Decrypted, from position to limit. */
    private final ByteBuffer plain;

    /** Encrypted, from 0 to position. */
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER);

    private final ByteBuffer nothing = ByteBuffer.allocate(0);

    /** Room for one record of the greatest length. */
    private final int record;

    private boolean isBegun;
    private boolean isHandshaken;

    /** Whether the peer has said its goodbye. */
    private boolean isEnded;
    private boolean isClosed;

    /** Whether what is in 'in' is no whole record. */
    private boolean isStarved = true;
    private int emptyRecords;
    private long copied;
    private String identity;

    /** What is wrong behind bytes that a read gave: the next one tells. */
    private IOException late;

    /**
     * @param channel that does not block; closed with this
     * @param engine in its role, with nothing done yet
     * @param peer to name in errors
     */
    TlsChannel(final ByteChannel channel, final SSLEngine engine, final String peer) {
        this.channel = channel;
        this.engine = engine;
        this.peer = peer;
        this.record = engine.getSession().getPacketBufferSize();
        this.plain = ByteBuffer.allocateDirect(engine.getSession().getApplicationBufferSize()).limit(0);
    }

    @Override
    public int read(final ByteBuffer into) throws IOException {
        checkOpen();
        if (plain.hasRemaining()) {
            return take(into);
        }
        if (isEnded) {
            return -1;
        }
        if (!isHandshaken && !handshake()) {
            return 0;
        }
        final int start = into.position();
        while (into.hasRemaining()) {
            if (in.remaining() < RECORD_HEADER || isStarved) {
                final int read = fill();
                if (read <= 0) {
                    return into.position() > start || read == 0 ? got(into, start) : truncated();
                }
            }
            final int before = into.position();
            final SSLEngineResult result = unwrap(into);
            switch (result.getStatus()) {
                case BUFFER_UNDERFLOW -> isStarved = true;
                case BUFFER_OVERFLOW -> {
                    // More room comes with the next call, and saves the copy.
                    if (into.position() > start) {
                        return got(into, start);
                    }
                    unwrapAside();
                    if (plain.hasRemaining()) {
                        return take(into);
                    }
                    if (isEnded) {
                        return -1;
                    }
                }
                case CLOSED -> {
                    isEnded = true;
                    return into.position() > start ? got(into, start) : -1;
                }
                case OK -> {
                    count(into.position() - before);
                    react(result.getHandshakeStatus());
                }
            }
        }
        return got(into, start);
    }

    /** What came before a connection broke is worth having: it may be the peer's last word. */
    @Override
    public long read(final ByteBuffer[] into, final int offset, final int length) throws IOException {
        if (late != null) {
            throw late;
        }
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            while (into[i].hasRemaining()) {
                final int count;
                try {
                    count = read(into[i]);
                } catch (final IOException e) {
                    if (total == 0) {
                        throw e;
                    }
                    late = e;
                    return total;
                }
                if (count <= 0) {
                    return total > 0 ? total : count;
                }
                total += count;
            }
        }
        return total;
    }

    private int got(final ByteBuffer into, final int start) {
        copied += into.position() - start;
        return into.position() - start;
    }

    /** A record that is longer than the room that is given, into 'plain'. */
    private void unwrapAside() throws IOException {
        final SSLEngineResult result = unwrapPlain();
        switch (result.getStatus()) {
            case OK -> {
                count(plain.remaining());
                react(result.getHandshakeStatus());
            }
            // The engine looks at the room before it looks whether the record is whole.
            case BUFFER_UNDERFLOW -> isStarved = true;
            case BUFFER_OVERFLOW -> throw tooLong();
            case CLOSED -> isEnded = true;
        }
    }

    private int take(final ByteBuffer into) {
        final int count = Math.min(plain.remaining(), into.remaining());
        into.put(into.position(), plain, plain.position(), count);
        into.position(into.position() + count);
        plain.position(plain.position() + count);
        copied += 2L * count;
        return count;
    }

    private void count(final int payload) throws IOException {
        if (payload > 0) {
            emptyRecords = 0;
        } else if (++emptyRecords > MOST_EMPTY) {
            throw fail("sent " + emptyRecords + " records without payload in a row", null);
        }
    }

    /** After a record: the engine may have been told to answer, with new keys for one. */
    private void react(final HandshakeStatus status) throws IOException {
        if (status == HandshakeStatus.NEED_TASK) {
            runTasks();
        }
        while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && hasRoom()) {
            wrap();
        }
        flush();
    }

    @Override
    public long write(final ByteBuffer[] from, final int offset, final int length) throws IOException {
        checkOpen();
        if (!isHandshaken && !handshake()) {
            return 0;
        }
        long taken = 0;
        while (hasRemaining(from, offset, length) && hasRoom()) {
            final SSLEngineResult result = wrap(from, offset, length);
            taken += result.bytesConsumed();
            if (result.getStatus() == Status.CLOSED) {
                throw fail("is closed for writing", null);
            }
            if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
                runTasks();
                break;
            }
        }
        flush();
        copied += taken;
        return taken;
    }

    private static boolean hasRemaining(final ByteBuffer[] from, final int offset, final int length) {
        for (int i = offset; i < offset + length; i++) {
            if (from[i].hasRemaining()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a record of any length fits, after flushing if need be. */
    private boolean hasRoom() throws IOException {
        if (out.remaining() < record) {
            flush();
        }
        return out.remaining() >= record;
    }

    @Override
    public boolean flush() throws IOException {
        if (out.position() > 0) {
            checkOpen();
            out.flip();
            try {
                channel.write(out);
            } finally {
                out.compact();
            }
        }
        return out.position() == 0;
    }

    @Override
    public boolean wantsWrite() {
        return !isClosed && out.position() > 0;
    }

    @Override
    public boolean hasReadable() {
        return !isClosed && (late != null || plain.hasRemaining() || !isEnded && !isStarved && in.remaining() >= RECORD_HEADER);
    }

    @Override
    public boolean isHandshaken() {
        return isHandshaken;
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public long copiedBytes() {
        return copied;
    }

    /** Whether it is done; if not, it goes on when there is more to read, or room to write. */
    private boolean handshake() throws IOException {
        if (!isBegun) {
            isBegun = true;
            engine.beginHandshake();
        }
        for (;;) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> {
                    if (!hasRoom()) {
                        return false;
                    }
                    if (wrap().getStatus() == Status.CLOSED) {
                        flush();
                        throw fail("ended the handshake", null);
                    }
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    flush();
                    if (!handshakeRecord()) {
                        return false;
                    }
                }
                case NOT_HANDSHAKING, FINISHED -> {
                    flush();
                    identity = identityOfPeer();
                    isHandshaken = true;
                    return true;
                }
            }
        }
    }

    /** One record of a handshake; false if there is none yet. */
    private boolean handshakeRecord() throws IOException {
        if (in.remaining() < RECORD_HEADER || isStarved) {
            final int read = fill();
            if (read < 0) {
                throw fail("closed the connection during the handshake of TLS; does it take TLS, and does its log say why?", null);
            }
            if (read == 0) {
                return false;
            }
        }
        final SSLEngineResult result = unwrapPlain();
        switch (result.getStatus()) {
            case BUFFER_UNDERFLOW -> isStarved = true;
            case CLOSED -> throw fail("ended the handshake of TLS; its log may say why", null);
            case BUFFER_OVERFLOW -> throw tooLong();
            case OK -> {
            }
        }
        return true;
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /** What the socket has: bytes read, or as {@link ByteChannel#read}. */
    private int fill() throws IOException {
        in.compact();
        final int read;
        try {
            read = channel.read(in);
        } finally {
            in.flip();
        }
        isStarved &= read <= 0;
        return read;
    }

    private IOException tooLong() {
        return fail("sent a record of more than " + plain.capacity() + " bytes, the most that TLS allows", null);
    }

    private int truncated() throws IOException {
        throw fail("is gone without the goodbye of TLS (close_notify): the connection was cut off", null);
    }

    private SSLEngineResult unwrapPlain() throws IOException {
        plain.clear();
        try {
            return unwrap(plain);
        } finally {
            plain.flip();
        }
    }

    private SSLEngineResult unwrap(final ByteBuffer into) throws IOException {
        try {
            return engine.unwrap(in, into);
        } catch (final SSLException | RuntimeException e) {
            throw fail(TlsFailure.explain(e), e);
        }
    }

    private SSLEngineResult wrap() throws IOException {
        try {
            return engine.wrap(nothing, out);
        } catch (final SSLException | RuntimeException e) {
            throw fail(TlsFailure.explain(e), e);
        }
    }

    private SSLEngineResult wrap(final ByteBuffer[] from, final int offset, final int length) throws IOException {
        try {
            return engine.wrap(from, offset, length, out);
        } catch (final SSLException | RuntimeException e) {
            throw fail(TlsFailure.explain(e), e);
        }
    }

    /** Tells the peer why, as far as the engine and the socket let it. */
    private IOException fail(final String what, final Exception cause) {
        goodbye();
        return new IOException("TLS: " + peer + ' ' + what, cause);
    }

    @Override
    public void end() {
        goodbye();
    }

    private void goodbye() {
        try {
            engine.closeOutbound();
            // An alert and the goodbye at most; a task that waits decides nothing any more.
            for (int i = 0; i < 4 && !engine.isOutboundDone() && hasRoom(); i++) {
                engine.wrap(nothing, out);
            }
            flush();
        } catch (final IOException | RuntimeException alreadyBroken) {
            out.clear();
        }
    }

    private String identityOfPeer() {
        try {
            final Certificate[] shown = engine.getSession().getPeerCertificates();
            return shown.length > 0 && shown[0] instanceof X509Certificate certificate
                    ? CommonName.of(certificate.getSubjectX500Principal()) : null;
        } catch (final SSLPeerUnverifiedException none) {
            return null;
        }
    }

    private void checkOpen() throws IOException {
        if (isClosed) {
            throw new IOException("TLS: the connection to " + peer + " is closed");
        }
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        goodbye();
        isClosed = true;
        try {
            channel.close();
        } catch (final IOException alreadyBroken) {
            // Nothing is lost: what was to be said is said, or cannot be.
        }
    }
}
