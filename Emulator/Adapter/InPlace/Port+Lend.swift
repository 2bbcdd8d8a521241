import EtherFabric
import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == PortState {
  /// Lends the buffers of an interface from now on. The wire has adopted their memory and takes no frames yet.
  func beginInPlace(_ interface: UnsafeMutablePointer<InterfaceState>, _ memory: UserMemory) {
    let inPlace = UnsafeMutablePointer<InPlaceReceive>.allocate(capacity: 1)
    inPlace.initialize(to: InPlaceReceive(interface, memory))
    // Doorbells and frames go another way, which costs the main path nothing.
    interface.pointee.acceptMask = 0
    pointee.inPlace = inPlace
    pointee.dispatchesSpecially = true
    lendBuffers(inPlace)
  }

  /// Ends it on the adapter's side: what is lent must come back by the wire.
  func endInPlace() {
    guard let inPlace = pointee.inPlace else { return }
    let interface = inPlace.pointee.interface
    interface.pointee.acceptMask = inPlace.pointee.hasBegun ? interface.pointee.receiveMask : 0
    pointee.inPlace = nil
    // Nothing else is there that would ask for it.
    pointee.dispatchesSpecially = false
    inPlace.pointee.deallocate()
    inPlace.deallocate()
  }

  /// From within the datapath: frames are copied from now on. Those that lie in lent buffers and were not taken are lost.
  @inline(never)
  func abandonInPlace(_ reason: UserMemoryRefusal) {
    endInPlace()
    pointee.inPlaceRefusal = reason
    withUnsafePointer(to: reason) { pointee.wire.relinquish?(pointee.wire.context, $0) }
  }

  /// `acceptReceiveDoorbell` of the interface that lends.
  @inline(never)
  func acceptInPlace(_ inPlace: UnsafeMutablePointer<InPlaceReceive>) {
    let interface = inPlace.pointee.interface
    let posted = interface.pointee.register(DoorbellPage.receiveDoorbell) & interface.pointee.receiveMask
    if !inPlace.pointee.hasBegun {
      guard posted >= interface.pointee.minimumFill else { return }
      inPlace.pointee.hasBegun = true
    }
    interface.pointee.receiveAccepted = posted
    lendBuffers(inPlace)
  }

  /// Lends as many buffers as descriptors wait.
  private func lendBuffers(_ inPlace: UnsafeMutablePointer<InPlaceReceive>) {
    guard let lend = pointee.wire.lend else { return }
    let interface = inPlace.pointee.interface
    let mask = interface.pointee.receiveMask
    let read = interface.pointee.receiveRead
    let batch = inPlace.pointee.batch
    var waiting = lend(pointee.wire.context, batch, 0)
    guard waiting >= 0 else { return leaveInPlace(.largeFrames) }
    if waiting == 0 {
      // All have come back.
      inPlace.pointee.lent = read
      inPlace.pointee.next = read
    }
    let posted = Int((interface.pointee.receiveAccepted &- read) & mask)
    while waiting < posted {
      let count = min(posted &- waiting, InPlaceReceive.batchLimit)
      for index in 0..<count {
        let place = (read &+ UInt32(truncatingIfNeeded: waiting &+ index)) & mask
        guard place == inPlace.pointee.lent else {
          // Lent before, for a frame that nobody took.
          batch[index] = 0
          continue
        }
        switch inPlace.pointee.host(place, pointee.translation) {
        case .success(let host):
          batch[index] = UInt(bitPattern: host)
          inPlace.pointee.hosts[Int(place)] = UInt(bitPattern: host)
          inPlace.pointee.lent = (place &+ 1) & mask
        case .failure(let reason): return leaveInPlace(reason)
        }
      }
      let lent = lend(pointee.wire.context, batch, count)
      guard lent == waiting &+ count else { return leaveInPlace(.disorder) }
      waiting = lent
    }
  }

  /// The same where frames may have arrived in the meantime: they are delivered first.
  @inline(never)
  private func leaveInPlace(_ reason: UserMemoryRefusal) {
    receiveFromWire(budget: PortState.doorbellBudget)
    // They may have ended it already.
    guard pointee.inPlace != nil else { return }
    abandonInPlace(reason)
  }
}
