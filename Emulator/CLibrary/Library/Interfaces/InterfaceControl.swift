import EtherFabric

/// What belongs to an interface beside the datapath, and keeps it alive.
final class InterfaceControl {
  let handle: DriverHandle
  let interface: UnsafeMutablePointer<VirtualInterface>
  /// The interface is a member of it.
  let set: VirtualInterfaceSet?
  /// Whether the wait descriptor is in the handle's set.
  var isWatched = false
  /// The number of the linked PIO buffer.
  var linkedBuffer: UInt32?
  /// Start of the packed-stream buffer that was looked up last.
  var knownBuffer: UnsafeMutableRawPointer?

  init(handle: DriverHandle, interface: consuming VirtualInterface, set: VirtualInterfaceSet?) {
    self.handle = handle
    self.set = set
    self.interface = .allocate(capacity: 1)
    self.interface.initialize(to: interface)
  }

  deinit {
    interface.deinitialize(count: 1)
    interface.deallocate()
  }
}
