import EtherFabricFormats

extension UnsafeMutablePointer where Pointee == QueueState {
  /// The id of a cut-through send until its fallback gives it one. The library uses the same, which a program sees that
  /// leaves the fallback out.
  static var postedID: UInt32 { 0xefc7_efc7 }

  /// `ef_vi_transmitv_ctpio` of EFCT and EF10CT. Where there is no room, the fallback finds out.
  func cutThroughExpress(
    _ express: UnsafeMutablePointer<ExpressState>, _ fragments: UnsafeBufferPointer<UnsafeRawBufferPointer>,
    threshold: Int
  ) {
    var length = 0
    for fragment in fragments { length += fragment.count }
    do throws(QueueError) {
      try takeRoom(express, length: length)
    } catch {
      express.pointee.cutThroughFailed = true
      return
    }
    express.pointee.cutThroughFailed = false
    let units = StreamHeader.threshold(
      bytes: UInt32(clamping: threshold), minimum: express.pointee.parameters.cutThroughMinimum)
    var writer = StreamWriter(express, header: header(express, length: length, threshold: units))
    for fragment in fragments where fragment.count > 0 {
      writer.add(fragment.baseAddress.unsafelyUnwrapped, fragment.count)
    }
    // What only warms is nobody's send.
    writer.finish()
    account(express, length: length, id: isWarming(express) ? .max : Self.postedID)
  }

  /// `ef_vi_transmitv_ctpio_copy` of EFCT and EF10CT.
  func cutThroughCopyExpress(
    _ express: UnsafeMutablePointer<ExpressState>, _ fragments: UnsafeBufferPointer<UnsafeRawBufferPointer>,
    threshold: Int, fallback: UnsafeMutableRawPointer
  ) {
    cutThroughExpress(express, fragments, threshold: threshold)
    var target = fallback
    for fragment in fragments where fragment.count > 0 {
      target.copyMemory(from: fragment.baseAddress.unsafelyUnwrapped, byteCount: fragment.count)
      target += fragment.count
    }
  }

  /// `ef_vi_transmit_ctpio_fallback` of EFCT and EF10CT.
  func cutThroughFallbackExpress(
    _ express: UnsafeMutablePointer<ExpressState>, _ address: DMAAddress, length: Int, id: RequestID
  ) throws(QueueError) {
    var fragment = DMAFragment(address: address, length: length)
    try withUnsafePointer(to: &fragment) { pointer throws(QueueError) in
      try cutThroughVectorFallbackExpress(express, UnsafeBufferPointer(start: pointer, count: 1), id: id)
    }
  }

  /// `ef_vi_transmitv_ctpio_fallback` of EFCT and EF10CT: the name for a send that is under way, or the send.
  func cutThroughVectorFallbackExpress(
    _ express: UnsafeMutablePointer<ExpressState>, _ fragments: UnsafeBufferPointer<DMAFragment>, id: RequestID
  ) throws(QueueError) {
    if express.pointee.cutThroughFailed {
      do throws(QueueError) {
        try transmitVectorWithoutRing(fragments, id: id)
      } catch {
        // Without room the call is to be made again; what cannot be sent ever is over.
        express.pointee.cutThroughFailed = error.kind == .ringFull
        throw error
      }
      express.pointee.cutThroughFailed = false
      return
    }
    if isWarming(express) { return }
    let slot = Int((pointee.transmitAdded &- 1) & express.pointee.transmitMask)
    guard pointee.transmitAdded != pointee.transmitRemoved, pointee.transmitIDs[slot] == Self.postedID else {
      throw QueueError(.noCutThrough)
    }
    pointee.transmitIDs[slot] = id.rawValue
  }

  /// `ef_vi_start_transmit_warm` of EFCT and EF10CT: the adapter drops what it is sent, and completes it.
  func startTransmitWarmExpress(_ express: UnsafeMutablePointer<ExpressState>) {
    express.pointee.header |= StreamHeader.warmBit
  }

  /// `ef_vi_stop_transmit_warm` of EFCT and EF10CT.
  func stopTransmitWarmExpress(_ express: UnsafeMutablePointer<ExpressState>) {
    express.pointee.header &= ~StreamHeader.warmBit
  }

  private func isWarming(_ express: UnsafeMutablePointer<ExpressState>) -> Bool {
    express.pointee.header & StreamHeader.warmBit != 0
  }
}
