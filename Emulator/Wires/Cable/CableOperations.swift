import EmulatedAdapter
import Synchronization

/// The datapath of a cable: two ports, the frame is gathered straight into the ring to the other end.
enum CableOperations {
  @inline(__always)
  private static func port(_ context: UnsafeMutableRawPointer) -> UnsafeMutablePointer<SegmentPort> {
    context.assumingMemoryBound(to: SegmentPort.self)
  }

  static func make(_ context: UnsafeMutableRawPointer) -> WireOperations {
    WireOperations(
      context: context,
      transmitReserve: { context, length in
        let port = CableOperations.port(context)
        if let room = port.pointee.peerOutgoing.pointee.reserve(length) { return room }
        // What waits for a flush must not keep the reader from making room.
        port.publish(to: port.pointee.peer)
        port.pointee.unpublished = 0
        port.pointee.counters.add(.transmitDropped)
        return nil
      },
      transmitCommit: { context, length in CableOperations.commit(context, length, mark: 0) },
      transmitFlush: { context in
        let port = CableOperations.port(context)
        port.publish(to: port.pointee.peer)
        port.pointee.unpublished = 0
        return 0
      },
      receiveNext: { context, output in
        let port = CableOperations.port(context)
        guard let record = port.pointee.peerIncoming.pointee.next() else { return false }
        output.assumingMemoryBound(to: WireFrame.self).pointee = FrameRing.frame(record)
        return true
      },
      receiveRelease: { context in
        CableOperations.port(context).pointee.peerIncoming.pointee.release()
      },
      armWait: { context in CableOperations.port(context).arm() },
      receiveBurst: { context, output, limit in
        CableOperations.port(context).pointee.peerIncoming.pointee.burst(
          output.assumingMemoryBound(to: WireFrame.self), limit)
      },
      receiveReleaseBurst: { context in
        CableOperations.port(context).pointee.peerIncoming.pointee.releaseBurst()
      },
      transmitPoisoned: { context, length in CableOperations.commit(context, length, mark: 1) })
  }

  @inline(__always)
  private static func commit(_ context: UnsafeMutableRawPointer, _ length: Int, mark: UInt32) -> Int32 {
    let port = port(context)
    guard port.pointee.attached[port.pointee.peer].load(ordering: .relaxed) else {
      return TransmitOutcome.linkDown.rawValue
    }
    port.pointee.peerOutgoing.pointee.commit(length, mark: mark)
    port.pointee.unpublished &+= 1
    if port.pointee.unpublished >= SegmentPort.publishBatch {
      port.publish(to: port.pointee.peer)
      port.pointee.unpublished = 0
    }
    return TransmitOutcome.sent.rawValue
  }
}
