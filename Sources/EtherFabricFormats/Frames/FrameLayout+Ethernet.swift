extension FrameLayout {
  /// Reads addresses, tags and type of a frame of at least 14 bytes; returns the offset of the network header.
  @inline(__always)
  mutating func parseEthernet(_ frame: UnsafeRawPointer, length: Int) -> Int {
    if frame.field8(0) & 1 != 0 {
      let isBroadcast =
        frame.loadUnaligned(as: UInt32.self) == .max
        && frame.loadUnaligned(fromByteOffset: 4, as: UInt16.self) == .max
      destinationClass = isBroadcast ? .broadcast : .multicast
    }
    var type = frame.field16(12)
    var offset = 14
    while vlanCount < 2, type == EtherType.vlan || type == EtherType.serviceVLAN, offset &+ 4 <= length {
      let identifier = frame.field16(offset) & 0x0fff
      if vlanCount == 0 { outerVLAN = identifier } else { innerVLAN = identifier }
      vlanCount &+= 1
      type = frame.field16(offset &+ 2)
      offset &+= 4
    }
    if type >= 0x0600 {
      etherType = type
      return offset
    }
    return parseLLC(frame, at: offset, length: length)
  }

  /// Reads an 802.2 header, and the type where SNAP carries an Ethernet type (organisation 0).
  @inline(never)
  mutating func parseLLC(_ frame: UnsafeRawPointer, at offset: Int, length: Int) -> Int {
    baseClass = .llc
    guard offset &+ 8 <= length, frame.field16(offset) == 0xaaaa, frame.field8(offset &+ 2) == 0x03 else {
      return offset
    }
    baseClass = .snap
    if frame.field8(offset &+ 3) == 0, frame.field16(offset &+ 4) == 0 {
      etherType = frame.field16(offset &+ 6)
    }
    return offset &+ 8
  }
}
