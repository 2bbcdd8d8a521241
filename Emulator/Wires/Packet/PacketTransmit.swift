import CLinuxShims
import EmulatedAdapter
import Glibc
import Synchronization

/// Frames that were committed and have not left yet, each in a buffer of its own.
struct PacketBatch {
  /// From this many frames on sendmmsg(2): one call a burst. A frame alone leaves by send(2), which costs less.
  static let smallest = 2

  let limit: Int
  /// Bytes of a buffer.
  let stride: Int
  let buffers: UnsafeMutableRawPointer
  let vectors: UnsafeMutablePointer<iovec>
  let messages: UnsafeMutablePointer<packet_message>
  /// For a frame larger than a buffer; it leaves at once or is refused.
  let large: UnsafeMutableRawPointer
  var reservedLarge = false
  var count = 0
  /// Frames lost since the last flush.
  var lost = 0
  /// The interface was down when a batch left: until one frame gets through, each leaves by itself, so that its
  /// outcome is known at once.
  var isSingle = false

  init(limit: Int, mtu: Int) {
    self.limit = limit
    stride = ((mtu > 9216 ? mtu : 9216) + 64 + 63) & ~63
    buffers = .allocate(byteCount: stride * limit, alignment: 4096)
    vectors = .allocate(capacity: limit)
    messages = .allocate(capacity: limit)
    large = .allocate(byteCount: PacketState.largestFrame, alignment: 64)
    for i in 0..<limit {
      (vectors + i).initialize(to: iovec(iov_base: buffers + i * stride, iov_len: 0))
      (messages + i).initialize(to: packet_message())
      messages[i].header.msg_iov = vectors + i
      messages[i].header.msg_iovlen = 1
    }
  }

  func deallocate() {
    buffers.deallocate()
    vectors.deallocate()
    messages.deallocate()
    large.deallocate()
  }
}

/// `WireOperations.transmitReserve` of a packet wire.
func packetTransmitReserve(_ context: UnsafeMutableRawPointer, _ length: Int) -> UnsafeMutableRawPointer? {
  let state = context.assumingMemoryBound(to: PacketState.self)
  state.pointee.batch.reservedLarge = length > state.pointee.batch.stride
  if !state.pointee.batch.reservedLarge {
    return state.pointee.batch.buffers + state.pointee.batch.count &* state.pointee.batch.stride
  }
  return length <= PacketState.largestFrame ? state.pointee.batch.large : nil
}

/// `WireOperations.transmitCommit` of a packet wire.
func packetTransmitCommit(_ context: UnsafeMutableRawPointer, _ length: Int) -> Int32 {
  let state = context.assumingMemoryBound(to: PacketState.self)
  let index = state.pointee.batch.count
  let isLarge = state.pointee.batch.reservedLarge
  let frame = isLarge ? state.pointee.batch.large : state.pointee.batch.buffers + index &* state.pointee.batch.stride
  guard length >= Int(ETH_HLEN) else {
    state.pointee.counters.add(.transmitDropped)
    return TransmitOutcome.failed.rawValue
  }
  // The kernel allows for four bytes more only behind this one type of tag.
  let isTagged = (frame + 12).loadUnaligned(as: UInt16.self) == UInt16(0x8100).bigEndian
  let headers = isTagged ? 18 : 14
  if length > state.pointee.mtu.load(ordering: .relaxed) &+ headers, length > state.pointee.refreshMTU() &+ headers {
    state.pointee.counters.add(.transmitDropped)
    return TransmitOutcome.oversize.rawValue
  }
  if isLarge || state.pointee.batch.isSingle {
    packetSubmit(state)
    let result = packetSend(state, frame, length)
    if result == 0 { state.pointee.batch.isSingle = false } else { state.pointee.counters.add(.transmitDropped) }
    return packetOutcome(result)
  }
  state.pointee.batch.vectors[index].iov_len = length
  state.pointee.batch.count = index &+ 1
  if state.pointee.batch.count == state.pointee.batch.limit { packetSubmit(state) }
  return TransmitOutcome.sent.rawValue
}

/// `WireOperations.transmitFlush` of a packet wire.
func packetTransmitFlush(_ context: UnsafeMutableRawPointer) -> Int32 {
  let state = context.assumingMemoryBound(to: PacketState.self)
  packetSubmit(state)
  let lost = state.pointee.batch.lost
  state.pointee.batch.lost = 0
  return Int32(truncatingIfNeeded: lost)
}

/// What the datapath says to a negative errno of a sending call, or 0.
private func packetOutcome(_ result: Int32) -> Int32 {
  switch -result {
  case 0: TransmitOutcome.sent.rawValue
  case EAGAIN, ENOBUFS, ENOMEM: TransmitOutcome.congested.rawValue
  case ENETDOWN, ENXIO, ENODEV: TransmitOutcome.linkDown.rawValue
  case EMSGSIZE: TransmitOutcome.oversize.rawValue
  default: TransmitOutcome.failed.rawValue
  }
}

/// Sends one frame now, with one more try where the socket's buffer was full.
private func packetSend(
  _ state: UnsafeMutablePointer<PacketState>, _ frame: UnsafeMutableRawPointer, _ length: Int
) -> Int32 {
  let result = packet_send(state.pointee.transmitSocket, frame, length)
  state.pointee.counters.add(.systemCalls)
  guard result == -EAGAIN else { return result }
  state.pointee.counters.add(.systemCalls)
  return packet_send(state.pointee.transmitSocket, frame, length)
}

/// Sends what is waiting, in order; what cannot be sent is lost and counted.
private func packetSubmit(_ state: UnsafeMutablePointer<PacketState>) {
  let count = state.pointee.batch.count
  guard count > 0 else { return }
  state.pointee.batch.count = 0
  var next = 0
  var lost = 0
  while next < count {
    var result: Int32
    if count &- next < PacketBatch.smallest {
      let vector = state.pointee.batch.vectors[next]
      result = packetSend(state, vector.iov_base, vector.iov_len)
      if result == 0 { result = 1 }
    } else {
      // A batch that stops in the middle says only how far it came: the next call meets the frame that failed
      // again, which is its second try.
      result = packet_send_batch(
        state.pointee.transmitSocket, state.pointee.batch.messages + next, UInt32(truncatingIfNeeded: count &- next))
      state.pointee.counters.add(.systemCalls)
    }
    if result > 0 {
      next &+= Int(result)
      continue
    }
    if result == -EMSGSIZE { _ = state.pointee.refreshMTU() }
    if packetOutcome(result) == TransmitOutcome.linkDown.rawValue {
      state.pointee.batch.isSingle = true
      lost &+= count &- next
      break
    }
    lost &+= 1
    next &+= 1
  }
  if lost != 0 {
    state.pointee.batch.lost &+= lost
    state.pointee.counters.add(.transmitDropped, lost)
  }
}
