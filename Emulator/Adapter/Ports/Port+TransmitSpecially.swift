import EtherFabric
import EtherFabricFormats
import Glibc

extension UnsafeMutablePointer where Pointee == PortState {
  /// As `transmitAll`, for an interface with alternatives, or with a cut-through frame whose fallback is to come.
  @inline(never)
  func transmitSpecially(_ interface: UnsafeMutablePointer<InterfaceState>, end: UInt32) {
    guard let sending = interface.pointee.sending else { return }
    while interface.pointee.transmitRead != end {
      let word = interface.pointee.transmitRing[Int(interface.pointee.transmitRead)]
      if AlternativeDescriptor.isAlternative(word), sending.pointee.fifoCount > 0 {
        guard select(AlternativeDescriptor(word: word).fifo, sending, interface) else { break }
      } else if sending.pointee.awaitsFallback {
        guard passFallback(interface, sending, end: end) else { break }
      } else if sending.pointee.fifoCount > 0 {
        guard transmitByAlternative(interface, sending, end: end) else { break }
      } else {
        guard transmitOne(interface, end: end) else { break }
        reportTransmit(interface)
      }
    }
    flush(interface)
    if interface.pointee.unreported > 0 { complete(interface) }
    interface.pointee.transmitsPlainly = sending.pointee.sendsPlainly
  }

  /// The two words of a timestamp, low part before high part.
  /// - Parameters:
  ///   - low: kind of the first, the second is the next above.
  ///   - soft: the high half of the second, which tells the alternative.
  func postStamp(
    _ interface: UnsafeMutablePointer<InterfaceState>, time: UInt64, low: UInt8 = TransmitEventWord.Kind.timestampLow,
    soft: UInt16 = 0
  ) {
    let stamp = pointee.clock.transmitStamp(time)
    let label = interface.pointee.label
    interface.pointee.events.post(
      TransmitEventWord(
        kind: low, index: stamp.minor & 0xffff, label: label, soft: UInt16(truncatingIfNeeded: stamp.minor >> 16)
      ).word)
    interface.pointee.events.post(
      TransmitEventWord(kind: low &+ 1, index: stamp.seconds & 0xffff, label: label, soft: soft).word)
  }
}

extension UnsafeMutablePointer where Pointee == InterfaceState {
  /// A ring that starts from its beginning sends to the wire.
  func restartSending() {
    guard let sending = pointee.sending else { return }
    sending.pointee.awaitsFallback = false
    sending.pointee.selected = AlternativeDescriptor.normalPath
    pointee.transmitsPlainly = sending.pointee.sendsPlainly
  }
}

extension InterfaceState {
  /// Keeps frames of failed cut-through sends from the wire.
  var keepsPoison: Bool { flags.isSuperset(of: [.cutThrough, .cutThroughNoPoison]) }
}
