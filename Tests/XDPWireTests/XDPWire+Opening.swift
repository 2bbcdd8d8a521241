import EmulatedAdapter
import EmulatedWires
import EtherFabric

extension XDPWire {
  /// Opens the adapter's end of the pair, for frames of these kinds.
  convenience init(_ wanted: WantedFrames = .everything, _ change: (inout XDPWireOptions) -> Void = { _ in }) throws {
    var options = XDPWireOptions()
    change(&options)
    try self.init(interface: "a0", options: options)
    _ = want(wanted)
    stamp(true)
  }

  func line(_ name: String) -> String { configuration.first { $0.name == name }?.value ?? "" }
}

extension WantedFrames {
  static let everything: WantedFrames = {
    var wanted = WantedFrames()
    wanted.isEverything = true
    return wanted
  }()

  static func matches(_ matches: [StealMatch], known: [MACAddress] = []) -> WantedFrames {
    var wanted = WantedFrames()
    wanted.matches = matches
    wanted.known = known
    return wanted
  }

  /// One filter, beside so many others that nothing matches.
  static func match(beside others: Int = 0, _ change: (inout StealMatch) -> Void) -> WantedFrames {
    var match = StealMatch()
    change(&match)
    let crowd = (0..<others).map { index in
      var other = StealMatch()
      other.destinationMAC = MACAddress("02:ee:00:00:00:01")!
      other.etherType = 0x9000 + UInt16(index)
      return other
    }
    return .matches([match] + crowd)
  }
}
