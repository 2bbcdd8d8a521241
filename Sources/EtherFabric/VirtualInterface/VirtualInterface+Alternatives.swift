import EtherFabricFormats
import Glibc

#if ETHERFABRIC_HARDWARE
  import CEtherFabric
#endif

/// Transmit alternatives: frames that are sent ahead into the adapter and held there, in several queues, of which one is
/// let go when it is known which.
extension VirtualInterface {
  /// `ef_vi_transmit_alt_alloc`. Gives the interface alternatives, numbered from 0, all of them stopped.
  /// - Parameters:
  ///   - count: 1 or more.
  ///   - bytes: room for the frames in all of them together, with `AlternativeOverhead`. Frames beyond it may be lost
  ///     without a sign.
  /// - Throws: `EINVAL` for none, for no room, and without `InterfaceFlags.transmitAlternatives`; `EALREADY` where there
  ///   are some; `EBUSY` and `ENOSPC` for more alternatives, or more room, than the adapter has left.
  public mutating func allocateAlternatives(_ count: Int, bytes: Int) throws(EtherFabricError) {
    let call = "VirtualInterface.allocateAlternatives"
    func refuse(_ errno: Int32, _ reason: String, _ remedy: String) -> EtherFabricError {
      EtherFabricError(call, errno: errno, reason: reason, remedy: remedy)
    }
    guard count > 0 else { throw refuse(EINVAL, "\(count) alternatives", "Ask for 1 or more.") }
    guard bytes > 0 else { throw refuse(EINVAL, "room for \(bytes) bytes", "Add up what the frames take.") }
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        try checkAlternatives(interface, call)
        _ = try resource.domain.driver.backend.allocateAlternatives(count, bytes: bytes, interface: resourceID)
        return
      }
    #endif
    let sending = try alternatives(call)
    guard sending.pointee.alternativeCount == 0 else {
      throw refuse(
        EALREADY, "the interface has \(sending.pointee.alternativeCount) alternatives", "Free these first.")
    }
    let fifos = try resource.domain.driver.backend.allocateAlternatives(count, bytes: bytes, interface: resourceID)
    for (number, fifo) in fifos.prefix(Self.alternativeLimit).enumerated() {
      sending.pointee.alternativeFIFOs[number] = fifo & 0x1f
      sending.pointee.alternativeNumbers[Int(fifo & 0x1f)] = UInt8(number)
    }
    sending.pointee.alternativeCount = min(fifos.count, Self.alternativeLimit)
    state.pointee.completesPlainly = false
  }

  /// `ef_vi_transmit_alt_free`. Gives the alternatives back, and what they hold is gone. The same happens at the end of
  /// the interface.
  /// - Throws: `EINVAL` where there are none.
  public mutating func freeAlternatives() throws(EtherFabricError) {
    let call = "VirtualInterface.freeAlternatives"
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        try checkAlternatives(interface, call)
        return try resource.domain.driver.backend.freeAlternatives(interface: resourceID)
      }
    #endif
    let sending = try alternatives(call)
    guard sending.pointee.alternativeCount > 0 else {
      throw EtherFabricError(
        call, errno: EINVAL, reason: "the interface has no alternatives", remedy: "Allocate some first.")
    }
    try resource.domain.driver.backend.freeAlternatives(interface: resourceID)
    sending.pointee.alternativeCount = 0
    state.pointee.completesPlainly = !state.pointee.stampsTransmits
  }

  /// `ef_vi_transmit_alt_num_ids`. Alternatives that the interface has, 0 before they are allocated.
  public var alternativeCount: Int {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return Int(ciul_ef_vi_transmit_alt_num_ids(interface)) }
    #endif
    return state.pointee.sending?.pointee.alternativeCount ?? 0
  }

  /// `ef_vi_transmit_alt_query_buffering`. Bytes of room that an interface with `count` alternatives can have, when no
  /// other has any: the hardware keeps up to two buffers of each alternative to itself.
  /// - Throws: `EINVAL` without `InterfaceFlags.transmitAlternatives`, `EOPNOTSUPP` where the adapter has none.
  public func alternativeBuffering(_ count: Int) throws(EtherFabricError) -> Int {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        try checkAlternatives(interface, "VirtualInterface.alternativeBuffering")
        return try state.alternativeBuffering(interface, count, resource.domain.driver)
      }
    #endif
    _ = try alternatives("VirtualInterface.alternativeBuffering")
    let driver = resource.domain.driver
    let buffers = Int(clamping: try driver.capability(.transmitAlternativesBuffers))
    let size = Int(clamping: try driver.capability(.transmitAlternativesBufferSize))
    guard count >= 0, count <= buffers / 2 else { return 0 }
    return size * (buffers - 2 * count)
  }

  /// `ef_vi_transmit_alt_query_overhead`. What a packet costs of that room, for `AlternativeOverhead.usage`.
  /// - Throws: `EINVAL` on adapters before the 8000 series and without `InterfaceFlags.transmitAlternatives`.
  public func alternativeOverhead() throws(EtherFabricError) -> AlternativeOverhead {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware { return try state.alternativeOverhead(interface) }
    #endif
    _ = try alternatives("VirtualInterface.alternativeOverhead")
    return .ef10
  }

  /// `ef_vi_transmit_alt_select`. Sends from now on go into an alternative: held while it is stopped, passed on while it
  /// goes, dropped while it discards. Takes a descriptor, which goes out with the next `transmitPush` and comes back with
  /// the completion of a later packet; `transmitInitUndo` takes it back.
  /// - Throws: `EAGAIN` where the ring is full, `EINVAL` for an alternative that there is not, `EOPNOTSUPP` where the
  ///   interface cannot have any. Nothing is changed.
  public mutating func selectAlternative(_ number: Int) throws(QueueError) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return try state.alternative(interface, number) { ciul_ef_vi_transmit_alt_select($0, $1) }
      }
    #endif
    let fifo = try alternativeFIFO(number)
    try postSelect(AlternativeDescriptor(alternative: Int(fifo)))
  }

  /// `ef_vi_transmit_alt_select_normal`. Sends from now on go to the wire again.
  /// - Throws: as `selectAlternative`.
  public mutating func selectNormalTransmit() throws(QueueError) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        guard try state.checkAlternatives(interface) > 0 else { throw QueueError(.noAlternative) }
        let result = ciul_ef_vi_transmit_alt_select_normal(interface)
        guard result >= 0 else { throw QueueError(result, invalid: .noAlternative) }
        return
      }
    #endif
    guard let sending = state.pointee.sending, sending.pointee.allowsAlternatives else {
      throw QueueError(.unsupported)
    }
    guard sending.pointee.alternativeCount > 0 else { throw QueueError(.noAlternative) }
    try postSelect(AlternativeDescriptor(alternative: nil))
  }

  /// `ef_vi_transmit_alt_stop`. The alternative holds what comes. Everything that it held when it went, or discarded,
  /// must have left it: each gives `Event.transmitAlternative`.
  /// - Throws: `EINVAL` for an alternative that there is not, `EOPNOTSUPP` where the interface cannot have any.
  public mutating func stopAlternative(_ number: Int) throws(QueueError) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return try state.alternative(interface, number) { ciul_ef_vi_transmit_alt_stop($0, $1) }
      }
    #endif
    tell(.stop(try alternativeFIFO(number)))
  }

  /// `ef_vi_transmit_alt_go`. The alternative sends what it holds, and what comes.
  /// - Throws: as `stopAlternative`.
  public mutating func goAlternative(_ number: Int) throws(QueueError) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return try state.alternative(interface, number) { ciul_ef_vi_transmit_alt_go($0, $1) }
      }
    #endif
    tell(.go(try alternativeFIFO(number)))
  }

  /// `ef_vi_transmit_alt_discard`. The alternative drops what it holds, and what comes.
  /// - Throws: as `stopAlternative`.
  public mutating func discardAlternative(_ number: Int) throws(QueueError) {
    #if ETHERFABRIC_HARDWARE
      if let interface = state.pointee.hardware {
        return try state.alternative(interface, number) { ciul_ef_vi_transmit_alt_discard($0, $1) }
      }
    #endif
    tell(.discard(try alternativeFIFO(number)))
  }

  private func tell(_ command: TransmitCommand) {
    state.command(DoorbellPage.transmitDoorbell, UInt64(command.word))
  }

  private func alternativeFIFO(_ number: Int) throws(QueueError) -> UInt8 {
    guard let sending = state.pointee.sending, sending.pointee.allowsAlternatives else {
      throw QueueError(.unsupported)
    }
    let count = sending.pointee.alternativeCount
    guard number >= 0, number < count else {
      throw QueueError(.noAlternative, value: UInt64(bitPattern: Int64(number)), limit: UInt64(count))
    }
    return sending.pointee.alternativeFIFOs[number]
  }

  private mutating func postSelect(_ descriptor: AlternativeDescriptor) throws(QueueError) {
    let added = state.pointee.transmitAdded
    guard added &- state.pointee.transmitRemoved < state.pointee.transmitMask else {
      throw QueueError(.ringFull, value: 1, limit: 0)
    }
    state.pointee.transmitDescriptors[Int(added & state.pointee.transmitMask)] = descriptor.word
    state.pointee.transmitAdded = added &+ 1
  }

  private func alternatives(_ call: String) throws(EtherFabricError) -> UnsafeMutablePointer<SendingState> {
    guard let sending = state.pointee.sending, sending.pointee.allowsAlternatives else {
      throw EtherFabricError(
        call, errno: EINVAL, reason: "the interface was allocated without transmit alternatives",
        remedy: "Allocate it with InterfaceFlags.transmitAlternatives and a transmit ring.")
    }
    return sending
  }

  #if ETHERFABRIC_HARDWARE
    private func checkAlternatives(
      _ interface: UnsafeMutablePointer<ef_vi>, _ call: String
    ) throws(EtherFabricError) {
      guard interface.isEF10, interface.has(.transmitAlternatives), transmitCapacity > 0 else {
        throw EtherFabricError(
          call, errno: EINVAL, reason: "the interface was allocated without transmit alternatives",
          remedy: "Allocate it with InterfaceFlags.transmitAlternatives and a transmit ring.")
      }
    }
  #endif

  private static var alternativeLimit: Int { 32 }
}
