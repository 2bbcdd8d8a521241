/// What a port counts, in frames. Every frame that arrives is in exactly one of delivered, and the drops by name.
struct PortCounters {
  var received: UInt64 = 0
  var receivedBytes: UInt64 = 0
  /// Frames that reached at least one interface.
  var delivered: UInt64 = 0
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
  var transmitted: UInt64 = 0
  var transmittedBytes: UInt64 = 0
  var transmitCongested: UInt64 = 0
  var transmitLinkDown: UInt64 = 0
  var transmitOversize: UInt64 = 0
  var transmitFailed: UInt64 = 0
  /// Frames that the fault plan swallowed.
  var faultDropped: UInt64 = 0
  var doorbells: UInt64 = 0
  var services: UInt64 = 0
  /// Stores to registers that the adapter does not have.
  var unknownCommands: UInt64 = 0
  /// Services that found another thread at work.
  var contended: UInt64 = 0
}
