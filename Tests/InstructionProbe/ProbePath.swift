import EtherFabric

/// The paths whose instructions are counted.
enum ProbePath: String, CaseIterable {
  /// Descriptors and request ids, both ends.
  case mirror
  /// Buffers and frames, both ends.
  case owning

  func run(burst: Int, bursts: Int, left leftOptions: String, right rightOptions: String) throws {
    let left = try Driver.open(Self.device(0, leftOptions))
    let right = try Driver.open(Self.device(1, rightOptions))
    switch self {
    case .mirror: try MirrorPath.run(left, right, burst: burst, bursts: bursts)
    case .owning: try OwningPath.run(left, right, burst: burst, bursts: bursts)
    }
  }

  private static func device(_ port: Int, _ options: String) -> String {
    "emu:cable:instructions/\(port)" + (options.isEmpty ? "" : ",\(options)")
  }
}

/// The frame that goes from left to right: UDP over IPv4, with the checksums that EFCT and EF10CT do not fill in.
enum ProbeFrame {
  static let length = 64

  static func store(to frame: UnsafeMutableRawPointer, destination: MACAddress, source: MACAddress) {
    frame.initializeMemory(as: UInt8.self, repeating: 0, count: length)
    destination.store(to: frame)
    source.store(to: frame + 6)
    let fields = [
      (12, 0x0800), (14, 0x4500), (16, length - 14), (22, 0x4011), (24, 0x66a5), (26, 0x0a09), (28, 2), (30, 0x0a09),
      (32, 3),
      (34, 9001), (36, 9000), (38, length - 34),
    ]
    for (offset, value) in fields {
      frame.storeBytes(of: UInt16(value).bigEndian, toByteOffset: offset, as: UInt16.self)
    }
  }
}
