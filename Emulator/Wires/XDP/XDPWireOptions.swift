/// How an `XDPWire` is opened.
public struct XDPWireOptions: Sendable, Equatable {
  /// The best way of attaching to try. Where the interface or the kernel has no better, the next one is taken.
  public enum Attach: String, CaseIterable, Sendable {
    /// Whatever is best: the same as `zerocopy`.
    case best
    /// The driver runs the program, and frames go to and from the adapter's memory without a copy by the kernel.
    case zerocopy
    /// The driver runs the program, and the kernel copies.
    case native
    /// The kernel runs the program in front of its stack, for any driver.
    case generic
  }

  public var attach = Attach.best
  /// Receive queues to bind, from queue 0 on, 1 to 64; nil for all of the interface.
  public var queues: Int?
  /// Frames that the receive ring of a queue holds, a power of two from 64 to 32768; nil for 2048, and for less where
  /// there are many queues.
  public var receiveSlots: Int?
  /// Frames that may wait to be sent, a power of two from 64 to 8192.
  public var transmitSlots = 1024
  /// Call the kernel only where it asks for it (XDP_USE_NEED_WAKEUP).
  public var needWakeup = true
  /// Ask the interface for frames to any address. The adapter's filters decide what is delivered in any case.
  public var promiscuous = true
  /// Open an interface that is administratively down, and wait for it to come up.
  public var allowDown = false

  /// Where the kernel writes received frames.
  public var memory = Memory.own

  /// Where the kernel writes received frames.
  public enum Memory: String, CaseIterable, Sendable {
    /// Memory of the wire; the adapter copies.
    case own
    /// The buffers that are posted, where `UserMemoryRefusal` names nothing against it.
    case user
  }

  public init() {}
}
