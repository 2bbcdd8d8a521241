import EtherFabric
import EtherFabricFormats

/// Where the last frames of some flows went, so that the next of the same flow needs no look into the filter table: one
/// comparison of the header's own words.
///
/// Only flows of `PlainDatagram`s with one recipient are kept. Any change of the table makes all of them strangers, by
/// its number.
struct FlowCache {
  private let flows: UnsafeMutablePointer<Flow>
  /// How often the table has changed.
  private var version: UInt32 = 1

  static let count = 256

  /// 32 bytes, two a cache line.
  struct Flow {
    var link: UInt64 = 0
    var addresses: UInt64 = 0
    /// Ports, and the version of the table above them; no table has version 0.
    var ports: UInt64 = 0
    fileprivate(set) var interface: UInt32 = 0
    /// The filter, by its place in the table.
    fileprivate(set) var entry: UInt32 = 0
  }

  init() {
    flows = .allocate(cacheAligned: Self.count)
    flows.initialize(repeating: Flow(), count: Self.count)
  }

  func deallocate() { flows.deallocate() }

  /// The table has changed.
  mutating func forget() {
    version &+= 1
    guard version == 0 else { return }
    flows.update(repeating: Flow(), count: Self.count)
    version = 1
  }

  /// Where the flow of a frame goes, or nil where that is not known.
  @inline(__always)
  func find(_ datagram: PlainDatagram) -> UnsafeMutablePointer<Flow>? {
    let (link, addresses, ports) = words(datagram)
    let flow = flows + place(addresses, ports)
    return (flow.pointee.link ^ link) | (flow.pointee.addresses ^ addresses) | (flow.pointee.ports ^ ports) == 0
      ? flow : nil
  }

  /// Keeps where a flow goes, in the place of another.
  @inline(never)
  func learn(_ datagram: PlainDatagram, interface: UInt32, entry: UInt32) {
    let (link, addresses, ports) = words(datagram)
    flows[place(addresses, ports)] = Flow(
      link: link, addresses: addresses, ports: ports, interface: interface, entry: entry)
  }

  @inline(__always)
  private func words(_ datagram: PlainDatagram) -> (link: UInt64, addresses: UInt64, ports: UInt64) {
    (datagram.link, datagram.addresses, UInt64(datagram.ports) | UInt64(version) << 32)
  }

  @inline(__always)
  private func place(_ addresses: UInt64, _ ports: UInt64) -> Int {
    Int(truncatingIfNeeded: ((addresses ^ ports << 32 ^ ports) &* 0x9e37_79b9_7f4a_7c15) >> 56)
  }
}

extension FilterMatcher {
  /// Where a frame goes, if that is known and only to one. Its filter counts the frame.
  @inline(__always)
  func known(_ datagram: PlainDatagram) -> FilterRecipient? {
    guard let flow = state.pointee.flows.find(datagram) else { return nil }
    let entry = state.pointee.entries + Int(flow.pointee.entry)
    entry.pointee.matches &+= 1
    return FilterRecipient(interface: flow.pointee.interface, filterID: entry.pointee.hardwareID)
  }

  /// The last frame that was looked up went to one recipient.
  func remember(_ datagram: PlainDatagram, _ recipient: FilterRecipient) {
    guard recipient.filterID != FilterRecipient.noFilter else { return }
    state.pointee.flows.learn(datagram, interface: recipient.interface, entry: state.pointee.lastEntry)
  }
}
