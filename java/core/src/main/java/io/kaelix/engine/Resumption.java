// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.engine;

import io.kaelix.KaelixException;
import io.kaelix.lane.Lane;
import io.kaelix.lane.LaneMapping;
import io.kaelix.lane.LaneResumption;
import io.kaelix.lane.SharedSlots;
import io.kaelix.memory.Block;
import io.kaelix.shared.ControlFile;
import io.kaelix.shared.DirectoryDescriptor;
import io.kaelix.shared.LaneFile;
import io.kaelix.shared.SharedDirectory;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Takes over what is in a directory whose participants are all dead: lanes that have messages which somebody did not read are kept, as they
 * are, all others go.
 *
 * <p><b>Order</b>, so that who dies in the middle of it leaves nothing that the next one could mistake: it is noted where a lane of other
 * hosts ended, the start of a lane is stored in its file, then the tables say that the lane was resumed, then the slots of the dead are
 * freed.
 *
 * <p>The file of a lane that goes is removed when no entry leads to it any more.
 *
 * <p><b>Threads</b>: the one that launches, under the directory's lock.
 */
final class Resumption {

    /** So many are resumed at most, the latest: the other places are for those that publish. */
    static final int MOST = DirectoryDescriptor.LANES / 2;

    private static final System.Logger LOGGER = System.getLogger(Resumption.class.getName());

    private final SharedDirectory directory;
    private final ControlFile control;
    private int lanes;
    private long messages;
    private int tooMany;

    private Resumption(final SharedDirectory directory) {
        this.directory = directory;
        this.control = directory.control();
    }

    /** For its participant, who has just joined and is the only one. */
    static void run(final SharedDirectory directory) {
        new Resumption(directory).run();
    }

    private void run() {
        final List<Integer> latestFirst = IntStream.range(0, control.laneLimit()).filter(control::isLane).boxed()
                .sorted(Comparator.comparingLong(control::laneNumber).reversed()).toList();
        latestFirst.forEach(this::resume);
        final Set<Long> kept = latestFirst.stream().filter(control::isLane).map(control::laneNumber).collect(Collectors.toSet());
        directory.removeHalfMade(DirectoryDescriptor.NONE, kept::contains);
        control.countResumed(lanes);
        LOGGER.log(System.Logger.Level.INFO, "resumed " + directory.folder() + ": " + lanes + " lanes of processes that died, with "
                + messages + " messages that some subscriber has not read");
        if (tooMany > 0) {
            LOGGER.log(System.Logger.Level.WARNING, tooMany + " older lanes in " + directory.folder() + " were removed, as " + MOST
                    + " are resumed at most: subscribe to what was resumed, or launch without resuming now and then");
        }
    }

    private void resume(final int entry) {
        LaneFile file = null;
        try {
            file = directory.openLane(control.laneNumber(entry));
            final Lane lane = LaneMapping.attach(Block.of(file.segment(), () -> { }), "lane#" + control.laneNumber(entry), block -> { });
            NeighbourLanes.noteEnd(control, entry, SharedSlots.cutOff(lane));
            if (lanes == MOST) {
                tooMany++;
                control.dropLane(entry);
                return;
            }
            checkStreams(entry);
            final long found = LaneResumption.find(lane, control.isLaneClosed(entry));
            if (found == 0) {
                control.dropLane(entry);
            } else {
                control.resumeLane(entry, directory.participant());
                LaneResumption.finish(lane);
                lanes++;
                messages += found;
            }
        } catch (final KaelixException lost) {
            LOGGER.log(System.Logger.Level.WARNING, "the messages of lane " + control.laneNumber(entry) + " in " + directory.folder()
                    + " are lost: " + lost.getMessage());
            control.dropLane(entry);
        } finally {
            if (file != null) {
                Leftovers.unmap(file);
            }
        }
    }

    /** What a lane has carried has a name; or else its readers would ask for that in vain. */
    private void checkStreams(final int entry) {
        final int one = control.laneStream(entry);
        final boolean named = one == DirectoryDescriptor.NONE
                ? directory.uses(entry, 0).stream().allMatch(use -> use.stream() >= 0 && use.stream() < control.names())
                : one >= 0 && one < control.names();
        if (!named) {
            throw new KaelixException("it has streams without a name");
        }
    }
}
