// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.kaelix.Listener;
import io.kaelix.MemoryStreamer;
import io.kaelix.Publisher;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client knows of its place in the lanes, which a server that has forgotten it is told. */
@Timeout(60)
class ForgottenFlowTest {

    private static final long EPOCH = 99;

    private final InFlow flow = new InFlow(idleSink(), 1 << 16, true);

    /** One that nothing comes to. */
    private static FlowSink idleSink() {
        final InvocationHandler nothing = (proxy, method, arguments) -> method.getReturnType() == long.class ? (Object) 0L
                : method.getReturnType() == int.class ? (Object) 0 : null;
        return (FlowSink) Proxy.newProxyInstance(FlowSink.class.getClassLoader(), new Class<?>[] {FlowSink.class}, nothing);
    }

    private static WireLane lane(final int number, final int publisher, final long epoch, final long position) {
        return new WireLane(1, number, publisher, epoch, 0, position, position / 8);
    }

    private static LanePosition point(final int publisher, final long position) {
        return new LanePosition(EPOCH, publisher, position, position / 8);
    }

    @Test
    void shouldKnowWhereItStoodThoughItIsForgottenBeforeItIsToldOfTheLaneAgain() {
        flow.lane(lane(0, 7, EPOCH, 4096));
        flow.lane(lane(1, 8, EPOCH, 800));
        flow.restart();
        flow.restart();
        assertThat(flow.points()).containsExactlyInAnyOrder(point(7, 4096), point(8, 800));
    }

    @Test
    void shouldSayOfEachLaneOnceWhereItStands() {
        flow.lane(lane(0, 7, EPOCH, 4096));
        flow.lane(lane(1, 8, EPOCH, 800));
        flow.restart();
        flow.lane(lane(0, 8, EPOCH, 1600));
        assertThat(flow.points()).containsExactlyInAnyOrder(point(7, 4096), point(8, 1600));
        flow.restart();
        assertThat(flow.points()).containsExactlyInAnyOrder(point(7, 4096), point(8, 1600));
    }

    @Test
    void shouldForgetLanesThatEndedAndThoseOfAServerThatWasStartedAgain() {
        flow.lane(lane(0, 7, EPOCH, 4096));
        flow.lane(lane(1, 8, EPOCH, 800));
        flow.laneEnd(new WireLaneEnd(1, 1));
        flow.restart();
        assertThat(flow.points()).containsExactly(point(7, 4096));
        flow.lane(lane(0, 7, EPOCH + 1, 0));
        assertThat(flow.points()).containsExactly(new LanePosition(EPOCH + 1, 7, 0, 0));
    }

    @Test
    void shouldRememberNoMoreLanesThanASubscriptionNames() {
        for (int i = 0; i < WireDescriptor.MAX_POINTS; i++) {
            flow.lane(lane(i, i, EPOCH, 8));
        }
        flow.restart();
        flow.lane(lane(0, WireDescriptor.MAX_POINTS, EPOCH, 16));
        flow.restart();
        assertThat(flow.points()).hasSize(WireDescriptor.MAX_POINTS).contains(point(WireDescriptor.MAX_POINTS, 16));
    }

    @Test
    void shouldCountALossOnceThatIsToldOfAgainSinceTheLaneWasNot() {
        flow.lane(lane(0, 7, EPOCH, 4096));
        flow.restart();
        assertThat(flow.lost(12)).isEqualTo(12);
        for (int i = 0; i < 2; i++) {
            flow.restart();
            assertThat(flow.lost(12)).isZero();
        }
        assertThat(flow.lost(15)).isEqualTo(3);
        flow.lane(lane(0, 7, EPOCH, 8192));
        assertThat(flow.lost(16)).isOne();
        // That was behind the lane, and nothing behind it came.
        flow.restart();
        assertThat(flow.lost(1)).isZero();
    }

    @Test
    void shouldCountOtherLossesThoughOneIsNotToldOfAgain() {
        flow.lane(lane(0, 7, EPOCH, 4096));
        flow.restart();
        assertThat(flow.lost(12)).isEqualTo(12);
        flow.restart();
        flow.lane(lane(0, 7, EPOCH + 1, 0));
        assertThat(flow.lost(5)).isEqualTo(5);
        flow.lane(lane(1, 8, EPOCH + 1, 0));
        flow.lane(lane(0, 7, EPOCH + 1, 5 * 8));
        flow.restart();
        assertThat(flow.lost(4)).isEqualTo(4);
    }

    /** What lies before two lanes is said at once, and only one of them is told of before the server forgets the client again. */
    @Test
    void shouldCountOnceWhatWasLostOfALaneThoughOnlyAnotherWasToldOf() {
        flow.lane(lane(0, 7, EPOCH, 80));
        flow.lane(lane(1, 8, EPOCH, 800));
        flow.restart();
        assertThat(flow.lost(12)).isEqualTo(12);
        flow.lane(lane(0, 7, EPOCH, 80 + 5 * 8));
        flow.restart();
        assertThat(flow.points()).containsExactlyInAnyOrder(point(7, 120), point(8, 800));
        assertThat(flow.lost(7)).as("of the other lane, and counted").isZero();
        assertThat(flow.lost(9)).as("two more of them").isEqualTo(2);
        flow.lane(lane(0, 8, EPOCH, 800 + 9 * 8));
        flow.lane(lane(1, 7, EPOCH, 120));
        flow.restart();
        assertThat(flow.lost(1)).as("new").isOne();
    }

    @Test
    void shouldCountOnceWhatWasLostOfALaneThoughMessagesCameOfAnother() {
        flow.lane(lane(0, 7, EPOCH, 80));
        flow.lane(lane(1, 8, EPOCH, 800));
        assertThat(flow.lost(12)).isEqualTo(12);
        run(1, 800);
        flow.restart();
        assertThat(flow.lost(12)).isZero();
        flow.lane(lane(0, 7, EPOCH, 80 + 12 * 8));
        flow.lane(lane(1, 8, EPOCH, 800));
        assertThat(flow.lost(15)).isEqualTo(3);
        run(1, 800 + 3 * 8);
        flow.restart();
        assertThat(flow.lost(2)).as("those three were before what came").isEqualTo(2);
    }

    @Test
    void shouldNotTakeALossForOneOfALaneThatHasEnded() {
        flow.lane(lane(0, 7, EPOCH, 80));
        flow.lane(lane(1, 8, EPOCH, 800));
        assertThat(flow.lost(12)).isEqualTo(12);
        // As a server says it behind what it lost last.
        flow.lane(lane(0, 7, EPOCH, 80 + 12 * 8));
        flow.laneEnd(new WireLaneEnd(1, 0));
        flow.restart();
        assertThat(flow.lost(12)).isEqualTo(12);
    }

    /** A run begins, and something of it comes. */
    private void run(final int lane, final long position) {
        final WireOutput output = new WireOutput(64);
        output.message(new WireWelcome(false, 1, 5, 1, WirePeer.LIMITS, 0, 30_000, 8, "anyone"));
        output.run(1, lane, EPOCH, position, position / 8, 0, 0, ByteBuffer.allocateDirect(16));
        final WireInput input = new WireInput(false, 1 << 20);
        final ByteBuffer all = ByteBuffer.wrap(HostilePeerTest.bytes(output));
        input.put(all);
        assertThat(input.next()).isEqualTo(WireType.WELCOME);
        input.put(all);
        assertThat(input.next()).isEqualTo(WireType.RUN);
        flow.assume(16);
        assertThat(flow.begin(input, 16)).isTrue();
        flow.committed();
    }

    @Test
    void shouldTellASubscriberOfALaneThatNothingWasSentOf() throws Exception {
        try (MemoryStreamer streamer = MemoryStreamer.launch(); Listener listener = streamer.listen("127.0.0.1:0");
                Publisher silent = streamer.publisher("down");
                Socket socket = new Socket("127.0.0.1", listener.address().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(HostilePeerTest.bytes(HostilePeerTest.hello(1), HostilePeerTest.subscribe("down")));
            final WireInput input = new WireInput(false, 1 << 20);
            WireType type = null;
            final byte[] bytes = new byte[4096];
            while (type != WireType.LANE) {
                type = input.next();
                if (type == null) {
                    final int count = socket.getInputStream().read(bytes);
                    assertThat(count).isPositive();
                    input.put(ByteBuffer.wrap(bytes, 0, count));
                }
            }
            final WireLane lane = (WireLane) input.message();
            assertThat(lane.flow()).isEqualTo(1);
            assertThat(lane.messages()).isZero();
            assertThat(silent.topic().name()).isEqualTo("down");
        }
    }
}
