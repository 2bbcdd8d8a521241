/// What a port counts, in frames. Every frame that arrives is in exactly one of delivered, and the drops by name.
struct PortCounters {
  var received: UInt64 = 0
  var receivedBytes: UInt64 = 0
  /// Frames that reached at least one interface.
  var delivered: UInt64 = 0
  /// Frames for a member of a set that is not there.
  var noMember: UInt64 = 0
  /// Frames that matched an interface and found no descriptor on any.
  var noDescriptor: UInt64 = 0
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
