import EtherFabric
import EtherFabricFormats

/// What the emulated X3 and X4 express say of themselves, and where their registers are.
enum ExpressParameters {
  /// Bytes of the transmit aperture, on both generations as many as the FIFO holds. The real ones have 4 KiB, and take
  /// the bytes away as they are written; here they lie until a command tells of them, so a stream must not lap itself.
  static let apertureBytes = 32768

  /// Receive queues of an X3, which interfaces share. Queue 0 is the network driver's.
  static let sharedQueues = 16
  /// Receive queues of an X4, one interface's each: as many as a receive event's label can name.
  static let ownQueues = 256

  /// Offset in an interface's window of the register that takes `BufferPost` words for a queue.
  static func postRegister(_ queue: Int) -> Int { firstPostRegister + 8 * queue }
  static let firstPostRegister = 0x2000
  static let lastPostRegister = firstPostRegister + 8 * (ownQueues - 1)

  static func design(_ datapath: Datapath) -> DesignParameters {
    var parameters = datapath == .efct ? DesignParameters.x3 : .x4Express
    parameters.transmitApertureBytes = apertureBytes
    parameters.receiveQueues = datapath == .efct ? sharedQueues : ownQueues
    return parameters
  }

  /// Bytes that the transmit FIFO of an interface holds.
  static func fifoBytes(_ parameters: DesignParameters, transmitCapacity: Int) -> Int {
    min(parameters.transmitFIFOBytes, StreamHeader.alignment * transmitCapacity)
  }

  /// Transmits that one completion may stand for where the adapter merges them: half of what a sequence can tell apart.
  static let completionLimit: UInt32 = 128
  /// Event slots that time syncs may take (`CI_CFG_TIME_SYNC_EVENT_EVQ_CAPACITY`): the first credits, and one for the
  /// overflow.
  static let timeSyncSlots = Int(CreditRegister.initialSequence) + 1

  /// Slots of an event queue that transmits and time syncs may fill.
  static func eventSlots(transmitCapacity: Int, _ flags: InterfaceFlags) -> Int {
    transmitCapacity + (flags.contains(.transmitTimestamps) ? timeSyncSlots : 0)
  }
  /// Slots that a reader of receive events leaves free: one in every slot looks like an overflow, and an X4 may write
  /// eight at a time.
  static let freeEventSlots = 7
}
