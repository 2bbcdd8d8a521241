import EtherFabricFormats

/// How an adapter spreads the frames of sets.
struct FrameHashing {
  let table: ToeplitzHash.Table
  /// Over the ports of UDP too. The driver asks for the ports of TCP alone, because the frames of one datagram may have
  /// none: fragments of a flow must not come to another member than the rest of it.
  let usesUDPPorts: Bool

  /// The hash of a frame with the parser's findings. 0 for what is not IP, with which it comes to the first member.
  func hash(_ frame: UnsafeRawPointer, _ layout: borrowing FrameLayout) -> UInt32 {
    guard layout.l4Class == .udp, !usesUDPPorts else { return table.hash(frame, layout: layout) ?? 0 }
    let header = frame + Int(layout.l3Offset)
    return layout.l3Class.isIPv4 ? table.hash(header + 12, count: 8) : table.hash(header + 8, count: 32)
  }
}
