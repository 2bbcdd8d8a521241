import EmulatedWires

extension PacketWire {
  convenience init(_ interface: String, _ change: (inout PacketWireOptions) -> Void = { _ in }) throws {
    var options = PacketWireOptions()
    change(&options)
    try self.init(interface: interface, options: options)
  }
}
