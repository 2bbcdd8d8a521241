/// How a `TAPWire` is made.
public struct TAPWireOptions: Sendable, Equatable {
  /// The interface's MTU, 68 to 65521; nil for the kernel's choice (1500), or what an interface that stays has.
  public var mtu: Int?
  /// The kernel's IPv4 address on the interface with its network, `10.0.0.1/24`; nil to give it none.
  public var address: String?
  /// Frames that the kernel keeps until they are read, 1 to 65536.
  public var queueLength = 1024

  public init() {}
}
