import EtherFabric
import EtherFabricFormats
import Glibc

/// What one descriptor stands for: bytes of a packet, or the fault that there are none.
struct TransmitFragment {
  var host: UnsafeMutableRawPointer?
  var length = 0
  var continues = false
  /// A code of `QueueFault`, where there are no bytes.
  var fault: UInt32 = 0
}

extension UnsafeMutablePointer where Pointee == PortState {
  /// Length and end of the packet at the read index. Nil when it is incomplete or has stopped the ring.
  func packet(
    _ interface: UnsafeMutablePointer<InterfaceState>, end: UInt32
  ) -> (length: Int, next: UInt32)? {
    let mask = interface.pointee.transmitMask
    var read = interface.pointee.transmitRead
    var length = 0
    while read != end {
      let part = fragment(interface, interface.pointee.transmitRing[Int(read)])
      guard part.host != nil else {
        stopTransmit(interface, code: part.fault)
        return nil
      }
      length += part.length
      read = (read &+ 1) & mask
      if !part.continues { return (length, read) }
    }
    return nil
  }

  /// Copies the bytes of the descriptors from `first` to `end`, which have been looked at.
  func gather(
    _ interface: UnsafeMutablePointer<InterfaceState>, from first: UInt32, to end: UInt32,
    into room: UnsafeMutableRawPointer
  ) {
    var position = room
    var slot = first
    while slot != end {
      let part = fragment(interface, interface.pointee.transmitRing[Int(slot)])
      if let host = part.host { memcpy(position, host, part.length) }
      position += part.length
      slot = (slot &+ 1) & interface.pointee.transmitMask
    }
  }

  private func fragment(
    _ interface: UnsafeMutablePointer<InterfaceState>, _ word: UInt64
  ) -> TransmitFragment {
    let descriptor = TransmitDescriptor(word: word)
    guard descriptor.isOption else {
      return TransmitFragment(
        host: pointee.translation.translate(
          descriptor.address, length: descriptor.length, domain: interface.pointee.domain),
        length: descriptor.length, continues: descriptor.continues, fault: QueueFault.dmaTranslation)
    }
    let pio = PIODescriptor(word: word)
    guard PIODescriptor.isPIO(word), let buffer = interface.pointee.sending?.pointee.pioBuffer,
      pio.offset + pio.length <= DoorbellPage.pioBufferSize
    else { return TransmitFragment(fault: QueueFault.badDescriptor) }
    return TransmitFragment(host: buffer + pio.offset, length: pio.length, continues: pio.continues)
  }
}
