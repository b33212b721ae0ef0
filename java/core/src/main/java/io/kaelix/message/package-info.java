// Licensed under the Apache License, Version 2.0; see LICENSE at the root.
/**
 * What lies in a lane: the {@linkplain io.kaelix.message.FrameDescriptor layout of a frame}, and the flyweights that show one as a
 * {@link io.kaelix.Message} to read, and as a {@link io.kaelix.Claim} to write.
 *
 * <p>A flyweight is one object for each reader or publisher, pointed at frame after frame. It is bound to its thread and blank between
 * messages, which is what makes reading by raw address safe: no other thread, and no later moment, gets past its checks.
 *
 * <p>What must live longer is {@linkplain io.kaelix.message.MessagePool retained}: copied into a buffer of the pool, and shown by an object
 * of its own that counts references. Any thread may read that at any moment, so it reads through checked segments, and looks twice.
 *
 * <p>A frame may {@linkplain io.kaelix.message.ReferenceDescriptor refer} to {@linkplain io.kaelix.message.SharedBytes bytes} elsewhere, in
 * the pool or in a mapped file. Users hold them by {@linkplain io.kaelix.message.PayloadHandle handles}, lanes for their frames, and a
 * flyweight for as long as it shows them: so what is read by address is there.
 *
 * <p>What is {@linkplain io.kaelix.message.FrameBuilder built} keeps its {@linkplain io.kaelix.message.HeaderDescriptor headers} as they
 * will lie in the frame, and the payload as a reference, until a claim takes both.
 */
package io.kaelix.message;
