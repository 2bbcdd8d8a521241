import EmulatedAdapter
import Glibc
import Synchronization

/// The datapath of a switch: addresses are learned, unknown and group addresses go to all other ports, and frames
/// of different senders arrive in the order in which they were sent.
enum SwitchOperations {
  @inline(__always)
  private static func port(_ context: UnsafeMutableRawPointer) -> UnsafeMutablePointer<SegmentPort> {
    context.assumingMemoryBound(to: SegmentPort.self)
  }

  static func make(_ context: UnsafeMutableRawPointer) -> WireOperations {
    WireOperations(
      context: context,
      transmitReserve: { context, _ in SwitchOperations.port(context).pointee.staging },
      transmitCommit: { context, length in SwitchOperations.port(context).forward(length) },
      transmitFlush: { context in
        SwitchOperations.port(context).publishTouched()
        return 0
      },
      receiveNext: { context, output in
        let port = SwitchOperations.port(context)
        guard let record = port.oldest() else { return false }
        output.assumingMemoryBound(to: WireFrame.self).pointee = FrameRing.frame(record)
        return true
      },
      receiveRelease: { context in
        let port = SwitchOperations.port(context)
        port.pointee.incoming[port.pointee.current].release()
      },
      armWait: { context in SwitchOperations.port(context).arm() },
      // A switch that cuts through passes a bad frame on.
      transmitPoisoned: { context, length in SwitchOperations.port(context).forward(length, mark: 1) })
  }
}

extension UnsafeMutablePointer where Pointee == SegmentPort {
  func publishTouched() {
    for port in 0..<pointee.portCount where pointee.touched & 1 << UInt64(port) != 0 { publish(to: port) }
    pointee.touched = 0
    pointee.unpublished = 0
  }

  /// Sends the staged frame on, and learns its source.
  fileprivate func forward(_ length: Int, mark: UInt32 = 0) -> Int32 {
    let destination = Self.address(pointee.staging)
    learn(Self.address(pointee.staging + 6))
    let order = pointee.order.pointee.wrappingAdd(1, ordering: .relaxed).oldValue
    var sent = 0
    var lost = 0
    func copy(to port: Int) {
      guard pointee.attached[port].load(ordering: .relaxed) else { return }
      guard let room = pointee.outgoing[port].reserve(length) else {
        publish(to: port)
        lost += 1
        return
      }
      memcpy(room, pointee.staging, length)
      pointee.outgoing[port].commit(length, order: order, mark: mark)
      pointee.touched |= 1 << UInt64(port)
      sent += 1
    }
    if let port = lookUp(destination) {
      // A switch does not send a frame back to where it came from.
      if port == pointee.index { return TransmitOutcome.sent.rawValue }
      copy(to: port)
    } else {
      for port in 0..<pointee.portCount where port != pointee.index { copy(to: port) }
    }
    pointee.counters.add(.transmitDropped, Int(lost))
    pointee.unpublished &+= 1
    if pointee.unpublished >= SegmentPort.publishBatch { publishTouched() }
    if sent > 0 { return TransmitOutcome.sent.rawValue }
    return lost > 0 ? TransmitOutcome.congested.rawValue : TransmitOutcome.linkDown.rawValue
  }

  /// The record that was sent first, over all senders.
  fileprivate func oldest() -> UnsafeMutableRawPointer? {
    var best: UnsafeMutableRawPointer?
    var order = UInt64.max
    for port in 0..<pointee.portCount where port != pointee.index {
      guard let record = pointee.incoming[port].next() else { continue }
      let candidate = record.load(fromByteOffset: 8, as: UInt64.self)
      if best == nil || candidate < order {
        best = record
        order = candidate
        pointee.current = port
      }
    }
    return best
  }

  private static func address(_ bytes: UnsafeRawPointer) -> UInt64 {
    UInt64(UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))) << 16
      | UInt64(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)))
  }

  /// An entry is the address and, in its low byte, the port plus one. A colliding address takes the slot over:
  /// the one that lost it is flooded until it speaks again.
  private func slot(_ address: UInt64) -> Int {
    Int(truncatingIfNeeded: (address &* 0x9e37_79b9_7f4a_7c15) >> 52) & (SegmentPort.learnedSlots - 1)
  }

  private func learn(_ address: UInt64) {
    guard address & 0x0100_0000_0000 == 0 else { return }
    let entry = address << 8 | UInt64(pointee.index + 1)
    let slot = slot(address)
    if pointee.learned[slot].load(ordering: .relaxed) != entry {
      pointee.learned[slot].store(entry, ordering: .relaxed)
    }
  }

  private func lookUp(_ address: UInt64) -> Int? {
    let entry = pointee.learned[slot(address)].load(ordering: .relaxed)
    return entry >> 8 == address && entry != 0 ? Int(entry & 0xff) - 1 : nil
  }
}
