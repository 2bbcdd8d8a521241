import EtherFabric

/// A protection domain as the adapter keeps it.
struct DomainState {
  var flags: DomainFlags
  /// How its interfaces and the adapter meet.
  var datapath: Datapath
}
