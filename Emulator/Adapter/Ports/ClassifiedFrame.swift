import EtherFabric
import EtherFabricFormats

/// A frame as the port's parser sees it: what its filters compare, and the bits its events carry.
struct ClassifiedFrame {
  var key: FrameKey
  /// Error and class bits, at their place in a receive event.
  let eventFlags: UInt64

  /// - Parameters:
  ///   - errors: what is known of the frame already: a bad frame check sequence, a cut.
  ///   - layout: room for what the parser finds.
  @inline(__always)
  init(_ frame: WireFrame, errors: UInt64, layout: inout FrameLayout) {
    typealias Bit = ReceiveEventWord.Bit
    let bytes = UnsafeRawPointer(frame.bytes)
    let verdict = layout.parseVerifying(bytes, length: frame.length)
    var flags =
      errors
      | ReceiveEventWord.classes(
        l2: layout.baseClass.rawValue, vlanTags: layout.vlanCount, l3: layout.l3Class.rawValue,
        l4: layout.l4Class.rawValue, multicast: layout.destinationClass != .unicast)
    if verdict.ipBad { flags |= Bit.ipChecksumBad }
    if verdict.l4Bad { flags |= Bit.l4ChecksumBad }

    let destination =
      UInt64(UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))) << 16
      | UInt64(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt16.self)))
    var key = FrameKey(destinationMAC: destination, vlan: layout.outerVLAN, etherType: layout.etherType)
    let header = bytes + Int(layout.l3Offset)
    switch layout.l3Class {
    case .ip4:
      key.setIPv4(
        source: UInt32(bigEndian: header.loadUnaligned(fromByteOffset: 12, as: UInt32.self)),
        destination: UInt32(bigEndian: header.loadUnaligned(fromByteOffset: 16, as: UInt32.self)),
        ipProtocol: layout.ipProtocol, isFragment: false)
    case .ip6:
      key.setIPv6(
        source: Self.half(header, 8), destination: Self.half(header, 24), ipProtocol: layout.ipProtocol,
        isFragment: false)
    default: break
    }
    if layout.l4Class != .none {
      key.setPorts(source: layout.sourcePort, destination: layout.destinationPort)
      if layout.destinationPort == FrameLayout.vxlanPort { flags = Self.extraordinary(&layout, bytes, flags) }
    } else if !layout.isOrdinary {
      flags = Self.extraordinary(&layout, bytes, flags)
    }
    self.key = key
    eventFlags = flags
  }

  /// The bits of a frame whose headers end too early, or that carries another: then the classes are those of what is
  /// inside, beside a verdict of its own.
  @inline(never)
  private static func extraordinary(
    _ layout: inout FrameLayout, _ bytes: UnsafeRawPointer, _ flags: UInt64
  ) -> UInt64 {
    typealias Bit = ReceiveEventWord.Bit
    var bits = flags | (layout.isIncomplete ? Bit.parseIncomplete : 0)
    guard let inner = layout.carriedFrame(bytes) else { return bits }
    bits &= ~ReceiveEventWord.classes(l2: 7, vlanTags: 7, l3: 7, l4: 3, multicast: false)
    bits |= ReceiveEventWord.classes(
      l2: inner.layout.baseClass.rawValue, vlanTags: inner.layout.vlanCount, l3: inner.layout.l3Class.rawValue,
      l4: inner.layout.l4Class.rawValue, multicast: false)
    bits |= UInt64(inner.encapsulation.rawValue) << 32
    if inner.layout.isIncomplete { bits |= Bit.parseIncomplete }
    if inner.ipBad { bits |= Bit.innerIPChecksumBad }
    if inner.l4Bad { bits |= Bit.innerL4ChecksumBad }
    return bits
  }

  @inline(__always)
  private static func half(_ header: UnsafeRawPointer, _ offset: Int) -> (high: UInt64, low: UInt64) {
    (
      UInt64(bigEndian: header.loadUnaligned(fromByteOffset: offset, as: UInt64.self)),
      UInt64(bigEndian: header.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
    )
  }
}

extension PlainDatagram {
  /// Error and class bits, at their place in a receive event.
  @inline(__always)
  var eventFlags: UInt64 {
    typealias Bit = ReceiveEventWord.Bit
    let verdict = verdict
    return ReceiveEventWord.classes(
      l2: EthernetBaseClass.ethernetII.rawValue, vlanTags: 0, l3: L3Class.ip4.rawValue, l4: isUDP ? 2 : 1,
      multicast: isGroup) | (verdict.ipBad ? Bit.ipChecksumBad : 0) | (verdict.l4Bad ? Bit.l4ChecksumBad : 0)
  }
}

extension UnsafeMutablePointer where Pointee == PortState {
  /// Checksums on the way out. False for a frame that the interface's flags forbid.
  @inline(__always)
  func offload(
    _ interface: UnsafeMutablePointer<InterfaceState>, _ room: UnsafeMutableRawPointer, length: Int
  ) -> Bool {
    let isRestricted = interface.pointee.isRestricted
    guard interface.pointee.fillsIPChecksum || interface.pointee.fillsL4Checksum || isRestricted else { return true }
    if let datagram = PlainDatagram(room, length: length) {
      datagram.fill(ip: interface.pointee.fillsIPChecksum, l4: interface.pointee.fillsL4Checksum)
      return true
    }
    return offloadOther(interface, room, length: length)
  }

  /// The same for a frame that has to be parsed.
  @inline(never)
  private func offloadOther(
    _ interface: UnsafeMutablePointer<InterfaceState>, _ room: UnsafeMutableRawPointer, length: Int
  ) -> Bool {
    pointee.layout.parseFilling(
      room, length: length, ip: interface.pointee.fillsIPChecksum, l4: interface.pointee.fillsL4Checksum)
    return !interface.pointee.isRestricted || pointee.layout.l4Class != .none
  }
}
