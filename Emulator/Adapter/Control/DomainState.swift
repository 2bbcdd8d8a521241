import EtherFabric
import EtherFabricFormats

/// A protection domain as the adapter keeps it.
struct DomainState {
  var flags: DomainFlags
  /// How its interfaces and the adapter meet.
  var datapath: Datapath
  /// Its virtual port, 0 for the port itself.
  var virtualPort: UInt8 = 0
  /// Its number where its multicast comes back to the interfaces of this host, 0 where it does not.
  var stack: UInt32 = 0

  /// Descriptors have bus addresses.
  var isPhysical: Bool { flags.contains(.physicalMode) && datapath == .ef10 }
}
