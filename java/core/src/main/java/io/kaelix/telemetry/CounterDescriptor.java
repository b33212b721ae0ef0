// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.telemetry;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Layout of a counter file: a header, then what counters are called, then what they stand at, then the same of histograms. Little-endian,
 * offsets only. What different threads write lies two cache lines apart, because CPUs fetch lines in pairs.
 *
 * <pre>
 *      0  magic, version          written once, as all of this line pair
 *      8  length of the file
 *     16  process id
 *     24  when the process started, milliseconds since 1970
 *     32  counters, histograms    how many the file has room for: C and H
 *     40  length of the name
 *     48  name of the file's writer, 128 bytes at the most
 *    256  counters used           by the writer: no record from here on was ever in use
 *    260  histograms used
 *   4096  C records of 384 bytes
 *         ┌ 0 word: id * 2 + 1 while in use, id * 2 when free, 0 if never used │ 8 id │ 16 metric │ 20 kind │ 21 length of unit
 *         │ 22 length of name │ 24 length of owner │ 32 unit, 24 bytes │ 56 name, 72 bytes │ 128 owner, 256 bytes ┐
 *         C values of 128 bytes
 *         ┌ 0 value ┐
 *         H records, as above
 *         H histograms of 9984 bytes
 *         ┌ 0 buckets, 8 bytes each │ 9856 sum │ 9864 maximum ┐
 * </pre>
 *
 * <p><b>Records</b>: the writer fills a record and zeroes its value while the word is even; the odd word is stored last, with release. An
 * id is given once in the life of a file, so that the word of a record that was freed and used again differs. A reader reads records,
 * then values, then records again, and believes a value whose record was the same both times.
 *
 * <p><b>Values and buckets</b> are 64-bit words with one writer each, aligned, so that a reader finds a value that was there. Buckets only
 * grow while their record is in use: what lies between two readings is the difference of each bucket, and no reading needs the writer to
 * stop.
 *
 * <p><b>Space</b>: the file has its whole length from the beginning, and holes. Pages are written with zeros before a record in them is
 * used, by a call that can fail: a store to a hole of a full file system would be fatal.
 */
final class CounterDescriptor {

    /** "KAELIXC" and the version of this layout. */
    static final long MAGIC = 0x4B41454C49584301L;
    /** What of it tells the version. */
    static final long VERSION_MASK = 0xFF;

    static final int MAGIC_OFFSET = 0;
    static final int LENGTH_OFFSET = 8;
    static final int PID_OFFSET = 16;
    static final int STARTED_OFFSET = 24;
    static final int COUNTERS_OFFSET = 32;
    static final int HISTOGRAMS_OFFSET = 36;
    static final int NAME_LENGTH_OFFSET = 40;
    static final int NAME_OFFSET = 48;
    static final int MAX_NAME_LENGTH = 128;

    private static final int LINE_PAIR = 128;

    static final int COUNTERS_USED_OFFSET = 2 * LINE_PAIR;
    static final int HISTOGRAMS_USED_OFFSET = COUNTERS_USED_OFFSET + Integer.BYTES;

    static final int HEADER_LENGTH = 4096;

    static final int RECORD_LENGTH = 384;
    static final int WORD_OFFSET = 0;
    static final int ID_OFFSET = 8;
    static final int METRIC_OFFSET = 16;
    static final int KIND_OFFSET = 20;
    static final int UNIT_LENGTH_OFFSET = 21;
    static final int KEY_LENGTH_OFFSET = 22;
    static final int OWNER_LENGTH_OFFSET = 24;
    static final int UNIT_OFFSET = 32;
    static final int MAX_UNIT_LENGTH = 24;
    static final int KEY_OFFSET = UNIT_OFFSET + MAX_UNIT_LENGTH;
    static final int MAX_KEY_LENGTH = 72;
    static final int OWNER_OFFSET = KEY_OFFSET + MAX_KEY_LENGTH;
    static final int MAX_OWNER_LENGTH = 256;

    /** From one counter's value to the next. */
    static final int VALUE_STRIDE = LINE_PAIR;

    static final int BUCKETS_OFFSET = 0;
    /** Behind the buckets: who reads from the front finds no bucket that is newer than the maximum. */
    static final int SUM_OFFSET = (BUCKETS_OFFSET + LatencyBuckets.COUNT * Long.BYTES + LINE_PAIR - 1) & -LINE_PAIR;
    static final int MAX_OFFSET = SUM_OFFSET + Long.BYTES;
    /** From one histogram to the next. */
    static final int HISTOGRAM_STRIDE = SUM_OFFSET + LINE_PAIR;

    /** Most counters that a file has room for. */
    static final int MAX_COUNTERS = 1 << 16;
    /** Most histograms. */
    static final int MAX_HISTOGRAMS = 1 << 12;

    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT.withOrder(ORDER);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG.withOrder(ORDER);
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT.withOrder(ORDER);
    /** Access to 64-bit words with an ordering. */
    static final VarHandle WORD = LONG.varHandle();
    static final VarHandle INT_WORD = INT.varHandle();

    private CounterDescriptor() {
    }

    static long counterRecords() {
        return HEADER_LENGTH;
    }

    static long counterValues(final int counters) {
        return counterRecords() + (long) counters * RECORD_LENGTH;
    }

    static long histogramRecords(final int counters) {
        return counterValues(counters) + (long) counters * VALUE_STRIDE;
    }

    static long histogramBuckets(final int counters, final int histograms) {
        return histogramRecords(counters) + (long) histograms * RECORD_LENGTH;
    }

    /** Length of the file. */
    static long fileLength(final int counters, final int histograms) {
        return histogramBuckets(counters, histograms) + (long) histograms * HISTOGRAM_STRIDE;
    }
}
