import CLinuxShims
import EmulatedAdapter
import Glibc
import Synchronization

/// `WireOperations.receiveNext` of a packet wire.
func packetReceiveNext(_ context: UnsafeMutableRawPointer, _ out: UnsafeMutableRawPointer) -> Bool {
  let state = context.assumingMemoryBound(to: PacketState.self)
  if !state.pointee.hasFrame {
    if state.pointee.segmenter.isActive {
      state.pointee.frameLength = state.pointee.segmenter.build()
    } else {
      repeat {
        let status = Int(packet_slot_status(state.pointee.cursor.slot))
        if status & packet_status_user == 0 {
          packetFoundNothing(state)
          return false
        }
        if packetTake(state, status) { break }
        state.pointee.cursor.release()
      } while true
    }
    state.pointee.hasFrame = true
  }
  out.storeBytes(
    of: WireFrame(
      bytes: state.pointee.frame, length: state.pointee.frameLength, timestamp: state.pointee.frameTime),
    as: WireFrame.self)
  return true
}

/// Keeps the count of what the kernel dropped up to date while nothing comes: one look in many asks for it.
@inline(__always)
private func packetFoundNothing(_ state: UnsafeMutablePointer<PacketState>) {
  let calls = state.pointee.watch.countLook()
  if calls != 0 { state.pointee.counters.add(.systemCalls, calls) }
  state.pointee.emptyLooks &+= 1
  if state.pointee.emptyLooks & 0xfff == 0 {
    PacketState.countKernelDrops(state.pointee.receiveSocket, state.pointee.counters)
  }
}

/// `WireOperations.receiveRelease` of a packet wire.
func packetReceiveRelease(_ context: UnsafeMutableRawPointer) {
  let state = context.assumingMemoryBound(to: PacketState.self)
  guard state.pointee.hasFrame else { return }
  state.pointee.hasFrame = false
  if state.pointee.segmenter.isActive, state.pointee.segmenter.advance() { return }
  // Once a round, should frames come so fast that the ring is never empty.
  if state.pointee.cursor.release() {
    PacketState.countKernelDrops(state.pointee.receiveSocket, state.pointee.counters)
  }
}

/// `WireOperations.armWait` of a packet wire. The kernel keeps a watched descriptor readable while frames wait; but an
/// interface that went down leaves one error at the socket, which would wake a sleeper for ever.
func packetArmWait(_ context: UnsafeMutableRawPointer) {
  let state = context.assumingMemoryBound(to: PacketState.self)
  _ = packet_socket_get(state.pointee.receiveSocket, SOL_SOCKET, SO_ERROR)
  PacketState.countKernelDrops(state.pointee.receiveSocket, state.pointee.counters)
  state.pointee.counters.add(.systemCalls, 1 &+ state.pointee.watch.arm())
}

/// Makes the frame of the current slot what a MAC would have received. False where it is dropped, and counted.
private func packetTake(_ state: UnsafeMutablePointer<PacketState>, _ status: Int) -> Bool {
  let slot = state.pointee.cursor.slot
  let header = slot.assumingMemoryBound(to: tpacket2_hdr.self)
  var frame = slot + Int(header.pointee.tp_mac)
  var length = Int(header.pointee.tp_len)
  packet_frame_prefetch(frame, UInt64(truncatingIfNeeded: header.pointee.tp_snaplen))
  let offload = (frame - MemoryLayout<packet_offload_header>.size).loadUnaligned(as: packet_offload_header.self)
  if header.pointee.tp_snaplen < header.pointee.tp_len {
    guard status & packet_status_copied != 0, packetFetch(state, length) else {
      state.pointee.counters.add(.receiveTruncated)
      return false
    }
    frame = state.pointee.large + PacketState.largeOffset
  }
  var tag = 0
  if status & packet_status_vlan_valid != 0 {
    // The kernel takes the outer tag off before any tap sees the frame.
    let hasType = status & packet_status_vlan_tpid_valid != 0
    packetInsertTag(frame, type: hasType ? header.pointee.tp_vlan_tpid : 0x8100, tci: header.pointee.tp_vlan_tci)
    tag = 4
    frame -= tag
    length &+= tag
  }
  state.pointee.frameTime = packetTimestamp(
    UInt64(header.pointee.tp_sec) &* 1_000_000_000 &+ UInt64(header.pointee.tp_nsec), after: state.pointee.frameTime)

  if Int(offload.gso_type) != packet_gso_none,
    state.pointee.segmenter.prepare(frame, length: length, offload: offload) > 1
  {
    guard packetFits(state, state.pointee.segmenter.largestSegment) else {
      state.pointee.counters.add(.receiveOversize)
      return false
    }
    state.pointee.counters.add(.framesSegmented)
    state.pointee.segmenter.start()
    state.pointee.frame = state.pointee.segmenter.scratch
    state.pointee.frameLength = state.pointee.segmenter.build()
    return true
  }
  guard packetFits(state, length) else {
    state.pointee.counters.add(.receiveOversize)
    return false
  }
  if Int(offload.flags) & packet_offload_needs_checksum != 0,
    PacketChecksum.complete(
      frame, length: length, start: Int(offload.checksum_start) &+ tag, offset: Int(offload.checksum_offset))
  {
    state.pointee.counters.add(.checksumsCompleted)
  }
  state.pointee.frame = frame
  state.pointee.frameLength = length
  return true
}

/// Whether the port takes a frame of this length, tags included.
@inline(__always)
private func packetFits(_ state: UnsafeMutablePointer<PacketState>, _ length: Int) -> Bool {
  if length <= state.pointee.mtu.load(ordering: .relaxed) &+ 18 { return true }
  return length <= state.pointee.refreshMTU() &+ 18 && length <= PacketState.largestFrame
}

/// Fetches a frame that did not fit into its slot: the kernel queues one whole copy for each slot that says so, in
/// the order of the slots.
private func packetFetch(_ state: UnsafeMutablePointer<PacketState>, _ length: Int) -> Bool {
  let offset = PacketState.largeOffset - MemoryLayout<packet_offload_header>.size
  let room = PacketState.largeRoom - offset
  var got = packet_receive(state.pointee.receiveSocket, state.pointee.large + offset, room)
  state.pointee.counters.add(.systemCalls)
  if got == -Int(ENETDOWN) {
    got = packet_receive(state.pointee.receiveSocket, state.pointee.large + offset, room)
    state.pointee.counters.add(.systemCalls)
  }
  return got == length &+ MemoryLayout<packet_offload_header>.size && got <= room
}

/// Moves the two addresses down by four bytes and writes a tag behind them.
@inline(__always)
private func packetInsertTag(_ frame: UnsafeMutableRawPointer, type: UInt16, tci: UInt16) {
  let first = frame.loadUnaligned(as: UInt64.self)
  let rest = frame.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
  (frame - 4).storeBytes(of: first, as: UInt64.self)
  (frame + 4).storeBytes(of: rest, as: UInt32.self)
  (frame + 8).storeBytes(of: type.bigEndian, as: UInt16.self)
  (frame + 10).storeBytes(of: tci.bigEndian, as: UInt16.self)
}

/// Stamps are taken at two places in the kernel and may come a little out of order; a step of the clock by a second
/// or more is let through.
@inline(__always)
private func packetTimestamp(_ stamp: UInt64, after last: UInt64) -> UInt64 {
  stamp < last && last &- stamp < 1_000_000_000 ? last : stamp
}
