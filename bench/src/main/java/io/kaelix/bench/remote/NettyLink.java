// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
package io.kaelix.bench.remote;

import io.kaelix.bench.scenario.Words;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import java.util.function.Consumer;

/** Netty over TCP: by its transport of NIO: an event loop on each side, which never blocks. */
final class NettyLink implements Link {

    private static final int MESSAGES_PER_FLUSH = 256;
    private static final int PACKED_BYTES = 64 << 10;
    private static final int WATER_MARK_LOW = 128 << 10;
    private static final int WATER_MARK_HIGH = 512 << 10;
    private static final int MOST_READ = 1 << 20;

    private final boolean isPacked;

    NettyLink(final boolean isPacked) {
        this.isPacked = isPacked;
    }

    /** Asks what is ready and goes on, whatever the answer. */
    private static EventLoopGroup loop() {
        return new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory(SelectorProvider.provider(),
                () -> (supplier, hasTasks) -> supplier.get()));
    }

    private static void write(final ByteBuf buffer, final int length, final long first) {
        final int index = buffer.writerIndex();
        for (int offset = 0; offset < length; offset += Long.BYTES) {
            buffer.setLongLE(index + offset, first + offset / Long.BYTES);
        }
        buffer.writerIndex(index + length);
    }

    /** Reads every word of every message where it lies. */
    private abstract static class Reading extends ByteToMessageDecoder {

        private final int payload;

        private Reading(final int payload) {
            this.payload = payload;
        }

        @Override
        protected void decode(final ChannelHandlerContext context, final ByteBuf in, final List<Object> out) {
            int index = in.readerIndex();
            for (int left = in.readableBytes(); left >= payload; left -= payload) {
                long sum = 0;
                for (int offset = 0; offset < payload; offset += Long.BYTES) {
                    sum += in.getLongLE(index + offset);
                }
                take(context, in.getLongLE(index), sum);
                index += payload;
            }
            in.readerIndex(index);
        }

        abstract void take(ChannelHandlerContext context, long first, long sum);
    }

    @Override
    public Server serve(final Request request) throws InterruptedException {
        final EventLoopGroup loop = loop();
        final Channel channel = new ServerBootstrap().group(loop).channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(WATER_MARK_LOW, WATER_MARK_HIGH))
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(64, 64 << 10, MOST_READ))
                .childHandler(initializer(child -> child.pipeline().addLast(
                        request.mode().isEchoed() ? new Echo(request) : new Source(request.payload()))))
                .bind("127.0.0.1", 0).sync().channel();
        return new Server() {
            @Override
            public String address() {
                return Integer.toString(((InetSocketAddress) channel.localAddress()).getPort());
            }

            @Override
            public void close() {
                channel.close().syncUninterruptibly();
                loop.shutdownGracefully();
            }
        };
    }

    private static ChannelInitializer<SocketChannel> initializer(final Consumer<SocketChannel> handlers) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(final SocketChannel channel) {
                handlers.accept(channel);
            }
        };
    }

    /** Sends back the same words: changed ones come back changed, as what is sent has a right sum for its first word alone. */
    private static final class Echo extends Reading {

        private final Request request;

        private Echo(final Request request) {
            super(request.payload());
            this.request = request;
        }

        @Override
        void take(final ChannelHandlerContext context, final long first, final long sum) {
            final ByteBuf buffer = context.alloc().directBuffer(request.payload());
            NettyLink.write(buffer, request.payload(), first + sum - Words.sum(first, request.words()));
            context.writeAndFlush(buffer, context.voidPromise());
        }
    }

    /** Sends while the channel takes it. */
    private final class Source extends ChannelInboundHandlerAdapter {

        private final int payload;
        private final int messagesPerBuffer;
        private long next;
        private boolean isSending;

        private Source(final int payload) {
            this.payload = payload;
            messagesPerBuffer = isPacked ? PACKED_BYTES / payload : 1;
        }

        @Override
        public void channelActive(final ChannelHandlerContext context) {
            send(context);
        }

        @Override
        public void channelWritabilityChanged(final ChannelHandlerContext context) {
            send(context);
        }

        /** It is called from within its own flush, too. */
        private void send(final ChannelHandlerContext context) {
            if (isSending) {
                return;
            }
            isSending = true;
            while (context.channel().isWritable() && context.channel().isActive()) {
                for (int sent = 0; sent < MESSAGES_PER_FLUSH && context.channel().isWritable(); sent += messagesPerBuffer) {
                    final ByteBuf buffer = context.alloc().directBuffer(payload * messagesPerBuffer);
                    for (int i = 0; i < messagesPerBuffer; i++) {
                        NettyLink.write(buffer, payload, next++);
                    }
                    context.write(buffer, context.voidPromise());
                }
                context.flush();
            }
            isSending = false;
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
            context.close(); // the receiver has seen enough
        }
    }

    @Override
    public Client connect(final Request request, final String address) {
        return new Connected(request, Integer.parseInt(address), loop());
    }

    private record Connected(Request request, int port, EventLoopGroup loop) implements Client {

        /** What comes is looked at by a handler that has to be there before the connection is. */
        private Channel connect(final Reading handler) throws InterruptedException {
            final ChannelFuture connecting = new Bootstrap().group(loop)
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(64, 64 << 10, MOST_READ))
                    .handler(initializer(channel -> channel.pipeline().addLast(handler)))
                    .connect("127.0.0.1", port);
            return connecting.sync().channel();
        }

        @Override
        public void pingPong(final Pings pings) throws InterruptedException {
            final Channel channel = connect(new Reading(request.payload()) {
                @Override
                public void channelActive(final ChannelHandlerContext context) {
                    ping(context);
                }

                private void ping(final ChannelHandlerContext context) {
                    final ByteBuf buffer = context.alloc().directBuffer(request.payload());
                    NettyLink.write(buffer, request.payload(), pings.begin());
                    context.writeAndFlush(buffer, context.voidPromise());
                }

                @Override
                void take(final ChannelHandlerContext context, final long first, final long sum) {
                    if (pings.end(first, sum)) {
                        ping(context);
                    }
                }
            });
            pings.await();
            channel.close().sync();
        }

        @Override
        public void receive(final Arrivals arrivals) throws InterruptedException {
            final Channel channel = connect(new Reading(request.payload()) {
                @Override
                void take(final ChannelHandlerContext context, final long first, final long sum) {
                    arrivals.take(first, sum);
                }
            });
            arrivals.await();
            channel.close().sync();
        }

        @Override
        public void close() {
            loop.shutdownGracefully();
        }
    }

    @Override
    public String settings() {
        return "NIO, an event loop on each side that never blocks, TCP_NODELAY, pooled direct buffers" + (isPacked ? " of 64 KiB that the user fills with messages" : ", one a message")
                + ", a flush each " + MESSAGES_PER_FLUSH + ", void promises, reads of up to 1 MiB, water marks 128 and 512 KiB";
    }
}
