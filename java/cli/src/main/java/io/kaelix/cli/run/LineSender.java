// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.cli.run;

import io.kaelix.Publisher;
import io.kaelix.cli.verify.HashChain;
import java.lang.foreign.MemorySegment;

/** Sends lines straight from the memory that they were read into, each as one message. */
final class LineSender extends Sender {

    private final LineReader reader;
    private final LineBlock block;
    private final int batch;

    /**
     * @param block for its use alone
     * @param batch most lines that become visible together; never more than a block's
     */
    LineSender(final Publisher publisher, final Workers workers, final boolean crowded, final LineReader reader,
            final LineBlock block, final int batch) {
        super(publisher, workers, crowded, HashChain.EMPTY);
        this.reader = reader;
        this.block = block;
        this.batch = batch;
    }

    @Override
    void send() throws InterruptedException {
        boolean more = true;
        while (more && !workers.isStopping() && reader.next(block)) {
            more = sendBlock();
        }
    }

    private boolean sendBlock() {
        final int lines = block.lines();
        int line = 0;
        int start = 0;
        boolean sent = true;
        while (line < lines && sent) {
            final int batchEnd = (int) Math.min(lines, (long) line + batch);
            publisher.beginBatch();
            while (line < batchEnd && sent) {
                final int end = block.end(line);
                sent = sendLine(start, end - start, line);
                start = end + 1;
                line++;
            }
            publisher.endBatch();
            publishProgress();
        }
        return sent;
    }

    private boolean sendLine(final int start, final int length, final int line) {
        final MemorySegment data = block.data();
        if (length > publisher.maxLength()) {
            // It could be sent in parts; but what a run measures is messages that are written and read in place.
            throw LineTooLong.IN_LANE.exactly(block.firstLine() + line, length, publisher.maxLength());
        }
        final long timestamp = sampledTimestamp();
        long result = publisher.offer(data, start, length, timestamp);
        if (result < 0) {
            while (result < 0 && awaitRoom(result)) {
                result = publisher.offer(data, start, length, timestamp);
            }
            if (result < 0) {
                return false;
            }
            foundRoom();
        }
        messages++;
        bytes += length;
        checksum = HashChain.append(checksum, data, start, length);
        return true;
    }
}
