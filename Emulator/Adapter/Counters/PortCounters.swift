/// What a port counts, in frames. Every frame that arrives is in exactly one of delivered, and the drops by name.
struct PortCounters {
  // What every frame counts, in one cache line.
  var received: UInt64 = 0
  var receivedBytes: UInt64 = 0
  /// Frames that reached at least one interface.
  var delivered: UInt64 = 0
  var transmitted: UInt64 = 0
  var transmittedBytes: UInt64 = 0
  var doorbells: UInt64 = 0
  var services: UInt64 = 0

  /// Frames of these that the wire had written to the posted buffer itself.
  var inPlace: UInt64 = 0
  /// Frames for a member of a set that is not there.
  var noMember: UInt64 = 0
  /// Frames that matched an interface and found no descriptor on any.
  var noDescriptor: UInt64 = 0
  /// Frames that matched a packed-stream interface which had no credit.
  var noCredit: UInt64 = 0
  /// Frames that no filter of an interface wanted: the kernel's, where the wire has one.
  var filtered: UInt64 = 0
  /// Frames above the port's MTU.
  var oversize: UInt64 = 0
  /// Frames shorter than an Ethernet header.
  var runts: UInt64 = 0
  /// Frames that came while the port's link was forced down.
  var receivedLinkDown: UInt64 = 0
  /// Frames for interfaces whose receive ring has stopped.
  var receiveStopped: UInt64 = 0
  /// Copies made for more than one interface.
  var replicated: UInt64 = 0
  /// Copies for sniffers, whatever became of the frames.
  var receiveSniffed: UInt64 = 0
  var transmitSniffed: UInt64 = 0
  /// Copies of sent frames that went to interfaces of this port: by multicast loopback, and between virtual ports.
  var looped: UInt64 = 0
  var switched: UInt64 = 0
  /// Frames for an interface of another virtual port alone, which do not leave the port.
  var keptInside: UInt64 = 0
  var transmitCongested: UInt64 = 0
  var transmitLinkDown: UInt64 = 0
  var transmitOversize: UInt64 = 0
  var transmitFailed: UInt64 = 0
  /// Frames that went out by cut-through; of those that did not the fallback was sent.
  var cutThrough: UInt64 = 0
  var cutThroughFailed: UInt64 = 0
  /// Frames of failed cut-through sends that went out with a bad frame check sequence.
  var poisoned: UInt64 = 0
  /// Frames for an alternative which had no room for them, and are lost.
  var alternativeOverflow: UInt64 = 0
  /// Frames that alternatives discarded.
  var alternativeDiscarded: UInt64 = 0
  /// Frames that the fault plan swallowed.
  var faultDropped: UInt64 = 0
  /// Stores to registers that the adapter does not have.
  var unknownCommands: UInt64 = 0
  /// Services that found another thread at work.
  var contended: UInt64 = 0
}

extension PortCounters: CounterWords {
  static let fields: [CounterField<PortCounters>] = [
    .init(\.received, "rx_packets", "frames that reached the port"),
    .init(\.receivedBytes, "rx_bytes", "bytes of these, without FCS", unit: "bytes"),
    .init(\.delivered, "rx_delivered", "frames written to at least one interface"),
    .init(\.inPlace, "rx_in_place", "frames that the wire wrote to the posted buffer: not copied"),
    .init(\.noDescriptor, "rx_no_descriptor", "frames dropped: no receive descriptor was posted"),
    .init(\.noCredit, "rx_no_credit", "frames dropped: no packed-stream credit was left"),
    .init(\.noMember, "rx_no_member", "frames dropped: the member of the set is not allocated"),
    .init(\.filtered, "rx_filtered", "frames that no filter of an interface took"),
    .init(\.oversize, "rx_oversize", "frames dropped: above the MTU"),
    .init(\.runts, "rx_runts", "frames dropped: shorter than an Ethernet header"),
    .init(\.receiveStopped, "rx_stopped", "frames dropped: the receive ring has stopped, or never was"),
    .init(\.receivedLinkDown, "rx_link_down", "frames dropped: the link was forced down"),
    .init(\.replicated, "rx_replicated", "further copies of frames that several interfaces took"),
    .init(\.receiveSniffed, "rx_sniffed", "copies of arriving frames for a sniffer"),
    .init(\.transmitted, "tx_packets", "frames that left the port"),
    .init(\.transmittedBytes, "tx_bytes", "bytes of these, padding included", unit: "bytes"),
    .init(\.transmitCongested, "tx_congested", "frames lost: no room on the wire"),
    .init(\.transmitLinkDown, "tx_link_down", "frames lost: link down"),
    .init(\.transmitOversize, "tx_oversize", "frames lost: above the MTU"),
    .init(\.transmitFailed, "tx_failed", "frames lost: malformed, not allowed, or refused by the wire"),
    .init(\.cutThrough, "ctpio_success", "frames sent by cut-through"),
    .init(\.cutThroughFailed, "ctpio_fallback", "cut-through sends that failed"),
    .init(\.poisoned, "ctpio_poison", "frames of these that left with a bad frame check sequence"),
    .init(\.alternativeOverflow, "tx_alt_overflow", "frames lost: no room in a transmit alternative"),
    .init(\.alternativeDiscarded, "tx_alt_discarded", "frames that a transmit alternative discarded"),
    .init(\.looped, "tx_looped", "copies of sent multicast for interfaces of this port"),
    .init(\.switched, "tx_switched", "copies of sent frames for interfaces of other virtual ports"),
    .init(\.keptInside, "tx_kept_inside", "frames for another virtual port alone, which did not leave"),
    .init(\.transmitSniffed, "tx_sniffed", "copies of sent frames for a sniffer"),
    .init(\.faultDropped, "fault_dropped", "frames that the fault plan swallowed"),
    .init(\.doorbells, "doorbells", "transmit doorbells that had something to send", unit: "calls"),
    .init(\.services, "services", "times the adapter ran", unit: "calls"),
    .init(\.unknownCommands, "unknown_commands", "stores to registers that the adapter does not have", unit: "calls"),
    .init(\.contended, "contended", "doorbells that waited for another thread", unit: "calls"),
  ]
}
