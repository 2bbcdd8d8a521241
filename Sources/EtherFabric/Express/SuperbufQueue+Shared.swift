import EtherFabricFormats

/// X3: superbufs come filled from the driver and go back to it, over the two rings of `SharedReceiveQueue`.
extension UnsafeMutablePointer where Pointee == SuperbufQueue {
  /// What the driver has filled next.
  func upcomingShared() -> NextSuperbuf? {
    guard let shared = pointee.shared else { return nil }
    let removed = loadAcquiring32(shared + SharedReceiveQueue.filledRemoved)
    guard loadAcquiring32(shared + SharedReceiveQueue.filledAdded) != removed else { return nil }
    let entry =
      shared + SharedReceiveQueue.filled + Int(removed & UInt32(SharedReceiveQueue.capacity - 1)) * 8
    return NextSuperbuf(
      number: Int(entry.load(as: UInt16.self)),
      sentinel: entry.load(fromByteOffset: 2, as: UInt8.self) == 0 ? 0 : FrameMetadata.sentinelBit,
      sequence: entry.load(fromByteOffset: 4, as: UInt32.self))
  }

  func takeShared() {
    guard let shared = pointee.shared else { return }
    let removed = loadAcquiring32(shared + SharedReceiveQueue.filledRemoved)
    storeReleasing32(removed &+ 1, to: shared + SharedReceiveQueue.filledRemoved)
  }

  /// Hands a superbuf back. Those that found no room before go along.
  func returnShared(_ superbuf: Int, _ shared: UnsafeMutableRawPointer) {
    let removed = loadAcquiring32(shared + SharedReceiveQueue.freeRemoved)
    var added = loadAcquiring32(shared + SharedReceiveQueue.freeAdded)
    func put(_ superbuf: Int32) -> Bool {
      guard added &- removed < UInt32(SharedReceiveQueue.capacity) else { return false }
      let slot = Int(added & UInt32(SharedReceiveQueue.capacity - 1)) * 2
      (shared + SharedReceiveQueue.free + slot).storeBytes(of: UInt16(superbuf), as: UInt16.self)
      added &+= 1
      return true
    }
    guard put(Int32(superbuf)) else {
      pointee.superbufs[superbuf].next = pointee.free
      pointee.free = Int32(superbuf)
      return
    }
    while pointee.free >= 0, put(pointee.free) { pointee.free = pointee.superbufs[Int(pointee.free)].next }
    storeReleasing32(added, to: shared + SharedReceiveQueue.freeAdded)
  }
}
