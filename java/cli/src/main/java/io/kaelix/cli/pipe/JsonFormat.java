// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.pipe;

import io.kaelix.Headers;
import io.kaelix.Message;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Consumer;

/**
 * Writes a message as a JSON object:
 *
 * <pre>
 *   {"topic":"orders.eu","stream":3,"publisher":1,"sequence":17,"timestamp":null,"headers":[{"name":"unit","value":"ms"}],"payload":"42"}
 * </pre>
 *
 * <p>Bytes that are not UTF-8 are written in Base64, under the name {@code base64} in place of {@code payload} or {@code value}, and
 * {@code nameBase64} in place of {@code name}.
 *
 * <p><b>Threads</b>: one.
 */
final class JsonFormat implements MessageFormat {

    private final JsonText text = new JsonText();
    private final Consumer<Headers.Header> header = this::header;
    private byte[] payload = new byte[1024];
    private int topicOfStream = -1;
    private String topic;
    private boolean firstHeader;

    @Override
    public void write(final Message message, final BlockOutput output) throws IOException {
        text.clear();
        text.ascii("{\"topic\":").quoted(topic(message)).ascii(",\"stream\":").number(message.streamId());
        text.ascii(",\"publisher\":").number(message.publisherId()).ascii(",\"sequence\":").number(message.sequence());
        text.ascii(",\"timestamp\":");
        if (message.timestamp() == Message.NO_TIMESTAMP) {
            text.ascii("null");
        } else {
            text.number(message.timestamp());
        }
        text.ascii(",\"headers\":[");
        firstHeader = true;
        message.headers().forEach(header);
        text.ascii("],");
        final int length = message.length();
        if (length > payload.length) {
            payload = new byte[Math.max(length, (int) Math.min(2L * payload.length, Integer.MAX_VALUE - 8))];
        }
        message.copyTo(0, payload, 0, length);
        bytes("\"payload\":", "\"base64\":", payload, length);
        text.ascii("}\n");
        output.write(text.bytes(), text.length());
    }

    private String topic(final Message message) {
        if (message.streamId() != topicOfStream) {
            topicOfStream = message.streamId();
            topic = message.topic().name();
        }
        return topic;
    }

    private void header(final Headers.Header one) {
        text.ascii(firstHeader ? "{" : ",{");
        firstHeader = false;
        final byte[] name = one.nameBytes();
        bytes("\"name\":", "\"nameBase64\":", name, name.length);
        text.ascii(",");
        final byte[] value = one.toByteArray();
        bytes("\"value\":", "\"base64\":", value, value.length);
        text.ascii("}");
    }

    private void bytes(final String nameOfText, final String nameOfBytes, final byte[] bytes, final int length) {
        if (Utf8.isValid(bytes, length)) {
            text.ascii(nameOfText).quotedUtf8(bytes, length);
        } else {
            final byte[] exact = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
            text.ascii(nameOfBytes).quotedPlain(Base64.getEncoder().encode(exact));
        }
    }
}
