import EtherFabric

/// What the wires make of the rows.
extension BenchKind {
  static let shm = BenchKind(wire: .shm, generation: .x2)
  static let tap = BenchKind(wire: .tap, generation: .x2)

  /// Whether frames arrive with partial checksums and in large pieces, for the wire to finish. Behind a TAP the kernel
  /// has done that itself.
  var finishesFrames: Bool { wire == .packet }
  /// Whether the wire stamps frames as they come, not as they are read.
  var stampsFrames: Bool { wire == .packet }
  /// Whether a sender learns that nobody is there. Without a carrier a packet socket takes frames, and drops them.
  var tellsOfLostCarrier: Bool { wire != .packet }
}
