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
        let peer = 1 &- port.pointee.index
        if let room = port.pointee.outgoing[peer].reserve(length) { return room }
        // What waits for a flush must not keep the reader from making room.
        port.publish(to: peer)
        port.pointee.unpublished = 0
        port.pointee.transmitDropped &+= 1
        return nil
      },
      transmitCommit: { context, length in
        let port = CableOperations.port(context)
        let peer = 1 &- port.pointee.index
        guard port.pointee.attached[peer].load(ordering: .relaxed) else {
          return TransmitOutcome.linkDown.rawValue
        }
        port.pointee.outgoing[peer].commit(length)
        port.pointee.unpublished &+= 1
        if port.pointee.unpublished >= SegmentPort.publishBatch {
          port.publish(to: peer)
          port.pointee.unpublished = 0
        }
        return TransmitOutcome.sent.rawValue
      },
      transmitFlush: { context in
        let port = CableOperations.port(context)
        port.publish(to: 1 &- port.pointee.index)
        port.pointee.unpublished = 0
        return 0
      },
      receiveNext: { context, output in
        let port = CableOperations.port(context)
        let peer = 1 &- port.pointee.index
        guard let record = port.pointee.incoming[peer].next() else { return false }
        output.assumingMemoryBound(to: WireFrame.self).pointee = WireFrame(
          bytes: record + FrameRing.headerSize, length: Int(record.load(as: UInt32.self)))
        return true
      },
      receiveRelease: { context in
        let port = CableOperations.port(context)
        port.pointee.incoming[1 &- port.pointee.index].release()
      },
      armWait: { context in CableOperations.port(context).arm() })
  }
}
