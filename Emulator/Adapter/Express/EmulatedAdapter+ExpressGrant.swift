import EtherFabric
import EtherFabricFormats

extension EmulatedAdapter {
  /// What an interface is granted besides its event queue; nil on EF10.
  func expressGrant(_ interface: UnsafeMutablePointer<InterfaceState>) -> ExpressGrant? {
    guard let express = interface.pointee.express else { return nil }
    let parameters = express.pointee.parameters
    return ExpressGrant(
      parameters: parameters, aperture: express.pointee.aperture,
      transmitFIFOBytes: ExpressParameters.fifoBytes(
        parameters, transmitCapacity: Int(express.pointee.transmitCapacity)),
      memory: port.pointee.translation.hostMemory(of: interface.pointee.domain),
      receiveQueueLimit: SuperbufLayout.maximumQueues)
  }

  /// An event queue with a slot for every transmit, for the time syncs that credits allow, and on X4 for every frame of
  /// the superbufs that the interface is to have; the largest there is where none has so many.
  /// A queue that has no room for the events of its frames makes none.
  func expressEventQueue(
    _ options: InterfaceOptions, _ datapath: Datapath, index: UInt32
  ) throws(EtherFabricError) -> EventQueueMemory {
    let sizes = InterfaceRules.eventSizes(datapath)
    let frames = datapath == .ef10ct ? options.receiveCapacity + ExpressParameters.freeEventSlots : 0
    let wanted =
      ExpressParameters.eventSlots(transmitCapacity: options.transmitCapacity, options.flags) + frames
    let capacity = options.eventCapacity ?? RingRules.size(atLeast: wanted, of: sizes) ?? sizes.max() ?? wanted
    return try EventQueueMemory(
      capacity: capacity, owner: index, wireDescriptor: settings.service == .inline ? wire.waitDescriptor : -1,
      port: port, hasTimer: false, counters: counters)
  }
}

extension UnsafeMutablePointer where Pointee == InterfaceState {
  /// Starts the receive queues that stopped. Those of an X3 never do.
  func restartQueues(_ express: UnsafeMutablePointer<ExpressInterfaceState>) {
    for index in 0..<express.pointee.attachmentCount { express.pointee.attachments[index]?.pointee.queue.restart() }
  }
}
