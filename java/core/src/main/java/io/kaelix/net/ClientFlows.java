// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import java.util.ArrayList;
import java.util.List;

/**
 * The subscriptions of a client, in the order of their numbers, as a HELLO has them.
 *
 * <p>One thread.
 */
final class ClientFlows {

    private final List<ClientFlow> flows = new ArrayList<>();
    private int lastNumber;
    /** Bytes that came in those that have ended. */
    private long receivedBefore;
    private long lost;

    /** As they are now. */
    List<ClientFlow> all() {
        return List.copyOf(flows);
    }

    /** Takes one in, under a number that no other has. */
    void add(final ClientFlow flow) {
        do {
            lastNumber = lastNumber == WireDescriptor.MAX_FLOW ? 1 : lastNumber + 1;
        } while (find(lastNumber) != null);
        flow.number = lastNumber;
        int at = flows.size();
        while (at > 0 && flows.get(at - 1).number > flow.number) {
            at--;
        }
        flows.add(at, flow);
    }

    /** Null if there is none of that number. */
    ClientFlow find(final int number) {
        for (int i = 0; i < flows.size(); i++) {
            if (flows.get(i).number == number) {
                return flows.get(i);
            }
        }
        return null;
    }

    void remove(final ClientFlow flow) {
        flows.remove(flow);
    }

    /** The server sends no more of one that is to end. */
    void removeEnding(final int number) {
        flows.removeIf(flow -> flow.number == number && flow.state == ClientFlow.State.ENDING);
    }

    /**
     * A connection begins, of which those that are to end are not part: asks for the others, but for those that go on where they were.
     *
     * @param resumed whether the server goes on with the session
     */
    void begin(final Connection connection, final long server, final boolean resumed) {
        flows.removeIf(flow -> flow.state == ClientFlow.State.ENDING);
        for (final ClientFlow flow : flows) {
            if (resumed && flow.state == ClientFlow.State.RUNNING) {
                flow.in.tellAgain();
            } else {
                flow.ask(connection, server);
            }
        }
    }

    /** Grants and acknowledges of those that run. */
    void grant(final Connection connection, final boolean quiet) {
        for (int i = 0; i < flows.size(); i++) {
            final ClientFlow flow = flows.get(i);
            if (flow.state == ClientFlow.State.RUNNING) {
                flow.in.grant(connection, flow.number, quiet);
            }
        }
    }

    void clear() {
        flows.clear();
    }

    /** Nothing more is received of one. */
    void close(final ClientFlow flow) {
        receivedBefore += flow.in.received() + flow.in.receivedBefore();
        flow.in.sink().close();
    }

    /** The connection is lost. */
    void abort() {
        flows.forEach(flow -> flow.in.abort());
    }

    /** What a HELLO says of them. */
    List<WireHello.Resumed> resumed() {
        final List<WireHello.Resumed> resumed = new ArrayList<>();
        for (final ClientFlow flow : flows) {
            if (flow.state == ClientFlow.State.RUNNING) {
                resumed.add(new WireHello.Resumed(flow.number, flow.in.received()));
            }
        }
        return resumed;
    }

    /** The server says that so many messages of one were lost since it began. */
    void lost(final ClientFlow flow, final long messages) {
        lost += flow.in.lost(messages);
    }

    /** Messages that were lost, in all there ever were. */
    long lost() {
        return lost;
    }

    /** Bytes that came, in all there ever were. */
    long received() {
        long received = receivedBefore;
        for (int i = 0; i < flows.size(); i++) {
            final ClientFlow flow = flows.get(i);
            if (flow.state != ClientFlow.State.ENDING) {
                received += flow.in.received() + flow.in.receivedBefore();
            }
        }
        return received;
    }
}
