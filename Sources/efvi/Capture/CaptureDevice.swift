import EtherFabric

/// The device of a capture, which has to keep frames while a file takes its time.
enum CaptureDevice {
  /// Frames that the ring of a packet socket holds where nothing is said: 27 ms of 0.6 million a second.
  static let slots = 16384
  /// What the ring may take of memory, in bytes. The frames of a large MTU are fewer.
  static let memory = 32 << 20

  /// The device as it is opened: with `slots=` for a packet socket, unless the user gave it.
  ///
  /// - Parameter mtu: of the interface, nil where it cannot be read.
  static func string(_ text: String, mtu: (_ interface: String) -> Int? = Self.mtu) -> String {
    guard let device = try? DeviceString(text), device.wire == .afpacket,
      !device.options.contains(where: { $0.key == "slots" })
    else { return text }
    // A slot has the frame and what the kernel puts in front of it.
    let slot = max(mtu(device.target) ?? 1500, 1500) + 192
    return "\(device.given),slots=\(max(1024, min(slots, memory / slot)))"
  }

  private static func mtu(_ interface: String) -> Int? {
    HostFiles(root: "").text("/sys/class/net/\(interface)/mtu").flatMap { Int($0) }
  }
}
