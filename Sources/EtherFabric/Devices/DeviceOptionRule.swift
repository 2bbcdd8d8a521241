/// What one option of a device string accepts, and for which wires.
public struct DeviceOptionRule: Sendable {
  /// The values that an option accepts.
  public enum Value: Sendable, Equatable {
    /// One of these words.
    case choice([String])
    /// `on` or `off`.
    case flag
    /// A whole number, decimal or with `0x`.
    case integer(ClosedRange<UInt64>)
    /// A whole number, decimal or with `0x`, that may have a minus in front.
    case signed(ClosedRange<Int64>)
    /// A probability from 0 to 1: `0.01`, `1%` or `1/100`.
    case rate
    /// A unicast Ethernet address.
    case mac
    /// A path.
    case file
    /// `max`, or a factor above 0 on the recorded pace.
    case pace
    /// `forever`, or a count from 1.
    case count
    /// An IPv4 address and the bits of its network: `10.0.0.1/24`.
    case network
  }

  /// The key.
  public let key: String
  /// What is accepted after `=`.
  public let value: Value
  /// The wires that take it.
  public let wires: [DeviceString.Wire]
  /// In effect where the string does not say, nil where that depends on the wire.
  public let defaultValue: String?
  /// A few words for tables.
  public let help: String

  /// Whether this is the rate of a fault.
  public var isFault: Bool { value == .rate }

  /// All options, in the order in which a device string is printed.
  public static let all: [DeviceOptionRule] = general + wireOnly + faults

  /// The rule of a key, nil where there is none.
  public static func rule(_ key: String) -> DeviceOptionRule? { all.first { $0.key == key } }

  private static let general: [DeviceOptionRule] = [
    .init("nic", .choice(Generation.emulated.map(\.rawValue)), default: "x2", "adapter generation"),
    .init("service", .choice(["inline", "thread"]), default: "inline", "who runs the adapter: caller or thread"),
    .init("completion", .choice(["batch", "each"]), default: "batch", "transmit completions"),
    .init("mtu", .integer(68...9198), "largest payload after the Ethernet header, in bytes"),
    .init("mac", .mac, "address of the port"),
    .init("clock", .choice(["real", "manual"]), default: "real", "the adapter's clock"),
    .init(
      "clock-offset", .signed(-1_000_000_000_000_000_000...1_000_000_000_000_000_000), "nanoseconds added to the clock"),
    .init("clock-drift", .signed(-500_000_000...500_000_000), "parts in 10^9 that the clock is too fast"),
    .init("clock-state", .choice(["set+sync", "set", "sync", "none"]), "what time syncs say of the clock"),
    .init("timestamps", .choice(["wire", "clock"]), default: "wire", "receive stamps of the wire where it has them"),
    .init("evq-stride", .integer(0...64), "event slots cleared ahead of the reader"),
    .init("min-fill", .integer(0...504), "receive descriptors that a new ring needs to begin; hardware wants 16"),
    .init("firmware", .choice(["full", "low-latency"]), default: "full", "firmware of an EF10 adapter"),
    .init(
      "phys", .choice(["group", "on", "off"]), default: "group", "who may use physical addresses: the group 0, all"),
    .init("rss-udp", .choice(["addresses", "ports"]), default: "addresses", "what tells UDP flows of a set apart"),
    .init("record", .file, "capture file of all frames"),
    .init("seed", .integer(0...UInt64.max), default: "0", "seed of the faults"),
  ]

  private static let wireOnly: [DeviceOptionRule] = [
    .init("link", .choice(["up", "down"]), wires: [.cable, .switch], default: "up", "state of the link at the start"),
    .init("slots", .integer(1...65536), wires: [.afpacket], default: "1024", "frames that the receive ring holds"),
    .init("steal", .flag, wires: [.afpacket], default: "off", "keep filtered frames from the kernel's stack"),
    .init("promiscuous", .flag, wires: [.afpacket, .xdp], default: "on", "take frames to any address"),
    .init(
      "attach", .choice(["best", "zerocopy", "native", "generic"]), wires: [.xdp], default: "best",
      "the best way for the program to run that is tried"),
    .init("queues", .integer(1...64), wires: [.xdp], "receive queues of the interface, from 0 on; all without it"),
    .init("need-wakeup", .flag, wires: [.xdp], default: "on", "call the kernel only where it asks for it"),
    .init(
      "memory", .choice(["own", "user"]), wires: [.xdp], default: "own",
      "where the kernel writes frames: memory of the wire, or the buffers that are posted"),
    .init("address", .network, wires: [.tap], "the kernel's address on the interface, with its network"),
    .init("pace", .pace, wires: [.pcap], default: "max", "speed of the replay: max, or a factor on the recorded"),
    .init("loop", .count, wires: [.pcap], default: "1", "how often the file is played, or forever"),
  ]

  private static let faults: [DeviceOptionRule] =
    ["", "rx-", "tx-"].flatMap { side in
      [
        ("drop", "lost"), ("duplicate", "sent twice"), ("reorder", "exchanged with the next"),
        ("corrupt", "with a bit flipped"), ("truncate", "cut"), ("delay", "held back"),
      ].map { fault, words in
        DeviceOptionRule(
          side + fault, .rate, "share of \(side == "" ? "all" : side == "rx-" ? "received" : "sent") frames \(words)")
      }
    } + [
      .init("ctpio-fail", .rate, "share of cut-through sends that the adapter takes no notice of"),
      .init("ctpio-underrun", .rate, "share of cut-through sends that come too slowly"),
    ]

  private init(
    _ key: String, _ value: Value, wires: [DeviceString.Wire] = DeviceString.Wire.allCases,
    default defaultValue: String? = nil, _ help: String
  ) {
    self.key = key
    self.value = value
    self.wires = wires
    self.defaultValue = defaultValue
    self.help = help
  }
}
