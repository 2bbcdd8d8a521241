import EtherFabricFormats

/// What an interface on EFCT (X3) or EF10CT (X4 express) is granted besides its event queue.
public struct ExpressGrant {
  /// `efab_nic_design_parameters`.
  public var parameters: DesignParameters
  /// The CTPIO aperture, `parameters.transmitApertureBytes` of it: a stream of headers and frames. The adapter learns
  /// of a packet by a command to `DoorbellPage.ctpioAperture` with the bytes added so far.
  public var aperture: UnsafeMutableRawPointer
  /// Bytes that the adapter holds before they are on the wire.
  public var transmitFIFOBytes: Int
  /// Registered memory as the CPU sees it: sends are copied, not fetched.
  public var memory: HostMemory
  /// Receive queues that the interface can be attached to.
  public var receiveQueueLimit: Int

  public init(
    parameters: DesignParameters, aperture: UnsafeMutableRawPointer, transmitFIFOBytes: Int, memory: HostMemory,
    receiveQueueLimit: Int
  ) {
    self.parameters = parameters
    self.aperture = aperture
    self.transmitFIFOBytes = transmitFIFOBytes
    self.memory = memory
    self.receiveQueueLimit = receiveQueueLimit
  }
}

/// What an interface gets of a receive queue that it is attached to.
public struct ReceiveQueueGrant {
  /// The hardware's number of the queue.
  public var queue: Int
  /// X3: the superbufs, one behind the other, which the driver has posted; read only. Nil on X4, where the interface
  /// brings its own.
  public var superbufs: UnsafeMutableRawPointer?
  public var superbufCount: Int
  /// X3: superbufs on their way to the program and back, as `SharedReceiveQueue` lays it out.
  public var shared: UnsafeMutableRawPointer?
  /// X4: the register that takes `BufferPost` words, through `InterfaceGrant.command`.
  public var postRegister: Int
  /// Whether the superbufs are on huge pages.
  public var hasHugePages: Bool
  /// X3: what keeps the memory of the superbufs. Frames hold it, which may outlive their interface; nil where the
  /// memory lives as long as the adapter.
  public var memory: AnyObject?
  /// The queue puts an event into the interface's event queue for its frames as well.
  public var generatesEvents = false

  public init(
    queue: Int, superbufs: UnsafeMutableRawPointer? = nil, superbufCount: Int, shared: UnsafeMutableRawPointer? = nil,
    postRegister: Int = 0, hasHugePages: Bool = false
  ) {
    self.queue = queue
    self.superbufs = superbufs
    self.superbufCount = superbufCount
    self.shared = shared
    self.postRegister = postRegister
    self.hasHugePages = hasHugePages
  }
}
