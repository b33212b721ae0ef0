// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.testkit.load;

import io.kaelix.testkit.noise.GapWatch;
import io.kaelix.testkit.noise.Intervals;
import java.util.List;

/**
 * All that was seen of the measured part of a run, before anything is made of it.
 *
 * @param schedules of each publisher
 * @param latencies of each measured message, by publisher and number; {@link #NOT_RECEIVED} for what did not arrive
 * @param lastReturned when the handler returned from the last one
 * @param backPressuredTries tries to send that found no room, all publishers
 * @param senderWatches gaps of each publisher's thread
 * @param receiverWatch gaps of the receiving thread
 * @param jvmPauses when the garbage collector ran
 * @param jvmPausedMillis how long it ran in all
 * @param before of a thread that only spun, before the load
 * @param stealShare share of the CPUs' time that the hypervisor gave to others, from 0 to 1; -1 if unknown
 */
public record Recording(Schedule[] schedules, long[][] latencies, long lastReturned, long backPressuredTries,
        List<GapWatch> senderWatches, GapWatch receiverWatch, Intervals jvmPauses, long jvmPausedMillis, GapWatch before,
        double stealShare) {

    /** In place of a latency. */
    public static final long NOT_RECEIVED = Receiver.NOT_RECEIVED;

    /** Of a run whose senders and receiver have ended. */
    public static Recording of(final Schedule[] schedules, final List<Sender> senders, final Receiver receiver, final Intervals jvmPauses,
            final long jvmPausedMillis, final GapWatch before, final double stealShare) {
        return new Recording(schedules, receiver.latencies(), receiver.lastReturned(),
                senders.stream().mapToLong(Sender::backPressuredTries).sum(), senders.stream().map(Sender::watch).toList(),
                receiver.watch(), jvmPauses, jvmPausedMillis, before, stealShare);
    }
}
