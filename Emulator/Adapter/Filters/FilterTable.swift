import EtherFabric
import Glibc

/// The adapter's filter table: which frames go to which interface.
///
/// One table per port, owned by one thread at a time (the port's guard). This class is the control path; the datapath
/// is `matcher`, which reads raw memory.
public final class FilterTable {
  /// For the datapath. Valid for as long as the table is.
  public let matcher: FilterMatcher
  /// How many filters the table holds at most.
  public let limit: Int
  /// How many it holds now.
  public internal(set) var count = 0

  let state: UnsafeMutablePointer<FilterState>
  var firstFree: Int32 = 0
  var serial: UInt64 = 0
  /// The first filter of each interface that has one.
  var firstOfInterface: [UInt32: Int32] = [:]
  /// The entries that copy what the port receives and what it sends, and whether the first takes all that arrives.
  var receiveSniffer: Int32 = -1
  var transmitSniffer: Int32 = -1
  public internal(set) var sniffsAllReceived = false
  /// The interfaces, or sets, that they are for.
  public var receiveSnifferInterface: UInt32? { interface(ofSniffer: receiveSniffer) }
  public var transmitSnifferInterface: UInt32? { interface(ofSniffer: transmitSniffer) }
  /// EFCT and EF10CT: what was asked for, where the hardware carries it out more widely, or not at all.
  var exactRules: [Int32: (match: MatchKind, key: FilterKey)] = [:]
  /// The filters on both ends among them.
  var fullFilters: Set<UInt64> = []
  /// How many filters have each of the adapter's numbers.
  var sharedIDs: [UInt32: Int] = [:]
  /// X3: filters whose interfaces see the default queue.
  var defaultQueueEntries: [Int32] = []
  var queues = QueueOwners()
  /// The tags of the virtual ports that have one.
  public var virtualPortTags: [UInt8: UInt16] = [:]
  /// Receive queues that filters of EFCT and EF10CT can steer to.
  public var receiveQueueCount: UInt32 = 256

  /// Numbers of interfaces, sets and shared receive queues are below this.
  static let recipientLimit = 2048
  /// The first number for shared receive queues, of which there are 256.
  static let firstQueueRecipient: UInt32 = 1792
  /// Filters that the hardware of an X3 has; further ones come by the default queue.
  static let limitOfEFCT = 512

  /// - Parameters:
  ///   - limit: 1...65535; hardware filter IDs have 16 bits.
  ///   - hardwareMAC: the interface's own address, which unicast-mismatch filters leave to the kernel.
  ///   - chainsMulticast: whether the firmware lets a multicast frame match filters of several kinds
  ///     (`EF_VI_CAP_MULTICAST_FILTER_CHAINING`; the driver turns it on where the firmware can).
  public init(limit: Int = 8192, hardwareMAC: MACAddress, chainsMulticast: Bool = true) {
    precondition((1...65535).contains(limit), "a filter table has 1...65535 entries, not \(limit)")
    self.limit = limit
    state = .make(limit: limit, hardwareMAC: hardwareMAC, chainsMulticast: chainsMulticast)
    matcher = FilterMatcher(state: state)
  }

  deinit {
    state.destroy()
  }

  private func interface(ofSniffer index: Int32) -> UInt32? {
    index < 0 ? nil : state.pointee.entries[Int(index)].interface
  }

  /// The interface's own address.
  public var hardwareMAC: MACAddress {
    get { MACAddress(value: state.pointee.hardwareMAC) }
    set {
      state.pointee.hardwareMAC = newValue.value
      state.pointee.flows.forget()
    }
  }

  /// Group addresses that the kernel listens to, which multicast-mismatch filters leave to it. Broadcast always is one.
  public var kernelGroups: [MACAddress] {
    get {
      guard let groups = state.pointee.kernelGroups else { return [] }
      return (0..<state.pointee.kernelGroupCount).map { MACAddress(value: groups[$0]) }
    }
    set {
      state.pointee.flows.forget()
      state.pointee.kernelGroups?.deallocate()
      state.pointee.kernelGroups = nil
      let values = Set(newValue.map(\.value)).sorted()
      state.pointee.kernelGroupCount = values.count
      guard !values.isEmpty else { return }
      let groups = UnsafeMutablePointer<UInt64>.allocate(capacity: values.count)
      for (index, value) in values.enumerated() { (groups + index).initialize(to: value) }
      state.pointee.kernelGroups = groups
    }
  }
}
