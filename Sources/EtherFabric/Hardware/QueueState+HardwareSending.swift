import CEtherFabric
import EtherFabricFormats
import Glibc

/// Cut-through, warming, PIO and alternatives, over libciul.
extension UnsafeMutablePointer where Pointee == QueueState {
  /// `ef_vi_transmitv_ctpio` and `ef_vi_transmitv_ctpio_copy`. A frame that does not fit the aperture of EF10, or an
  /// interface without one, writes nothing, where libciul would write behind it: the fallback sends the frame.
  func cutThrough(
    _ interface: UnsafeMutablePointer<ef_vi>, _ fragments: UnsafeBufferPointer<UnsafeRawBufferPointer>, threshold: Int,
    fallback: UnsafeMutableRawPointer? = nil
  ) {
    var length = 0
    for fragment in fragments { length &+= fragment.count }
    guard length > 0 else { return }
    let fits =
      interface.isEF10
      ? interface.has(.cutThrough) && CTPIOControl.footprint(of: length) <= DoorbellPage.ctpioApertureSize
      : length <= TransmitDescriptor.maximumLength && interface.pointee.vi_txq.mask != 0
    guard fits else {
      guard var end = fallback else { return }
      for fragment in fragments {
        guard let base = fragment.baseAddress else { continue }
        end.copyMemory(from: base, byteCount: fragment.count)
        end += fragment.count
      }
      return
    }
    withUnsafeTemporaryAllocation(of: iovec.self, capacity: fragments.count) { pieces in
      var count = 0
      for fragment in fragments where fragment.count > 0 {
        pieces.initializeElement(
          at: count,
          to: iovec(iov_base: UnsafeMutableRawPointer(mutating: fragment.baseAddress), iov_len: fragment.count)
        )
        count += 1
      }
      let limit = UInt32(clamping: min(max(threshold, 0), 0xffff))
      if let fallback {
        ciul_ef_vi_transmitv_ctpio_copy(interface, length, pieces.baseAddress, Int32(count), limit, fallback)
      } else {
        ciul_ef_vi_transmitv_ctpio(interface, length, pieces.baseAddress, Int32(count), limit)
      }
    }
  }

  func cutThroughFallback(
    _ interface: UnsafeMutablePointer<ef_vi>, _ address: DMAAddress, length: Int, id: RequestID
  ) throws(QueueError) {
    try checkHardware(address, length: length)
    let result = ciul_ef_vi_transmit_ctpio_fallback(
      interface, address.rawValue, length, Int32(bitPattern: id.rawValue))
    guard result >= 0 else { throw QueueError(transmit: result, interface) }
  }

  func cutThroughFallback(
    _ interface: UnsafeMutablePointer<ef_vi>, _ fragments: UnsafeBufferPointer<DMAFragment>, id: RequestID
  ) throws(QueueError) {
    try withChecked(interface, fragments) {
      ciul_ef_vi_transmitv_ctpio_fallback(interface, $0, $1, Int32(bitPattern: id.rawValue))
    }
  }

  func startTransmitWarm(_ interface: UnsafeMutablePointer<ef_vi>) {
    guard let state = pointee.hardwareState, !state.pointee.isWarming, interface.pointee.vi_txq.mask != 0 else {
      return
    }
    state.pointee.isWarming = true
    ciul_ef_vi_start_transmit_warm(interface, &state.pointee.saved, state.pointee.warmAperture)
  }

  func stopTransmitWarm(_ interface: UnsafeMutablePointer<ef_vi>) {
    guard let state = pointee.hardwareState, state.pointee.isWarming else { return }
    state.pointee.isWarming = false
    ciul_ef_vi_stop_transmit_warm(interface, &state.pointee.saved)
  }

  /// What libciul asserts of a PIO send, or does not look at.
  func checkPIO(
    _ interface: UnsafeMutablePointer<ef_vi>, offset: Int, length: Int, least: Int, alignment: Int
  ) throws(QueueError) {
    guard interface.isEF10 else { throw QueueError(.unsupported) }
    guard interface.pointee.vi_txq.mask != 0 else { throw QueueError(.noQueue) }
    guard interface.pointee.linked_pio != nil else { throw QueueError(.noPIOBuffer) }
    guard offset & (alignment - 1) == 0 else {
      throw QueueError(.misaligned, value: UInt64(bitPattern: Int64(offset)), limit: UInt64(alignment))
    }
    guard length >= least else {
      throw QueueError(.tooShort, value: UInt64(clamping: length), limit: UInt64(least))
    }
    let size = Int(ciul_ef_vi_get_pio_size(interface))
    guard offset >= 0, offset <= size, length <= size - offset else {
      throw QueueError(
        .lengthOutOfRange, value: UInt64(bitPattern: Int64(length)), limit: UInt64(max(0, size - max(0, offset))))
    }
  }

  /// Calls about an alternative: `EINVAL` for one that there is not, which libciul takes as an index.
  func alternative(
    _ interface: UnsafeMutablePointer<ef_vi>, _ number: Int,
    _ call: (UnsafeMutablePointer<ef_vi>, UInt32) -> Int32
  ) throws(QueueError) {
    let count = try checkAlternatives(interface)
    guard number >= 0, number < count else {
      throw QueueError(.noAlternative, value: UInt64(bitPattern: Int64(number)), limit: UInt64(count))
    }
    let result = call(interface, UInt32(number))
    guard result >= 0 else { throw QueueError(result, invalid: .noAlternative, value: number, limit: count) }
  }

  /// Alternatives that there are.
  func checkAlternatives(_ interface: UnsafeMutablePointer<ef_vi>) throws(QueueError) -> Int {
    guard interface.isEF10, interface.has(.transmitAlternatives), interface.pointee.vi_txq.mask != 0 else {
      throw QueueError(.unsupported)
    }
    return Int(ciul_ef_vi_transmit_alt_num_ids(interface))
  }

  /// `ef_vi_transmit_alt_query_buffering`.
  func alternativeBuffering(
    _ interface: UnsafeMutablePointer<ef_vi>, _ count: Int, _ driver: Driver
  ) throws(EtherFabricError) -> Int {
    guard let state = pointee.hardwareState, count >= 0, count <= Int(Int32.max) else { return 0 }
    let index = Int32(bitPattern: if_nametoindex(driver.identity.interface))
    let result = ciul_ef_vi_transmit_alt_query_buffering(interface, index, state.pointee.handle, Int32(count))
    guard result >= 0 else {
      throw EtherFabricError(
        "VirtualInterface.alternativeBuffering", errno: -result,
        reason: "the adapter tells no room for \(count) alternatives",
        remedy: "Ask Driver.capability for transmitAlternatives before.")
    }
    return Int(result)
  }

  /// `ef_vi_transmit_alt_query_overhead`.
  func alternativeOverhead(_ interface: UnsafeMutablePointer<ef_vi>) throws(EtherFabricError) -> AlternativeOverhead {
    var overhead = ef_vi_transmit_alt_overhead()
    let result = interface.isEF10 ? ciul_ef_vi_transmit_alt_query_overhead(interface, &overhead) : -EINVAL
    guard result >= 0 else {
      throw EtherFabricError(
        "VirtualInterface.alternativeOverhead", errno: -result,
        reason: "the interface was allocated without transmit alternatives",
        remedy: "Allocate it with InterfaceFlags.transmitAlternatives and a transmit ring.")
    }
    return AlternativeOverhead(preRound: overhead.pre_round, mask: overhead.mask, postRound: overhead.post_round)
  }
}
