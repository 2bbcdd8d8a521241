import EtherFabricFormats

/// What a backend hands out for a virtual interface: memory, registers and limits. Rings are the adapter's own
/// formats; nothing else crosses between the API and an adapter.
public struct InterfaceGrant {
  /// Wakes an adapter that has no thread of its own. `reason` is a set of `Reason` bits.
  public typealias Service = @convention(c) (_ context: UnsafeMutableRawPointer, _ reason: UInt32) -> Void

  /// A store to a register that takes commands: memory keeps the last value of a register, and a command must not be
  /// lost to the next. `register` is its offset in the window of the interface.
  public typealias Command =
    @convention(c) (
      _ context: UnsafeMutableRawPointer, _ register: Int, _ value: UInt64
    ) -> Void

  /// Why the adapter is called.
  public enum Reason {
    public static let poll: UInt32 = 1
    public static let receiveDoorbell: UInt32 = 2
    public static let transmitDoorbell: UInt32 = 4
    public static let prime: UInt32 = 8
  }

  /// Number by which the backend knows the interface.
  public var resource: UInt32
  /// Hardware instance number.
  public var instance: UInt32
  /// Queue label in its event queue, 0 to 31.
  public var label: Int
  public var flags: InterfaceFlags
  /// Event words, all ones when empty; on a shared queue, that of its owner.
  public var eventQueue: UnsafeMutableRawPointer
  public var eventCapacity: Int
  public var receiveRing: UnsafeMutablePointer<UInt64>
  public var receiveCapacity: Int
  public var transmitRing: UnsafeMutablePointer<UInt64>
  public var transmitCapacity: Int
  /// Bytes before a packet in its first buffer: 0 or 14.
  public var receivePrefixLength: Int
  public var doorbells: UnsafeMutableRawPointer
  /// Nil where the adapter watches the doorbells itself.
  public var service: Service?
  public var serviceContext: UnsafeMutableRawPointer
  /// Readable when an event may have come after a prime, or -1.
  public var waitDescriptor: Int32
  /// How many event slots behind itself the reader clears.
  public var eventClearStride: Int
  /// How the interface and the adapter meet.
  public var datapath = Datapath.ef10
  /// Nil where registers that take commands are memory as well, which a test looks at.
  public var command: Command?
  /// Where cut-through frames are written, 4 KiB; nil without `InterfaceFlags.cutThrough` on EF10.
  public var cutThroughAperture: UnsafeMutableRawPointer?
  /// What there is besides on EFCT and EF10CT; nil on EF10.
  public var express: ExpressGrant?

  /// `ts_format` of `ef_vi`: the unit of the stamps in prefixes and transmit events.
  public var timestampFormat = TimestampFormat.quarterNanoseconds
  /// `rx_ts_correction` as the driver tells it: added to every receive stamp, in ticks of `timestampFormat`. What
  /// the stamp is late, so zero or below.
  public var receiveStampCorrection = 0
  /// `tx_ts_correction_ns` in quarters of a nanosecond: added to every transmit stamp in whole nanoseconds.
  public var transmitStampCorrection = 0
  /// `EF_VI_OUT_CLOCK_SYNC_STATUS`: time syncs tell the state of the clock. Without, it counts as set and in sync.
  public var reportsClockState = true
  /// `timer_quantum_ns`: nanoseconds of one tick of the event timer, 0 where there is none.
  public var timerQuantum = 0
  #if ETHERFABRIC_HARDWARE
    /// What there is in place of rings, over libciul.
    public var hardware: HardwareGrant?
  #endif

  public init(
    resource: UInt32, instance: UInt32, label: Int, flags: InterfaceFlags, eventQueue: UnsafeMutableRawPointer,
    eventCapacity: Int, receiveRing: UnsafeMutablePointer<UInt64>, receiveCapacity: Int,
    transmitRing: UnsafeMutablePointer<UInt64>, transmitCapacity: Int, receivePrefixLength: Int,
    doorbells: UnsafeMutableRawPointer, service: Service?, serviceContext: UnsafeMutableRawPointer,
    waitDescriptor: Int32, eventClearStride: Int = 0
  ) {
    self.resource = resource
    self.instance = instance
    self.label = label
    self.flags = flags
    self.eventQueue = eventQueue
    self.eventCapacity = eventCapacity
    self.receiveRing = receiveRing
    self.receiveCapacity = receiveCapacity
    self.transmitRing = transmitRing
    self.transmitCapacity = transmitCapacity
    self.receivePrefixLength = receivePrefixLength
    self.doorbells = doorbells
    self.service = service
    self.serviceContext = serviceContext
    self.waitDescriptor = waitDescriptor
    self.eventClearStride = eventClearStride
  }
}
