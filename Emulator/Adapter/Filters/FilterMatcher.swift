import EtherFabric

/// One interface that a frame goes to, and the filter that says so.
public struct FilterRecipient: Equatable {
  /// The interface's index, as given to `FilterTable.insert`.
  public var interface: UInt32
  /// The hardware filter ID.
  public var filterID: UInt32

  @inlinable
  public init(interface: UInt32, filterID: UInt32) {
    self.interface = interface
    self.filterID = filterID
  }
}

/// Where a frame goes.
public struct FilterVerdict: Equatable {
  /// Recipients written.
  public var count: Int
  /// Whether the kernel gets the frame too, if it listens to it.
  public var toKernel: Bool
}

/// The datapath of a filter table: trivial, to be kept by the port. Valid for as long as the table is.
///
/// The hardware's rules:
/// - A unicast frame goes to the most specific filter that matches, and to nobody else. With several kinds of filter on
///   an interface the order is that of `MatchKind`. Unicast-mismatch yields the interface's own MAC to the kernel.
/// - A multicast frame goes to every interface with a matching filter, once to each, and to the kernel unless it is
///   blocked. Where the adapter does not chain multicast, only filters of the most specific kind count, and the kernel
///   takes part where its own filters do, at the MAC. Mismatch filters match what nobody else takes.
/// - Filters without a MAC match whatever the MAC; without a VLAN, whatever the VLAN. VLAN 0 matches untagged frames.
public struct FilterMatcher {
  let state: UnsafeMutablePointer<FilterState>

  /// Writes the recipients of a frame. Beyond `capacity` they are left out; as many as there are interfaces suffices.
  public func match(
    _ frame: FrameKey, into recipients: UnsafeMutablePointer<FilterRecipient>, capacity: Int
  ) -> FilterVerdict {
    var output = Output(recipients: recipients, capacity: capacity)
    let kinds = state.pointee.kinds & frame.kinds
    if frame.isMulticast { return matchMulticast(frame, kinds, &output) }

    let isBlocked = state.pointee.unicastBlocks != 0
    var rest = kinds
    if frame.key.link & FilterKey.macOnly == state.pointee.hardwareMAC, !isBlocked {
      rest &= ~MatchKinds.unknownUnicast
    }
    while rest != 0 {
      deliver(frame, kind: rest.trailingZeroBitCount, &output)
      if output.count != 0 { return FilterVerdict(count: output.count, toKernel: false) }
      rest &= rest &- 1
    }
    return FilterVerdict(count: 0, toKernel: !isBlocked && !frame.isLooped)
  }

  private func matchMulticast(_ frame: FrameKey, _ kinds: UInt32, _ output: inout Output) -> FilterVerdict {
    let isBlocked = state.pointee.multicastBlocks != 0
    let toKernel = !isBlocked && !frame.isLooped
    let isChained = state.pointee.chainsMulticast
    var rest = kinds & ~MatchKinds.unknownMulticast
    while rest != 0 {
      let kind = rest.trailingZeroBitCount
      deliver(frame, kind: kind, &output)
      if !isChained, output.count != 0 {
        return FilterVerdict(count: output.count, toKernel: toKernel && kind >= Int(MatchKind.mac.rawValue))
      }
      rest &= rest &- 1
    }
    if output.count != 0 { return FilterVerdict(count: output.count, toKernel: toKernel) }

    rest = kinds & MatchKinds.unknownMulticast
    guard rest != 0, isBlocked || !state.kernelListens(to: frame.key.link & FilterKey.macOnly) else {
      return FilterVerdict(count: 0, toKernel: toKernel)
    }
    while rest != 0 {
      deliver(frame, kind: rest.trailingZeroBitCount, &output)
      if !isChained, output.count != 0 { break }
      rest &= rest &- 1
    }
    return FilterVerdict(count: output.count, toKernel: toKernel && output.count == 0)
  }

  /// One probe: adds the interfaces that have this kind of filter on the frame's fields.
  @inline(__always)
  private func deliver(_ frame: FrameKey, kind: Int, _ output: inout Output) {
    let key = frame.key.masked(state.pointee.masks[kind], kind: kind)
    guard let slot = state.find(key, hash: key.hash) else { return }
    let entries = state.pointee.entries
    var index = Int(slot.pointee.first)
    repeat {
      let entry = entries + index
      if !frame.isLooped || entry.pointee.flags & FilterFlags.multicastLoopback.rawValue != 0 {
        if output.add(entry.pointee.interface, UInt32(truncatingIfNeeded: index)) { entry.pointee.matches &+= 1 }
      }
      index = Int(entry.pointee.next)
    } while index >= 0
  }

  private struct Output {
    let recipients: UnsafeMutablePointer<FilterRecipient>
    let capacity: Int
    var count = 0
    /// Interfaces below 64 that are in already.
    var seen: UInt64 = 0

    init(recipients: UnsafeMutablePointer<FilterRecipient>, capacity: Int) {
      self.recipients = recipients
      self.capacity = capacity
    }

    /// False when the interface is in already, or there is no room.
    @inline(__always)
    mutating func add(_ interface: UInt32, _ filterID: UInt32) -> Bool {
      if interface < 64 {
        let bit = 1 as UInt64 &<< UInt64(interface)
        guard seen & bit == 0 else { return false }
        seen |= bit
      } else {
        for index in 0..<count where recipients[index].interface == interface { return false }
      }
      guard count < capacity else { return false }
      recipients[count] = FilterRecipient(interface: interface, filterID: filterID)
      count &+= 1
      return true
    }
  }
}
