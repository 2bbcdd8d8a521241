import CLinuxShims
import EmulatedWires
import EtherFabric
import Glibc
import NetworkLab
import Testing

/// The other end of the pair: a plain packet socket, or the kernel's own stack.
final class Peer {
  private let descriptor: Int32

  /// A packet socket that sees whole frames, the kernel's tags aside.
  init(_ interface: String = "k0") throws {
    descriptor = packet_socket_open()
    _ = packet_socket_ignore_outgoing(descriptor)
    _ = packet_socket_buffer(descriptor, 1, 16 << 20)
    _ = packet_socket_set(descriptor, SOL_SOCKET, SO_SNDBUF, 8 << 20)
    let index = packet_interface_index(descriptor, interface)
    try #require(packet_socket_bind(descriptor, index, UInt16(ETH_P_ALL)) == 0, "\(interface)")
  }

  deinit { close(descriptor) }

  @discardableResult
  func send(_ frame: [UInt8]) -> Bool { packet_send(descriptor, frame, frame.count) == 0 }

  /// What arrives within the time.
  func receive(within milliseconds: Int = 1000) -> [UInt8]? {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    _ = poll(&entry, 1, Int32(milliseconds))
    var bytes = [UInt8](repeating: 0, count: 1 << 17)
    let count = packet_receive(descriptor, &bytes, bytes.count)
    return count < 0 ? nil : Array(bytes[..<count])
  }

  /// All that has arrived, until nothing comes for a moment.
  func drain(within milliseconds: Int = 50) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    while let frame = receive(within: milliseconds) { frames.append(frame) }
    return frames
  }
}

extension VethPair {
  /// A frame of `length` bytes to the wire, with a number and a pattern behind it.
  func incoming(_ number: Int, length: Int = 60, tag: [UInt8] = []) -> [UInt8] {
    Self.frame(number, length, tag, to: adapterMAC, from: kernelMAC)
  }

  /// The same from the wire.
  func outgoing(_ number: Int, length: Int = 60, tag: [UInt8] = []) -> [UInt8] {
    Self.frame(number, length, tag, to: kernelMAC, from: adapterMAC)
  }

  static func frame(
    _ number: Int, _ length: Int = 60, _ tag: [UInt8] = [], to destination: MACAddress, from source: MACAddress
  ) -> [UInt8] {
    var bytes = destination.bytes + source.bytes + tag + [0x88, 0xb5]
    if bytes.count + 4 <= length { bytes += [24, 16, 8, 0].map { UInt8(number >> $0 & 255) } }
    while bytes.count < length { bytes.append(UInt8(truncatingIfNeeded: bytes.count &* 7 &+ number)) }
    return bytes
  }

  /// Runs `ip` in the network of the calling thread.
  @discardableResult
  static func ip(_ command: String) throws -> String { try IPTool.run("XDPWireTests", command) }
}

/// The number of a frame without a tag.
func number(_ frame: [UInt8]) -> Int? {
  guard frame.count >= 18, frame[12..<14] == [0x88, 0xb5] else { return nil }
  return frame[14..<18].reduce(0) { $0 << 8 | Int($1) }
}

extension Trait where Self == ConditionTrait {
  /// Skips a suite, with the reason, where no pair with an XDP wire can be made.
  static var needsXDP: Self { .enabled(if: obstacle == nil, "network: \(obstacle ?? "")") }
}

private let obstacle: String? = {
  if let reason = Namespace.unavailableReason { return reason }
  do {
    try Namespace.run {
      _ = try VethPair()
      _ = try XDPWire()
    }
    return nil
  } catch {
    return "\(error)"
  }
}()

/// CLOCK_REALTIME in nanoseconds.
func wallClock() -> UInt64 {
  var words: (Int, Int) = (0, 0)
  withUnsafeMutableBytes(of: &words) {
    _ = clock_gettime(CLOCK_REALTIME, $0.baseAddress!.assumingMemoryBound(to: timespec.self))
  }
  return UInt64(words.0) * 1_000_000_000 + UInt64(words.1)
}
