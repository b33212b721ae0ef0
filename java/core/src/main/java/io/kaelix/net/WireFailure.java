// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static io.kaelix.net.WireDescriptor.ERROR_CODE_OFFSET;
import static io.kaelix.net.WireDescriptor.ERROR_LENGTH;
import static io.kaelix.net.WireDescriptor.ERROR_SUBJECT_OFFSET;
import static io.kaelix.net.WireDescriptor.ERROR_TEXT_LENGTH_OFFSET;
import static io.kaelix.net.WireDescriptor.MAX_FLOW;
import static io.kaelix.net.WireDescriptor.MAX_TEXT_LENGTH;
import static io.kaelix.net.WireDescriptor.align;

import java.nio.ByteBuffer;

/**
 * An ERROR: something was refused, or the connection ends.
 *
 * @param flow that it is about; 0 for the connection, or what the client publishes
 * @param code of a {@link WireError}, or one that only the peer knows
 * @param subject the stream that it is about, or {@link #NO_SUBJECT}
 * @param text for people: what, where, remedy; one line, cut where it is too long
 */
record WireFailure(int flow, int code, int subject, String text) implements WireMessage {

    /** It is about no stream. */
    static final int NO_SUBJECT = -1;

    WireFailure {
        WireMessage.require(flow >= 0 && flow <= MAX_FLOW, "a flow is from 0 to " + MAX_FLOW, flow);
        WireMessage.require(code > 0 && code <= 0xFFFF, "a code is from 1 to 65535", code);
        WireMessage.require(subject >= NO_SUBJECT, "a subject is a stream, or -1", subject);
        text = WireText.cut(WireText.printable(text), MAX_TEXT_LENGTH);
    }

    /** About a whole flow, or the connection. */
    static WireFailure of(final int flow, final WireError error, final String text) {
        return new WireFailure(flow, error.code(), NO_SUBJECT, text);
    }

    /** Whether the connection ends. */
    boolean isFatal() {
        return WireError.isFatal(code);
    }

    @Override
    public WireType type() {
        return WireType.ERROR;
    }

    @Override
    public int length() {
        return align(ERROR_LENGTH + WireText.length(text));
    }

    @Override
    public void encode(final ByteBuffer target, final int at) {
        target.putShort(at + ERROR_CODE_OFFSET, (short) code);
        target.putShort(at + ERROR_TEXT_LENGTH_OFFSET, (short) WireText.length(text));
        target.putInt(at + ERROR_SUBJECT_OFFSET, subject);
        WireText.put(text, target, at + ERROR_LENGTH);
    }

    static WireFailure decode(final WireBody body) {
        final int text = body.unsignedShort(ERROR_TEXT_LENGTH_OFFSET);
        WireMessage.require(text <= MAX_TEXT_LENGTH, "a text has at most " + MAX_TEXT_LENGTH + " bytes", text);
        body.end(ERROR_LENGTH + text);
        return new WireFailure(body.flow(), body.unsignedShort(ERROR_CODE_OFFSET), body.integer(ERROR_SUBJECT_OFFSET),
                body.text(ERROR_LENGTH, text));
    }
}
