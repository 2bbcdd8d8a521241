import EtherFabric
import Glibc

/// Two ports of a cable in libciul, as `sfc:lo` each. The library reads the variable in control calls, so those about a
/// port are made with `at`.
struct LibraryCable {
  let left: Driver
  let right: Driver
  private let name: String
  private let options: String

  enum End: Int { case left, right }

  init(_ generation: Generation) throws {
    name = "hardware\(UInt32.random(in: 0...UInt32.max))"
    options = "nic=\(generation)"
    setenv("EFVI_DEVICE", "emu:cable:\(name)/0?\(options)", 1)
    left = try Driver.open("sfc:lo")
    setenv("EFVI_DEVICE", "emu:cable:\(name)/1?\(options)", 1)
    right = try Driver.open("sfc:lo")
  }

  func at<Result: ~Copyable>(_ end: End, _ body: (Driver) throws -> Result) throws -> Result {
    setenv("EFVI_DEVICE", "emu:cable:\(name)/\(end.rawValue)?\(options)", 1)
    return try body(end == .left ? left : right)
  }

  /// An endpoint of one end.
  func endpoint(_ end: End, count: Int = 256, options: InterfaceOptions = InterfaceOptions()) throws -> Endpoint {
    try at(end) { driver in
      let domain = try driver.allocateProtectionDomain()
      return try Endpoint(domain, pool: try PacketPool(domain, count: count), options: options)
    }
  }

  func frame(_ number: Int, to: MACAddress, length: Int = 100) -> [UInt8] {
    to.bytes + left.identity.macAddress.bytes + [0x88, 0xb5]
      + (0..<length - 14).map { UInt8(truncatingIfNeeded: $0 &+ number) }
  }
}

extension Endpoint {
  mutating func send(_ bytes: [UInt8]) throws {
    var buffer = allocate()!
    buffer.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
    buffer.count = bytes.count
    try transmit(buffer)
  }

  /// No frame is there.
  mutating func isQuiet() -> Bool {
    guard let frame = receive() else { return true }
    frame.release()
    return false
  }

  /// The next frame's bytes, nil where none comes in time.
  mutating func bytes() -> [UInt8]? {
    let end = ContinuousClock.now + .seconds(2)
    while ContinuousClock.now < end {
      if let frame = receive() { return frame.bytes.withUnsafeBytes { Array($0) } }
      usleep(50)
    }
    return nil
  }
}
