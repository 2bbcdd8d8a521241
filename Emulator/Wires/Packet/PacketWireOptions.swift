/// How a `PacketWire` is opened.
public struct PacketWireOptions: Sendable, Equatable {
  /// Frames that the receive ring holds, 1 to 65536; rounded up to whole blocks of memory.
  public var receiveSlots = 1024
  /// Most frames that leave in one system call, 1 to 64.
  public var transmitBatch = 32
  /// Ask the interface for frames to any address. The adapter's filters decide what is delivered in any case.
  public var promiscuous = true
  /// Send past the queueing discipline (PACKET_QDISC_BYPASS): slightly faster, but captures on the interface no
  /// longer see what is sent, and frames are lost rather than queued under pressure.
  public var qdiscBypass = false
  /// Keep what the adapter's filters take from the kernel's stack, when `steal` is called.
  public var steals = true
  /// Open an interface that is administratively down, and wait for it to come up.
  public var allowDown = false

  public init() {}
}
