import EmulatedAdapter

/// Keeps frames from the kernel's own stack, where it can.
struct PacketSteal: ~Copyable {
  private(set) var description = "no"

  mutating func replace(_ matches: [StealMatch], interface: Int32) -> Bool { false }
}
